"""Changing a text that people agree to: in place until it is frozen, else as a new version."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.models import Campaign, ConsentNotice, MailScope, Statement

V = TypeVar("V", Statement, ConsentNotice)


class ReasonNeeded(ValueError):
    """A text that people rely on changes, and nobody says why, or what the page is to tell."""


@transaction.atomic
def revise_statement(
    *,
    campaign: Campaign,
    text: str,
    reason: str = "",
    change_note: str = "",
    author: User | None = None,
) -> Statement:
    """Make `text` what people sign from now on, and return the version that says it.

    A text that already stands makes nothing new. Earlier signatures keep the version they signed.
    A frozen version is replaced only with a `reason`, for staff, and a `change_note`, which the
    page tells everyone; else `ReasonNeeded` is raised.
    """
    current = _current(campaign, Statement)
    if current and current.text == text:
        return current
    if current and current.frozen_at and not (reason.strip() and change_note.strip()):
        raise ReasonNeeded("A frozen statement is replaced only with a reason and a public note.")
    if current is None or current.frozen_at:
        current = Statement(
            campaign=campaign,
            language=campaign.edition,
            version=current.version + 1 if current else 1,
            reason=reason.strip() if current else "",
            change_note=change_note.strip() if current else "",
        )
    current.text, current.author = text, author
    current.save()
    if campaign.published_at:
        current.freeze()
    return current


@transaction.atomic
def revise_notice(
    *,
    campaign: Campaign,
    text: str,
    kind: str,
    scopes: Iterable[MailScope],
    tells_of_clicks: bool = False,
) -> ConsentNotice:
    """Make this the opt-in notice from now on, and return the version that says it.

    `kind` is a value of `ConsentNotice.Kind`; `scopes` are the kinds of mail it is about;
    `tells_of_clicks`: it says that it is kept which links of our mails somebody follows. A notice
    that already stands makes nothing new. Earlier consents keep the version they were given.
    """
    wanted = set(scopes)
    current = _current(campaign, ConsentNotice)
    says = (text, kind, tells_of_clicks)
    stands = current and (current.text, current.kind, current.tells_of_clicks) == says
    if current and stands and set(current.scopes.all()) == wanted:
        return current
    if current is None or current.frozen_at:
        current = ConsentNotice(
            campaign=campaign,
            language=campaign.edition,
            version=current.version + 1 if current else 1,
        )
    current.text, current.kind, current.tells_of_clicks = says
    current.save()
    current.scopes.set(wanted)
    if campaign.published_at:
        current.freeze()
    return current


def _current(campaign: Campaign, versions: type[V]) -> V | None:
    """This edition's newest version, held: nobody freezes it or numbers another meanwhile."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    rows = versions.objects.filter(campaign=campaign.pk, language=campaign.edition)
    rows = rows.order_by("-version")
    return rows.select_for_update().first()
