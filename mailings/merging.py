"""Merge fields: what a mail knows of its reader, with words in its place where it knows nothing.

In a compiled mail each one is a hole whose name holds the field and the fallback, so that a stored
skeleton says by itself how to fill it. What a reader wrote as a name is data: it is escaped where
it stands, and what can hardly be a name is not repeated to anybody.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from campaigns.text.vocabulary import MERGE_FIELDS, Merge

_HOLE = re.compile(rf"({'|'.join(MERGE_FIELDS)})_or_([0-9a-f]*)")
# Digits, dots of initials and of addresses, and what belongs to a link or a mail address.
_NO_NAME = re.compile(r"[\d.:/@<>()\[\]{}\\|=_#%&*+~^$!?]")
# What is in no name at all, however it is abbreviated: digits, links and addresses.
_IN_NO_NAME = re.compile(r"[\d:/@<>]")
LONGEST_NAME = 40


def hole_of(merge: Merge) -> str:
    """The name of the hole that stands for `merge`."""
    return f"{merge.field}_or_{merge.fallback.encode().hex()}"


def values_of(holes: Collection[str], name: str) -> dict[str, str]:
    """What fills those of `holes` that are merge fields, for a reader who signed as `name`."""
    merges = _merges(frozenset(holes))
    if not merges:
        return {}
    known = {"first_name": first_name(name), "full_name": full_name(name)}
    return {hole: known[field] or fallback for hole, field, fallback in merges}


@lru_cache(maxsize=256)
def _merges(holes: frozenset[str]) -> tuple[tuple[str, str, str], ...]:
    found = ((hole, _HOLE.fullmatch(hole)) for hole in holes)
    return tuple(
        (hole, match[1], bytes.fromhex(match[2]).decode()) for hole, match in found if match
    )


def first_name(name: str) -> str:
    """The first word of a name, or empty: `A. Lovelace` has none to greet somebody by."""
    words = name.split()
    first = words[0] if words else ""
    return first if 1 < len(first) <= LONGEST_NAME and not _NO_NAME.search(first) else ""


def full_name(name: str) -> str:
    """The whole name in one line, or empty when it can hardly be one."""
    line = " ".join(name.split())
    return line if len(line) <= 2 * LONGEST_NAME and not _IN_NO_NAME.search(line) else ""
