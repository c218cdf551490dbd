"""Figures, ratios, limits and ledgers: as a table to read, and as JSON to keep."""

import json
import os
import platform
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from bench.ledger import Ledger

OURS = "ours"


@dataclass(frozen=True)
class Round:
    """One measured run of one contender; rounds of a section are paired by their order."""

    section: str
    contender: str
    values: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """What a section is judged by: our `key` through that of `against`, or our bare figure.

    `of` is another contender that stands in for ours.
    """

    section: str
    key: str
    against: str = ""
    to_land: float | None = None
    after: float | None = None
    at_least: bool = True
    of: str = OURS


@dataclass(frozen=True)
class Judged:
    """A comparison with its figure: the median over the rounds, and their range."""

    comparison: Comparison
    figure: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Where the figure stands with its limits."""
        said = []
        if (limit := self.comparison.to_land) is not None:
            said.append("holds to land" if self._holds(limit) else "MISSED to land")
        if (limit := self.comparison.after) is not None:
            said.append("reached after" if self._holds(limit) else "not yet after")
        return ", ".join(said) or "first figure"

    def _holds(self, limit: float) -> bool:
        return self.figure >= limit if self.comparison.at_least else self.figure <= limit


@dataclass
class Report:
    """What a whole run found."""

    quick: bool
    machine: dict[str, Any]
    rounds: list[Round] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    ledgers: list[Ledger] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, round_: Round) -> None:
        """Keep a round, and say so."""
        self.rounds.append(round_)
        figures = ", ".join(f"{name} {short(value)}" for name, value in round_.values.items())
        print(f"  {round_.section} · {round_.contender}: {figures}", flush=True)

    @property
    def counts(self) -> bool:
        """Whether every ledger matches; if one does not, no figure here is worth a thing."""
        return all(ledger.matches for ledger in self.ledgers)

    def judged(self) -> Iterator[Judged]:
        """Every comparison for which there are figures."""
        for comparison in self.comparisons:
            ours = self._of(comparison.section, comparison.of, comparison.key)
            if comparison.against:
                theirs = self._of(comparison.section, comparison.against, comparison.key)
                ours = [a / b for a, b in zip(ours, theirs, strict=False) if b]
            if ours:
                yield Judged(comparison, statistics.median(ours), min(ours), max(ours))

    def _of(self, section: str, contender: str, key: str) -> list[float]:
        return [
            round_.values[key]
            for round_ in self.rounds
            if (round_.section, round_.contender) == (section, contender) and key in round_.values
        ]

    def text(self) -> str:
        """Everything, to be read."""
        parts = [self._head()]
        for section in dict.fromkeys(round_.section for round_ in self.rounds):
            parts.append(self._section(section))
        parts.append(self._judgement())
        parts.append("\n".join(["Ledgers", *self._ledgers()]))
        if self.notes:
            parts.append("\n".join(["Mind", *(f"  {note}" for note in self.notes)]))
        if not self.counts:
            parts.append("A LEDGER DOES NOT MATCH: THIS RUN DOES NOT COUNT.")
        return "\n\n".join(parts)

    def _head(self) -> str:
        facts = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        return f"{'Quick run' if self.quick else 'Full run'}, {time.strftime('%Y-%m-%d')}\n{facts}"

    def _section(self, section: str) -> str:
        """Medians over the rounds, one line a contender."""
        rounds = [round_ for round_ in self.rounds if round_.section == section]
        contenders = list(dict.fromkeys(round_.contender for round_ in rounds))
        keys = list(dict.fromkeys(key for round_ in rounds for key in round_.values))
        lines = [["", *keys]]
        for contender in contenders:
            found = [self._of(section, contender, key) for key in keys]
            lines.append(
                [contender, *(short(statistics.median(some)) if some else "" for some in found)]
            )
        many = len(rounds) // len(contenders)
        return f"{section} (median of {many} rounds)\n{aligned(lines)}"

    def _judgement(self) -> str:
        lines = [["", "figure", "range", "to land", "after", ""]]
        for judged in self.judged():
            comparison = judged.comparison
            sign = "≥ " if comparison.at_least else "≤ "
            against = f" : {comparison.against}" if comparison.against else ""
            of = "" if comparison.of == OURS else f"{comparison.of}, "
            lines.append(
                [
                    f"{comparison.section}, {of}{comparison.key}{against}",
                    short(judged.figure),
                    f"{short(judged.low)}–{short(judged.high)}",
                    *(
                        sign + short(limit) if limit is not None else "–"
                        for limit in (comparison.to_land, comparison.after)
                    ),
                    judged.verdict,
                ]
            )
        return f"Ours against the yardsticks\n{aligned(lines)}"

    def _ledgers(self) -> Iterator[str]:
        """Those of one name in one line where they match, each by itself where one does not."""
        for name in dict.fromkeys(ledger.name for ledger in self.ledgers):
            same = [ledger for ledger in self.ledgers if ledger.name == name]
            if all(ledger.matches for ledger in same):
                promised, kept = (
                    sum(getattr(one, of) for one in same) for of in ("promised", "kept")
                )
                yield f"  {name}: {promised:,} promised, {kept:,} there: matches"
            else:
                yield from (f"  {ledger}" for ledger in same)

    def write(self, file: Path) -> None:
        """Keep it as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        found = {
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "quick": self.quick,
            "machine": self.machine,
            "counts": self.counts,
            "judged": [
                vars(judged.comparison)
                | {"figure": judged.figure, "low": judged.low, "high": judged.high}
                | {"verdict": judged.verdict}
                for judged in self.judged()
            ],
            "rounds": [vars(round_) for round_ in self.rounds],
            "ledgers": [str(ledger) for ledger in self.ledgers],
            "notes": self.notes,
        }
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def aligned(lines: Iterable[list[str]]) -> str:
    """Columns: the first to the left, the others to the right."""
    rows = list(lines)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    )


def short(value: float) -> str:
    """Three digits that matter."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def machine(folder: Path, postgres: str) -> dict[str, Any]:
    """What this was measured on: its kind, never its name. `postgres` is that one's version."""
    return {
        "cores": os.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "machine": platform.machine(),
        "system": platform.system(),
        "Python": platform.python_version(),
        **{name: version(name) for name in ("Django", "gunicorn")},
        "PostgreSQL": postgres,
        "flush of 8 KiB to disk": f"{_flush_milliseconds(folder):.2f} ms",
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _flush_milliseconds(folder: Path) -> float:
    """What one durable write costs here at least; the floor below every durable figure."""
    times = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.seek(0)
            file.write(bytes(8192))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)
