"""The ledger of a load run: what was promised, held against what is there.

A run counts only if its ledger matches.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ledger:
    """One comparison. `unanswered` requests may or may not have been carried out."""

    name: str
    promised: int
    kept: int
    lost: tuple[str, ...]
    repeated: tuple[str, ...]
    unpromised: tuple[str, ...]
    unanswered: int = 0

    @property
    def matches(self) -> bool:
        """Nothing lost, nothing twice, and nothing there that nobody asked for."""
        return not self.lost and not self.repeated and len(self.unpromised) <= self.unanswered

    def __str__(self) -> str:
        verdict = "matches" if self.matches else "DOES NOT MATCH"
        return (
            f"{self.name}: {self.promised} promised, {self.kept} there: {verdict}"
            f" ({len(self.lost)} lost {list(self.lost[:3])}, {len(self.repeated)} twice,"
            f" {len(self.unpromised)} unpromised, {self.unanswered} unanswered)"
        )


def reconcile(
    name: str, *, promised: Iterable[str], there: Iterable[str], unanswered: int = 0
) -> Ledger:
    """Hold addresses that were promised something against those for whom it is there."""
    asked = set(promised)
    times = Counter(there)
    return Ledger(
        name=name,
        promised=len(asked),
        kept=len(times),
        lost=tuple(sorted(asked - times.keys())),
        repeated=tuple(sorted(address for address, many in times.items() if many > 1)),
        unpromised=tuple(sorted(times.keys() - asked)),
        unanswered=unanswered,
    )
