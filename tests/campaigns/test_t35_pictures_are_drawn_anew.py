"""T35: what an organizer uploads is drawn anew, or refused with words."""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, PngImagePlugin

from campaigns.models import Picture
from campaigns.picturing import PictureRefused, discard, draw_anew, keep
from tests.factories import make_organization

SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An empty place for uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def photo(width: int = 64, height: int = 48, mode: str = "RGB", **save: Any) -> bytes:
    """A picture whose left half is dark, as a file; JPEG unless `format` says otherwise."""
    image = Image.new(mode, (width, height), "white")
    image.paste("black", (0, 0, width // 2, height))
    with io.BytesIO() as file:
        image.save(file, **{"format": "JPEG", **save})
        return file.getvalue()


def drawn(upload: bytes) -> Image.Image:
    """What is stored of `upload`, at full width."""
    made = draw_anew(ContentFile(upload))
    return Image.open(io.BytesIO(made.files[max(made.files)]))


def shade(image: Image.Image, at: tuple[int, int]) -> int:
    """0 for black to 255 for white."""
    return image.convert("L").tobytes()[at[0] + at[1] * image.width]


def refusal(upload: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        draw_anew(ContentFile(upload))
    return str(refused.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_t35_a_picture_of_each_kind_is_taken_by_its_content(kind):
    image = drawn(photo(format=kind))
    assert image.format == "WEBP"
    assert image.size == (64, 48)
    assert shade(image, (5, 20)) < 30
    assert shade(image, (60, 20)) > 220


def test_t35_where_and_with_what_it_was_taken_is_left_behind():
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    xmp = b"<x:xmpmeta><exif:GPSLatitude>SECRETPLACE</exif:GPSLatitude></x:xmpmeta>"
    for kind in ("JPEG", "WEBP"):
        upload = photo(format=kind, exif=exif, xmp=xmp)
        assert b"SECRETCAMERA" in upload
        assert b"SECRETPLACE" in upload
        made = draw_anew(ContentFile(upload))
        for stored in made.files.values():
            assert b"SECRET" not in stored
            image = Image.open(io.BytesIO(stored))
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_t35_a_comment_in_a_png_is_left_behind():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET")
    assert b"SECRET" not in b"".join(
        draw_anew(ContentFile(photo(format="PNG", pnginfo=notes))).files.values()
    )


def test_a_photo_is_turned_upright_before_its_orientation_is_forgotten():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    image = drawn(photo(64, 48, exif=exif))
    assert image.size == (48, 64)
    assert shade(image, (20, 5)) < 30  # the dark side is up now


def test_what_is_transparent_stays_transparent():
    image = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    with io.BytesIO() as file:
        image.save(file, "PNG")
        assert drawn(file.getvalue()).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_picture_in_print_colours_is_shown_in_screen_colours():
    image = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    with io.BytesIO() as file:
        image.save(file, "JPEG")
        red, green, _blue = (shade(band, (5, 5)) for band in drawn(file.getvalue()).split())
    assert red > 200 > 80 > green


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        b"<!DOCTYPE html>" + SCRIPT,
        b"GIF89a/*" + SCRIPT + b"*/=1;",
        b"%PDF-1.7\n" + SCRIPT,
        b"\x00\x00\x00 ftypavif" + b"\0" * 40,
        b"PK\x03\x04" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x10\x00\x00\x00WEBP",
    ],
)
def test_t35_what_is_no_picture_is_refused_with_what_to_do(upload):
    assert "PNG, JPEG or WebP" in refusal(upload)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_t35_other_kinds_of_pictures_are_refused(kind):
    assert "PNG, JPEG or WebP" in refusal(photo(format=kind))


def test_t35_a_picture_that_is_also_something_else_is_only_a_picture_afterwards():
    """Polyglots: a page, an archive and a program before, within or behind the pixels."""
    jpeg = photo(comment=SCRIPT)
    for upload in (jpeg + SCRIPT, jpeg + b"PK\x03\x04archive", photo(format="PNG") + SCRIPT):
        stored = b"".join(draw_anew(ContentFile(upload)).files.values())
        assert b"script" not in stored
        assert b"PK\x03\x04" not in stored
    assert "PNG, JPEG or WebP" in refusal(SCRIPT + jpeg)


def test_t35_a_pixel_flood_is_refused_before_it_is_decoded():
    header = b"IHDR" + (50_000).to_bytes(4) + (50_000).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    png = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + header + zlib.crc32(header).to_bytes(4)
    pixels = b"IDAT" + zlib.compress(b"\0" * 1000)
    png += (len(pixels) - 4).to_bytes(4) + pixels + zlib.crc32(pixels).to_bytes(4)
    assert "50000 × 50000" in refusal(png)


def test_t35_forty_million_pixels_are_taken_and_one_line_more_is_not():
    assert drawn(photo(8000, 5000, "L", format="PNG")).size == (1600, 1000)
    assert "40 million" in refusal(photo(8000, 5001, "L", format="PNG"))


def test_t35_a_damaged_picture_is_refused():
    whole = photo(600, 400)
    assert "damaged" in refusal(whole[: len(whole) // 2])
    png = bytearray(photo(600, 400, format="PNG"))
    png[60:80] = b"\0" * 20
    assert "damaged" in refusal(bytes(png))


def test_t35_a_file_that_is_too_large_is_refused_unread():
    assert "10 MB" in refusal(photo() + b"\0" * (10 * 1024 * 1024))


def test_a_wide_picture_is_kept_in_three_widths():
    made = draw_anew(ContentFile(photo(2400, 1200)))
    assert (made.width, made.height) == (1600, 800)
    sizes = {w: Image.open(io.BytesIO(data)).size for w, data in made.files.items()}
    assert sizes == {1600: (1600, 800), 960: (960, 480), 480: (480, 240)}


def test_colours_of_a_wide_profile_come_out_as_meant():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = drawn(photo(icc_profile=profile))
    assert shade(image, (5, 20)) < 30
    assert shade(drawn(photo(icc_profile=b"nonsense")), (5, 20)) < 30


@pytest.mark.django_db
class TestStored:
    """A picture on the disk and in the database."""

    def stored(self, width: int = 1200) -> Picture:
        picture = Picture(organization=make_organization(), alt="A dark half")
        return keep(picture, draw_anew(ContentFile(photo(width, width // 2))))

    def test_its_name_is_random_and_every_width_is_there(self, media):
        first, second = self.stored(), self.stored()
        names = sorted(path.name for path in (media / "pictures").iterdir())
        assert len(names) == 6
        assert first.file.name != second.file.name
        assert first.srcset == (
            f"{first.url.replace('.webp', '-480.webp')} 480w, "
            f"{first.url.replace('.webp', '-960.webp')} 960w, {first.url} 1200w"
        )
        assert {url.split()[0].rpartition("/")[2] for url in first.srcset.split(", ")} < set(names)

    def test_everybody_may_keep_it_for_ever(self, media, client):
        picture = self.stored()
        for url in (picture.url, *(part.split()[0] for part in picture.srcset.split(", "))):
            response = client.get(url)
            assert response.status_code == 200, url
            assert response.headers["Content-Type"] == "image/webp"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "immutable" in response.headers["Cache-Control"]
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert not response.cookies
            assert Image.open(io.BytesIO(response.getvalue())).format == "WEBP"

    @pytest.mark.parametrize(
        "name", ["", "../settings.py", "%2e%2e%2fa.webp", "a.html", "x" * 22 + ".svg", "a" * 300]
    )
    def test_t35_nothing_else_is_served(self, media, client, name):
        media.mkdir()
        (media / "pictures").mkdir()
        (media / "pictures" / ("x" * 22 + ".svg")).write_bytes(SCRIPT)
        assert client.get(f"/media/pictures/{name}").status_code == 404

    def test_a_picture_that_is_deleted_leaves_no_file(
        self, media, django_capture_on_commit_callbacks
    ):
        picture = self.stored()
        with django_capture_on_commit_callbacks(execute=True):
            discard(picture)
        assert list((media / "pictures").iterdir()) == []
