"""Sets of people in SQL, and what is demanded of an audience in terms of them.

A set is read in two ways from one description: whole, where millions are counted and PostgreSQL
joins it once, and asked of one person, where a page of an audience is written down or somebody
wants to know why they got a mail. So the two can never mean different things.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Range:
    """People from one number to another, so that a big count can be shared among processes."""

    low: int
    high: int

    def bounds(self, person: str) -> str:
        """The condition in SQL on the column `person`."""
        return f"{person} BETWEEN {int(self.low)} AND {int(self.high)}"


@dataclass(frozen=True)
class People:
    """A set of supporters.

    `source` is what follows FROM, up to the end of its WHERE; `person` names the supporter in it,
    `having` is a condition on all rows of one person. `values` are what `%(name)s` stands for.
    """

    source: str
    person: str
    values: Mapping[str, Any] = field(default_factory=dict)
    having: str = ""

    def ids(self, within: Range | None = None) -> str:
        """A query of their ids, of those within a range or of all."""
        bounds = f" AND {within.bounds(self.person)}" if within else ""
        grouped = f" GROUP BY {self.person} HAVING {self.having}" if self.having else ""
        return f"SELECT {self.person} AS id FROM {self.source}{bounds}{grouped}"  # noqa: S608

    def includes(self, who: str) -> str:
        """A condition: whether the person `who` is one of them."""
        having = f" HAVING {self.having}" if self.having else ""
        return f"EXISTS (SELECT FROM {self.source} AND {self.person} = {who}{having})"

    def renamed(self, prefix: str) -> "People":
        """The same with its values under other names, so that two can stand in one statement."""

        def named(text: str) -> str:
            return text.replace("%(", f"%({prefix}")

        return replace(
            self,
            source=named(self.source),
            having=named(self.having),
            values={prefix + name: value for name, value in self.values.items()},
        )


@dataclass(frozen=True)
class Demand:
    """One thing that an audience demands: to be in one of some sets, or out of one of others.

    `key` says what it is about, for whoever asks why.
    """

    key: str
    within: tuple[People, ...] = ()
    outside: tuple[People, ...] = ()

    def holds_for(self, who: str) -> str:
        """A condition: whether it holds for the person `who`."""
        options = [people.includes(who) for people in self.within]
        options += [f"NOT {people.includes(who)}" for people in self.outside]
        return "(" + " OR ".join(options) + ")"

    def holds_of(self, who: str, within: Range | None) -> str:
        """The same for a query over many: a condition that PostgreSQL turns into one join.

        Not A or B is the same as not (A without B), which is how the negated are written.
        """
        wanted = [people.ids(within) for people in self.within]
        if not self.outside:
            return f"EXISTS (SELECT FROM ({' UNION '.join(wanted)}) w WHERE w.id = {who})"
        failing = " INTERSECT ".join(people.ids(within) for people in self.outside)
        failing = " EXCEPT ".join([failing, *wanted])
        return f"NOT EXISTS (SELECT FROM ({failing}) failing WHERE failing.id = {who})"

    @property
    def values(self) -> dict[str, Any]:
        """What stands for the names in either condition."""
        return {
            name: value
            for people in (*self.within, *self.outside)
            for name, value in people.values.items()
        }
