"""Takes pictures that organizers upload: drawn anew, under a name that nobody guesses (T35)."""

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Picture

MOST_BYTES = 10 * 1024 * 1024
DRAWING_SECONDS = 30

_PROGRAM = Path(__file__).with_name("picture_drawing.py")
# Each takes a few hundred megabytes for a moment: a web worker starts one at a time.
_one_at_a_time = threading.Lock()


class PictureRefused(ValueError):
    """The file is no picture that can be shown; the message says what to do about it."""


@dataclass(frozen=True)
class Drawn:
    """A picture as it will be stored: its size in pixels, and WebP bytes by their width."""

    width: int
    height: int
    files: dict[int, bytes]


def draw_anew(upload: File) -> Drawn:
    """The picture that `upload` shows, and nothing else of it. Raises `PictureRefused`.

    PNG, JPEG and WebP are told by what is in the file; its name and type are not looked at.
    """
    if upload.size > MOST_BYTES:
        raise PictureRefused(
            _("The file has %(size)s MB; a picture has at most %(most)s MB. Save it smaller.")
            % {"size": -(-upload.size // 2**20), "most": MOST_BYTES // 2**20}
        )
    with tempfile.TemporaryDirectory() as folder, _one_at_a_time:
        try:
            said = _run(upload.read(), folder)
        except (subprocess.SubprocessError, ValueError):
            said = {"refused": "broken"}
        if why := said.get("refused"):
            raise PictureRefused(_refusal(why, said))
        files = {int(w): Path(folder, name).read_bytes() for w, name in said["files"].items()}
    return Drawn(said["width"], said["height"], files)


def _run(upload: bytes, folder: str) -> dict:
    drawn = subprocess.run(
        [sys.executable, "-P", str(_PROGRAM), folder],
        input=upload,
        capture_output=True,
        env={},
        timeout=DRAWING_SECONDS,
        check=True,
    )
    return json.loads(drawn.stdout)


def _refusal(why: str, said: dict) -> str:
    match why:
        case "kind":
            return _(
                "This is no PNG, JPEG or WebP picture. Save it as one of these: other files, SVG "
                "and HTML among them, may hold programs."
            )
        case "pixels":
            return _(
                "The picture has %(width)s × %(height)s pixels; at most 40 million can be taken. "
                "Save it smaller."
            ) % {"width": said["width"], "height": said["height"]}
        case _other:
            return _("The picture is damaged. Open it in a program, save it anew and try again.")


def keep(picture: Picture, drawn: Drawn) -> Picture:
    """Store a drawn picture and its row; `picture` has organization and text alternative.

    Files come first: a crash in between leaves a file that nobody knows, never a row without one.
    """
    widest = max(drawn.files)
    picture.width, picture.height = drawn.width, drawn.height
    picture.file.save("drawn.webp", ContentFile(drawn.files[widest]), save=False)
    for width, name in picture.narrower_names().items():
        picture.file.storage.save(name, ContentFile(drawn.files[width]))
    picture.save()
    return picture


@transaction.atomic
def discard(picture: Picture) -> None:
    """Delete a picture; its files go once nothing in the database can lead to them."""
    names = [str(picture.file.name), *picture.narrower_names().values()]
    picture.delete()
    for name in names:
        transaction.on_commit(partial(picture.file.storage.delete, name))
