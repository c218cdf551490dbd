"""A mail as one of its readers would see it, from words that need not be saved.

Readers are shown masked: an address as everywhere in the admin, a name by its first letter, so that
a preview tells whether a name is known and not whose it is.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone

from mailings.assembling import Copies
from mailings.audience import Look
from mailings.composing import CannotBeSent, Reader, compile_words, fill
from mailings.examining import Parts
from mailings.models import Mailing, Wording
from mailings.sampling import sample_reason
from postroom.skeleton import Skeleton, SkeletonError
from signatures.addresses import mask
from signatures.models import Subscription, Supporter

# No supporter has this number, so the links of a preview lead nobody away.
_NOBODY = 0
_ADDRESS = "reader@example.org"
_DARK = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)")


@dataclass(frozen=True)
class SampleReader:
    """Somebody of the audience, masked; without a number somebody who gave no name."""

    number: int = _NOBODY
    address: str = ""
    name: str = ""

    @classmethod
    def of(cls, supporter: Supporter) -> Self:
        name = f"{supporter.name.strip()[:1]}…" if supporter.name.strip() else ""
        return cls(supporter.pk, mask(supporter.email), name)


def sample_readers(look: Look) -> list[SampleReader]:
    """The people of a look at an audience."""
    people = Supporter.objects.filter(pk__in=look.people).order_by("pk")
    return [SampleReader.of(supporter) for supporter in people]


def sample_reader(mailing: Mailing, number: int) -> SampleReader:
    """Somebody who gets mail of this kind, by their number; else the reader without a name."""
    gets = Subscription.objects.live().filter(scope=mailing.scope_id, supporter=number)
    supporter = Supporter.objects.filter(pk__in=gets.values("supporter")).first()
    return SampleReader.of(supporter) if supporter else SampleReader()


def preview(
    mailing: Mailing, words: Wording, *, language: str, reader: SampleReader | None = None
) -> Parts:
    """Both parts of the mail that says `words`; of one that has been scheduled, what it says.

    Raises CannotBeSent when it cannot be built.
    """
    reader = reader or SampleReader()
    copy = _stored(mailing, language) or compile_words(mailing, words, language)
    person = Reader(
        supporter=_NOBODY,
        address=_ADDRESS,
        signed_campaign=sample_reason(mailing, language),
        signed_at=timezone.now(),
        name=reader.name,
        subject=words.subject,
    )
    try:
        _envelope, raw = fill(copy, mailing=mailing, language=language, reader=person)
    except SkeletonError as error:
        raise CannotBeSent([str(error)]) from error
    return Parts.of(raw)


def _stored(mailing: Mailing, language: str) -> Skeleton | None:
    """What its readers get, once that cannot be changed any more."""
    if mailing.is_editable:
        return None
    content = mailing.contents.filter(language=language, variant=0).first()
    return Copies(content).whole.skeleton if content else None


def in_scheme(html: str, scheme: Any) -> str:
    """The HTML as a mail program shows it to whoever prefers `light` or `dark`."""
    if scheme not in ("light", "dark"):
        return html
    return _DARK.sub("@media all" if scheme == "dark" else "@media not all", html)
