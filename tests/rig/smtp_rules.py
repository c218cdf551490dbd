"""What a test tells the mail server to do at a step, for one recipient or for all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter


@dataclass
class Rule:
    """What happens at one step (a verb, CONNECT, BODY or END), for one recipient or for all.

    `reply` is sent instead of the usual answer; None leaves the usual one. `drop` closes the
    connection, with a reset when it is "reset". `recorded` counts the mail as accepted before the
    drop: what a client sees is the same. `times` is how often the rule still holds; None: always.
    """

    step: str
    reply: str | None = None
    recipient: str | None = None
    drop: str | None = None
    recorded: bool = False
    stall: bool = False
    delay: float = 0.0
    times: int | None = None

    def applies(self, step: str, recipients: list[str]) -> bool:
        """Whether the rule holds now."""
        if step != self.step or self.times == 0:
            return False
        return self.recipient is None or self.recipient in recipients


class Rules:
    """The rules of a server in the order they were told, found by their recipient: there may be
    tens of thousands."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.clear()
        for rule in rules:
            self.append(rule)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, position: int) -> Rule:
        return self._all[position]

    def clear(self) -> None:
        self._all: list[Rule] = []
        self._of: dict[str | None, list[tuple[int, Rule]]] = defaultdict(list)

    def append(self, rule: Rule) -> None:
        self._of[rule.recipient].append((len(self._all), rule))
        self._all.append(rule)

    def first(self, step: str, recipients: list[str]) -> Rule | None:
        """The first that holds."""
        meant = chain.from_iterable(self._of.get(one, ()) for one in (None, *recipients))
        holds = [each for each in meant if each[1].applies(step, recipients)]
        return min(holds, key=itemgetter(0))[1] if holds else None
