"""Draws the card of a shared link: `python card_drawing.py < card.json > card.png`.

A program of its own that knows no Django: Pillow and its faces, once loaded, would stay in a web
worker's memory for good (18 MB), for a picture that is drawn once a change.
"""

import io
import json
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from PIL import Image, ImageDraw, ImageFont, features

WIDTH, HEIGHT = 1200, 630

_FONTS = Path(__file__).parent / "fonts"
_FACES = ("ArchivoCondensed-ExtraBold.ttf", "DejaVuSansCondensed-Bold.ttf")
_INK, _PAPER = "#14171C", "#FFFFFF"
_MARGIN = 64
_BAND = 128
_HEADLINE_SIZES = range(124, 43, -4)
_ELLIPSIS = "…"


def draw(card: SimpleNamespace) -> bytes:
    """The card as a PNG; `card` has the fields of `campaigns.share_image.Card`."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    canvas = ImageDraw.Draw(image)
    _masthead(canvas, card)
    _band(canvas, card)
    _headline(canvas, card)
    # Few colours: a palette halves the file, and text stays as sharp as it was.
    packed = image.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    with io.BytesIO() as file:
        packed.save(file, "PNG", optimize=True)
        return file.getvalue()


def _masthead(canvas: ImageDraw.ImageDraw, card: SimpleNamespace) -> None:
    canvas.rectangle((0, 0, WIDTH, 14), fill=_INK)
    name = card.organization if _face_for(card.organization) else card.host
    font = _fitting(name, 40, WIDTH - 2 * _MARGIN)
    _line(canvas, card, 66, name, font, _INK)
    canvas.rectangle((_MARGIN, 100, WIDTH - _MARGIN, 106), fill=_INK)


def _band(canvas: ImageDraw.ImageDraw, card: SimpleNamespace) -> None:
    """The highlighter across the foot: what one can do, and how many have done it."""
    top, middle = HEIGHT - _BAND, HEIGHT - _BAND // 2
    canvas.rectangle((0, top, WIDTH, HEIGHT), fill=card.signal)
    canvas.rectangle((0, top, WIDTH, top + 5), fill=_INK)
    ink = _readable_on(card.signal)
    used = 0
    if card.action and _face_for(card.action):
        font = _fitting(card.action, 42, WIDTH // 2 - _MARGIN)
        used = int(font.getlength(card.action)) + 2 * 28
        left = WIDTH - _MARGIN - used if card.right_to_left else _MARGIN
        box = (left, middle - 36, left + used, middle + 42)
        canvas.rectangle(box, fill=ink)
        middle_of_box = (left + used / 2, middle + 3)
        canvas.text(middle_of_box, card.action, font=font, fill=card.signal, anchor="mm")
    if card.count_line and _face_for(card.count_line):
        room = WIDTH - 2 * _MARGIN - used - (40 if used else 0)
        font = _fitting(card.count_line, 42, room)
        left_side = card.right_to_left if used else not card.right_to_left
        x, anchor = (_MARGIN, "lm") if left_side else (WIDTH - _MARGIN, "rm")
        canvas.text((x, middle + 3), card.count_line, font=font, fill=ink, anchor=anchor)


def _headline(canvas: ImageDraw.ImageDraw, card: SimpleNamespace) -> None:
    """The headline as large as it fits between rule and band, or the site's address."""
    text = card.headline if _face_for(card.headline) else card.host
    top, room = 130, HEIGHT - _BAND - 130 - 24
    lines, font = _set(text, WIDTH - 2 * _MARGIN, room)
    leading = _leading(font)
    y = top + (room - leading * len(lines)) / 2 + leading / 2
    for number, line in enumerate(lines):
        _line(canvas, card, y + number * leading, line, font, _INK)


def _set(text: str, width: int, height: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """`text` in lines, in the largest size that fits; cut off where the smallest is too large."""
    for size in _HEADLINE_SIZES:
        font = _font(_face_for(text), size)
        lines = _wrap(text, font, width)
        fits = all(font.getlength(line) <= width for line in lines)
        if fits and len(lines) * _leading(font) <= height:
            return lines, font
    most = int(height / _leading(font))
    kept = [_shortened(line, font, width) for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = _shortened(kept[-1].removesuffix(_ELLIPSIS) + _ELLIPSIS, font, width)
    return kept, font


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """As few lines as there must be, of nearly equal length: a measure that needs no more."""
    lines = _filled(text, font, width)
    for share in (0.6, 0.7, 0.8, 0.9):
        balanced = _filled(text, font, int(width * share))
        if len(balanced) == len(lines):
            return balanced
    return lines


def _filled(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """`line` with its end left out as far as it is too long."""
    if font.getlength(line) <= width:
        return line
    line = line.removesuffix(_ELLIPSIS)
    while line and font.getlength(line + _ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def _line(
    canvas: ImageDraw.ImageDraw,
    card: SimpleNamespace,
    y: float,
    text: str,
    font: ImageFont.FreeTypeFont,
    fill: str,
) -> None:
    """One line, from the side at which reading begins; `y` is its middle."""
    x, anchor = (WIDTH - _MARGIN, "rm") if card.right_to_left else (_MARGIN, "lm")
    direction = "rtl" if card.right_to_left and _shapes() else None
    canvas.text((x, y), text, font=font, fill=fill, anchor=anchor, direction=direction)


def _fitting(text: str, size: int, width: int) -> ImageFont.FreeTypeFont:
    """The face for `text`, no larger than `size`, so that the line is no wider than `width`."""
    font = _font(_face_for(text), size)
    length = font.getlength(text)
    return font if length <= width else _font(_face_for(text), max(int(size * width / length), 18))


def _leading(font: ImageFont.FreeTypeFont) -> float:
    return font.size * 1.04


@cache
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / face), size)


def _face_for(text: str) -> str:
    """The first face that has every character of `text`; empty when none has."""
    drawn = {char for char in text if not char.isspace() and char.isprintable()}
    return next((face for face in _FACES if drawn and all(_has(face, c) for c in drawn)), "")


@cache
def _has(face: str, char: str) -> bool:
    """Whether the face draws this character itself, and not the box for a missing one."""
    font = _font(face, 16)
    missing = font.getmask("\U0010fffd")
    return bytes(font.getmask(char)) != bytes(missing)


@cache
def _shapes() -> bool:
    """Whether this Pillow joins Arabic letters and turns lines round by itself."""
    return bool(features.check("raqm"))


def _readable_on(colour: str) -> str:
    """Ink or paper, whichever stands out more from `colour` (WCAG 2 relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return _INK if luminance > 0.19 else _PAPER


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(SimpleNamespace(**json.load(sys.stdin))))
