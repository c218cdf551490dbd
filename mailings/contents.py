"""Everything a mailing says, ready to be filled in: its copies in each language and variant."""

import threading
from collections.abc import Iterable

from mailings.assembling import Copies
from mailings.models import Mailing, MailingContent

# Mailings whose copies a thread keeps from chunk to chunk.
KEPT = 4
# What tells a mailing's stored contents from others.
Digests = tuple[bytes, ...]
_of_thread = threading.local()


class NothingStored(LookupError):
    """A mailing has nothing to say."""


class Contents:
    """The stored contents of a mailing. For one thread."""

    def __init__(self, own_language: str, contents: Iterable[MailingContent]) -> None:
        self._copies = {(each.language, each.variant): Copies(each) for each in contents}
        languages = [language for language, _ in self._copies]
        self._own = own_language if own_language in languages else languages[0]

    @classmethod
    def of(cls, mailing: Mailing) -> "Contents":
        """What `mailing` says, as it is stored now; kept by its thread for the next chunk.

        Raises NothingStored.
        """
        stored = mailing.contents.order_by("pk")
        # What a trial has decided, or somebody reworded, has another digest.
        digests = tuple(bytes(digest) for digest in stored.values_list("digest", flat=True))
        if not digests:
            raise NothingStored(f"mailing {mailing.pk} has no stored contents")
        kept: dict[int, tuple[Digests, Contents]] = vars(_of_thread).setdefault("kept", {})
        if mailing.pk not in kept or kept[mailing.pk][0] != digests:
            if len(kept) >= KEPT:
                kept.pop(next(iter(kept)))
            kept[mailing.pk] = (digests, cls(mailing.language, stored))
        return kept[mailing.pk][1]

    def choose(self, language: str, variant: int) -> tuple[str, Copies]:
        """What readers of `language` get, and the language that it is in.

        A language that the mailing does not speak gets the mailing's own; a variant that is not
        there, variant 0. Raises KeyError when even that is missing.
        """
        tries = [(language, variant), (self._own, variant), (language, 0), (self._own, 0)]
        found = next((each for each in tries if each in self._copies), tries[-1])
        return found[0], self._copies[found]
