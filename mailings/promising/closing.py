"""The last mail of a campaign: drafted by itself when it ends, sent by an organizer."""

import logging
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, linebreaks
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Update
from mailings.composing import CannotBeSent
from mailings.drafting import draft_from_update
from mailings.models import ClosingMail, OrganizerNotice
from mailings.telling import tell
from signatures.models import Signature

logger = logging.getLogger(__name__)

State = Campaign.State
_ENDS = [State.CLOSED, State.WON, State.LOST]
# What ended longer ago is no news.
RECENT = timedelta(days=14)


def draft_closing_mails() -> list[ClosingMail]:
    """Draft the last mail of each campaign that ended of late; returns what this call drafted.

    One that fails is logged and keeps nobody else from theirs.
    """
    drafted = ClosingMail.objects.filter(campaign=OuterRef("pk"), state=OuterRef("state"))
    signed = Signature.objects.filter(campaign=OuterRef("pk"), state=Signature.State.COUNTED)
    ended = Campaign.objects.filter(~Exists(drafted), Exists(signed), state__in=_ENDS).annotate(
        end=Coalesce("ended_at", "closed_at")
    )
    made = []
    for campaign in ended.filter(end__gte=Now() - RECENT).select_related("organization", "tally"):
        try:
            if closing := draft_closing_mail(campaign=campaign):
                made.append(closing)
        except Exception:
            logger.exception("The last mail of campaign %s failed", campaign.pk)
    return made


@transaction.atomic
def draft_closing_mail(*, campaign: Campaign) -> ClosingMail | None:
    """Draft the update that says how it ended, and its mailing, and tell the organizers.

    Safe to call by many at once: UNIQUE(campaign, state) lets one of them do it. What was drafted
    for an earlier end and never sent is put away. Returns None when it had been done.
    """
    closing, created = ClosingMail.objects.get_or_create(campaign=campaign, state=campaign.state)
    if not created:
        return None
    others = ClosingMail.objects.filter(campaign=campaign).exclude(pk=closing.pk)
    for earlier in others.select_related("mailing"):
        if earlier.mailing and earlier.mailing.is_editable:
            earlier.mailing.cancel()
    with translation.override(campaign.language):
        closing.update = Update.objects.create(
            campaign=campaign, title=_title(campaign)[:150], body=_body(campaign)
        )
    try:
        closing.mailing = draft_from_update(update=closing.update, user=None)
    except CannotBeSent as error:
        logger.warning("No last mail for campaign %s: %s", campaign.pk, error)
    closing.save()
    _tell(closing)
    return closing


def _title(campaign: Campaign) -> str:
    said = {
        State.WON: _("We won: %s"),
        State.LOST: _("How it ended: %s"),
        State.CLOSED: _("Closed, and what comes next: %s"),
    }
    return said[State(campaign.state)] % campaign.headline


def _body(campaign: Campaign) -> str:
    """A text to begin with: how it ended and how many signed. The rest is for somebody to write."""
    tally = getattr(campaign, "tally", None)
    counted = intcomma(tally.counted if tally else 0)
    paragraphs = [linebreaks(campaign.outcome, autoescape=True) if campaign.outcome else ""]
    if campaign.state == State.CLOSED:
        closed = _("The petition is closed. %(count)s people signed it, and you are one of them.")
        paragraphs.append(format_html("<p>{}</p>", closed % {"count": counted}))
    else:
        signed = _("%(count)s people signed, and you are one of them. Thank you.")
        paragraphs.append(format_html("<p>{}</p>", signed % {"count": counted}))
    return "".join(paragraphs)


def _tell(closing: ClosingMail) -> None:
    campaign, organization = closing.campaign, closing.campaign.organization
    with translation.override(organization.language):
        tell(
            organization,
            kind=OrganizerNotice.Kind.CLOSING,
            key=f"{campaign.pk} {closing.state}",
            subject=_("Tell the signers how it ended: %s") % campaign.headline,
            text=_(
                "The last mail of this campaign is drafted. Read it, add what you want to say,"
                " publish it, send yourself a proof, and let it go: nothing goes by itself."
            ),
            path=reverse("admin:campaigns_update_change", args=[closing.update_id]),
        )
