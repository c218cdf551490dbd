"""Every version of the texts that people rely on, side by side with the one before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from campaigns.models import Campaign, ConsentNotice, Statement

# Joined by the app that keeps signatures: says in words how many of them stand on a version.
signed_counts: list[Callable[[Statement | ConsentNotice], str]] = []


@dataclass(frozen=True)
class Stretch:
    """Some words of a version: `same` as before, `added`, or `gone` since the version before."""

    kind: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A version as staff see it."""

    version: Statement | ConsentNotice
    stretches: list[Stretch]
    signed: list[str]


def history(versions: Any) -> list[tuple[str, list[Shown]]]:
    """The versions of a campaign's statements, or notices, by language and newest first.

    Takes the related manager; the campaign's own language is the empty string and comes first.
    """
    rows = versions.order_by("language", "version")
    return [
        (language, list(_compared(group))[::-1])
        for language, group in groupby(rows, key=lambda row: row.language)
    ]


def texts_of(campaign: Campaign) -> dict[str, Any]:
    """What the page of a campaign's texts shows."""
    notices = campaign.notices.prefetch_related("scopes")
    return {
        "statements": history(campaign.statements.select_related("author")),
        "notices": history(notices),
    }


def _compared(rows: Any) -> Iterator[Shown]:
    before = ""
    for row in rows:
        yield Shown(
            version=row,
            stretches=list(compare(before, row.text)) if before else [Stretch("same", row.text)],
            signed=[count(row) for count in signed_counts],
        )
        before = row.text


def compare(before: str, after: str) -> Iterator[Stretch]:
    """What became of a text, word by word."""
    old, new = before.split(" "), after.split(" ")
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Stretch("same", " ".join(new[k:m]))
            continue
        if j > i:
            yield Stretch("gone", " ".join(old[i:j]))
        if m > k:
            yield Stretch("added", " ".join(new[k:m]))
