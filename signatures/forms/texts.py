"""Cleaning what people type: names and comments keep every script, and lose what deceives."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_ZERO_WIDTH = {0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD}
# Letters and symbols that show nothing.
_BLANK = {0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0}
_URL = re.compile(
    r"(?i)\b(?:https?://|www\.)\S|\b[a-z0-9-]+\.(?:com|net|org|info|biz|ru|cn|xyz)\b"
    r"|\w\.[a-z]{2,}/\S"
)
_ADDRESS = re.compile(r"[^\s@]@\w[\w.-]*\.[^\W\d_]{2}")
MARKS_A_LETTER = 3


def clean_name(typed: str) -> str:
    """A name in one line: any script, one letter or one word included.

    Raises ValidationError for an empty or invisible name, a NUL or broken character, an email or
    web address.
    """
    name = clean_line(typed)
    if not any(map(_shows, name)):
        raise ValidationError(_("Enter your name."), code="required")
    seen = "".join(char for char in name if ord(char) not in _ZERO_WIDTH)
    if _ADDRESS.search(seen):
        raise ValidationError(
            _("This is an email address. Write your name here, and the address in its own field."),
            code="email",
        )
    if _URL.search(seen):
        raise ValidationError(_("A name cannot hold a web address."), code="url")
    return name


def clean_line(typed: str) -> str:
    """A text in one line, which may be empty.

    Raises ValidationError for a NUL or broken character.
    """
    return " ".join(_clean(typed).split())


def clean_comment(typed: str) -> str:
    """A text of several lines, its line ends unified.

    Raises ValidationError for a NUL or broken character.
    """
    return _clean(typed.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _shows(char: str) -> bool:
    """Whether a reader sees something: a letter, digit, symbol or mark of punctuation."""
    return unicodedata.category(char)[0] in "LNPS" and ord(char) not in _BLANK


def _clean(typed: str) -> str:
    if typed.isascii() and typed.isprintable():
        return typed
    if any(char in "\0\ufffd" or "\ud800" <= char <= "\udfff" for char in typed):
        raise ValidationError(_("This text holds a character that cannot be stored."))
    composed = unicodedata.normalize("NFC", typed.translate(_BIDI))
    kept: list[str] = []
    marks = 0
    for char in composed:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MARKS_A_LETTER:
            continue
        if category == "Cc" and char != "\n":
            char = " "
        kept.append(char)
    return "".join(kept)
