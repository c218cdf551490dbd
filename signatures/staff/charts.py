"""Bars as SVG, drawn on the server: no script, no style of its own, a table beside it.

This is the geometry; `admin/signatures/_chart.html` writes it down, with the table that says the
same in numbers. Lengths are units of the view box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 12, 28
_GAP = 0.15
_MOST_LABELS = 6
# One day of many is a narrow bar, and the only one is no slab: the rest of the line is yet to come.
_WIDEST = 64
# So few bars have room for their numbers above them.
_NUMBERED = 7
_NUMBER_HEIGHT = 16


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, and the word and number that it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True)
class Line:
    """A line across at the height of a value, with that value beside it."""

    y: float
    value: int


@dataclass(frozen=True)
class Word:
    """A label below a bar, or the number above it."""

    x: float
    text: str
    y: float = HEIGHT - _BOTTOM


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn. `name` keeps the ids of two charts on a page apart."""

    name: str
    title: str
    description: str
    heading: str
    unit: str
    bars: list[Bar]
    lines: list[Line]
    words: list[Word]
    numbers: list[Word]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    base: int = HEIGHT - _BOTTOM


def bar_chart(
    points: Sequence[tuple[str, int]],
    *,
    name: str,
    title: str,
    description: str,
    heading: str,
    unit: str = "",
) -> Chart:
    """Bars for `(label, value)` pairs from 0 up.

    `heading` stands over the labels in the table and `unit` (signatures) over the values.
    """
    top = nice_ceiling(max((value for _label, value in points), default=0))
    is_numbered = len(points) <= _NUMBERED
    headroom = _TOP + (_NUMBER_HEIGHT if is_numbered else 0)
    scale = (HEIGHT - headroom - _BOTTOM) / top
    step = min((WIDTH - _LEFT - _RIGHT) / max(len(points), 1), _WIDEST)
    base = HEIGHT - _BOTTOM
    bars = [
        Bar(
            x=round(_LEFT + (number + _GAP / 2) * step, 2),
            y=round(base - value * scale, 2),
            width=round(step * (1 - _GAP), 2),
            height=round(value * scale, 2),
            label=label,
            value=value,
        )
        for number, (label, value) in enumerate(points)
    ]
    every = 1 if is_numbered else -(-len(bars) // _MOST_LABELS)
    return Chart(
        name=name,
        title=title,
        description=description,
        heading=heading,
        unit=unit or _("Signatures"),
        bars=bars,
        lines=[
            Line(round(base - value * scale, 2), value)
            for value in ([0, top // 2, top] if top > 1 else [0, top])
        ],
        words=[Word(_middle(bar), bar.label) for bar in bars[::every]],
        numbers=[Word(_middle(bar), intcomma(bar.value), bar.y) for bar in bars if is_numbered],
    )


def _middle(bar: Bar) -> float:
    return round(bar.x + bar.width / 2, 2)


def nice_ceiling(value: int) -> int:
    """The next 1, 2, 4, 6, 8 or 10 with noughts behind it, so that its half is a round number too.

    >>> [nice_ceiling(value) for value in (0, 3, 7, 150, 1234)]
    [1, 4, 8, 200, 2000]
    """
    power = 1
    while True:
        for step in (1, 2, 4, 6, 8):
            if value <= step * power:
                return step * power
        power *= 10
