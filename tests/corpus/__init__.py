"""Bad input as data: `cases("names")` gives the cases of `names.toml`."""

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file, in its order; each has the `id` of its family."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["case"]


def named(case: dict[str, Any]) -> str:
    """How a test of this case is called in a report."""
    return f"{case['id']}-{str(case.get('typed', case.get('body', case.get('method', ''))))[:24]!a}"


def families() -> set[str]:
    """Every family that any file has a case of."""
    return {case["id"] for file in HERE.glob("*.toml") for case in cases(file.stem)}
