"""Guards that must be missed when they are gone: each, broken, has to turn its tests red.

`guards.toml` names them. `make mutations` breaks one at a time in a copy of the tree.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Guard:
    """`line` stands once in `file`; with `broken` in its place `tests` must fail."""

    keeps: str
    file: str
    line: str
    broken: str
    tests: list[str]


def guards() -> list[Guard]:
    """All guards, in the order of the file."""
    text = (Path(__file__).parent / "guards.toml").read_text(encoding="utf-8")
    return [Guard(**guard) for guard in tomllib.loads(text)["guard"]]
