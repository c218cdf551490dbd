"""Everything a mailing says, ready to be filled in: its copies in each language and variant."""

from collections.abc import Iterable
from typing import Self

from mailings.assembling import Copies
from mailings.models import Mailing, MailingContent


class Contents:
    """The stored contents of a mailing. For one thread."""

    def __init__(self, own_language: str, contents: Iterable[MailingContent]) -> None:
        self._copies = {(each.language, each.variant): Copies(each) for each in contents}
        languages = [language for language, _ in self._copies]
        self._own = own_language if own_language in languages else languages[0]

    @classmethod
    def of(cls, mailing: Mailing) -> Self:
        """What `mailing` says, as it was stored when it was scheduled.

        Raises IndexError when nothing is stored.
        """
        return cls(mailing.language, mailing.contents.order_by("pk"))

    def choose(self, language: str, variant: int) -> tuple[str, Copies]:
        """What readers of `language` get, and the language that it is in.

        A language that the mailing does not speak gets the mailing's own; a variant that is not
        there, variant 0. Raises KeyError when even that is missing.
        """
        tries = [(language, variant), (self._own, variant), (language, 0), (self._own, 0)]
        found = next((each for each in tries if each in self._copies), tries[-1])
        return found[0], self._copies[found]
