"""Merge fields: what a mail knows of its reader, with words in its place where it knows nothing.

In a compiled mail each one is a hole whose name holds the field and the fallback, so that a stored
skeleton says by itself how to fill it. What a reader wrote as a name is data: it is escaped where
it stands, and what can hardly be a name is not repeated to anybody. In a text they are marked by
its editor; in a line, such as a subject, they are typed as `{first_name|friend}`.
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache

from django.utils.translation import gettext as _

from campaigns.text.vocabulary import MERGE_FIELDS, Merge

_HOLE = re.compile(rf"({'|'.join(MERGE_FIELDS)})_or_([0-9a-f]*)")
# Digits, dots of initials and of addresses, and what belongs to a link or a mail address.
_NO_NAME = re.compile(r"[\d.:/@<>()\[\]{}\\|=_#%&*+~^$!?]")
# What is in no name at all, however it is abbreviated: digits, links and addresses.
_IN_NO_NAME = re.compile(r"[\d:/@<>]|\w\w\.\w\w")
# What is seen nowhere, ends a line or turns the order of what follows.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_IN_A_LINE = re.compile(r"\{(\w+)(?:\|([^{}|]*))?\}")
# Other dots, and the full-width signs of an address (Unicode TR46 maps the dots in host names).
_AS_IN_ASCII = str.maketrans("．。｡․：／＠", "....:/@")
LONGEST_NAME = 40


def hole_of(merge: Merge) -> str:
    """The name of the hole that stands for `merge`."""
    return f"{merge.field}_or_{merge.fallback.encode().hex()}"


def merged_line(line: str, place: Callable[[Merge], str]) -> str:
    """The line with what `place` gives for each of its merge fields; braces around anything else
    stay what they are."""

    def one(found: re.Match[str]) -> str:
        known = found[1] in MERGE_FIELDS
        return place(Merge(found[1], (found[2] or "").strip())) if known else found[0]

    return _IN_A_LINE.sub(one, line)


def plain_line(line: str) -> str:
    """The line as somebody reads it who gave no name."""
    return merged_line(line, lambda merge: merge.fallback)


def check_line(line: str) -> list[str]:
    """What keeps a line from being mailed, as sentences: fields that are unknown or have no words
    for who gave no name, and characters that no line may hold."""
    reasons = []
    if unseen := _UNSEEN.search(line):
        sentence = _("Behind “%s” stands a character that cannot be seen: write the line anew.")
        before = line[: unseen.start()].strip()[-20:]
        at_once = _("It begins with a character that cannot be seen: write the line anew.")
        reasons.append(sentence % before if before else at_once)
    for found in _IN_A_LINE.finditer(line):
        if found[1] not in MERGE_FIELDS:
            sentence = _("%(field)s is no field; write %(first)s or %(full)s.")
            known = {"first": "{first_name|friend}", "full": "{full_name|friend}"}
            reasons.append(sentence % {"field": found[0], **known})
        elif not (found[2] or "").strip():
            reasons.append(_("Say what stands in place of a name for those who gave none."))
    return reasons


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
    words = [] if _UNSEEN.search(name) else name.split()
    first = words[0] if words else ""
    return first if 1 < len(first) <= LONGEST_NAME and not _NO_NAME.search(_read(first)) else ""


def full_name(name: str) -> str:
    """The whole name in one line, or empty when it can hardly be one."""
    line = "" if _UNSEEN.search(name) else " ".join(name.split())
    return line if len(line) <= 2 * LONGEST_NAME and not _IN_NO_NAME.search(_read(line)) else ""


def _read(name: str) -> str:
    """As mail programs read it: a full-width dot makes a web address as well as another."""
    return name.translate(_AS_IN_ASCII)
