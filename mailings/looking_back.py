"""What kept a mailing from somebody at a moment that has passed, as far as rows still tell.

What began after that moment is no reason. Some things leave no trace once they are over: a pause
that was ended early, a campaign that is heard of again, what a segment said of somebody. Where
nothing is found that was so then, nothing is made up either.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailings.audience.rule import LOT, audience_of
from mailings.models import Mailing, Recipient
from mailings.segments import BadRules
from mailings.segments.rules import Rules
from mailings.segments.wording import sentence_of
from signatures.leaving import PAUSE
from signatures.models import (
    CampaignMute,
    ConsentEvent,
    Letter,
    Signature,
    StateChangeEntry,
    Subscription,
    Supporter,
    Suppression,
)

_NOT_MAILED = [Recipient.Status.FAILED, Recipient.Status.SKIPPED]
Choice = ConsentEvent.Choice


def in_the_way_at(mailing: Mailing, supporter: Supporter, then: datetime) -> Iterator[str]:
    """What kept the mailing from this person at the moment `then`, in sentences with their dates;
    none where nothing that is still kept did."""
    certain = [
        *_consent(mailing, supporter, then),
        *_blocked(supporter, then),
        *_muted(mailing, supporter, then),
        *_signature(mailing, supporter, then),
        *_told(mailing, supporter, then),
    ]
    yield from certain or _segment(mailing, supporter)


def in_words(at: datetime | None) -> str:
    """A moment as these sentences say it; a dash for none."""
    return date_format(at, "DATETIME_FORMAT") if at else "–"


def how_it_ended(subscription: Subscription) -> str:
    """In brackets, by which link or page its owner left last; empty where that is not known."""
    said = _said(subscription).filter(choice=Choice.LEFT).first()
    return f" ({said.via})" if said else ""


def pause_of(subscription: Subscription) -> str:
    """When its owner asked for the pause that it keeps, and until when that is."""
    end = subscription.rests_until
    return _("They asked on %(time)s for a pause until %(end)s.") % {
        "end": in_words(end),
        "time": in_words(end - PAUSE if end else None),
    }


def _said(subscription: Subscription) -> QuerySet[ConsentEvent]:
    """What was agreed to or taken back of this kind of mail, the last first."""
    return ConsentEvent.objects.filter(
        supporter=subscription.supporter_id,
        choice__in=[Choice.AGREED, Choice.LEFT],
        scope_ids__contains=[subscription.scope_id],
    ).order_by("-at", "-pk")


def _consent(mailing: Mailing, supporter: Supporter, then: datetime) -> Iterator[str]:
    """The row of a subscription knows its last beginning and end; what was before, its events."""
    own = Subscription.objects.filter(supporter=supporter, scope=mailing.scope).first()
    scope = {"scope": mailing.scope.name}
    if own is None:
        yield _("They never agreed to %(scope)s mail.") % scope
    elif own.subscribed_at > then:
        last = _said(own).filter(at__lte=then).first()
        if last is None:
            yield _("They joined at %s, after it had gone out.") % in_words(own.subscribed_at)
        elif last.choice == Choice.LEFT:
            yield _(
                "Their %(scope)s mail had ended at %(time)s%(how)s, and began again at %(again)s."
            ) % {
                **scope,
                "time": in_words(last.at),
                "how": f" ({last.via})",
                "again": in_words(own.subscribed_at),
            }
    elif own.unsubscribed_at and own.unsubscribed_at <= then:
        yield _("Their %(scope)s mail ended at %(time)s%(how)s.") % {
            **scope,
            "time": in_words(own.unsubscribed_at),
            "how": how_it_ended(own),
        }
    elif own.rests_until and own.rests_until - PAUSE <= then < own.rests_until:
        yield pause_of(own)


def _blocked(supporter: Supporter, then: datetime) -> Iterator[str]:
    stood = Q(lifted_at=None) | Q(lifted_at__gt=then)
    blocks = Suppression.objects.filter(stood, email_hash=bytes(supporter.email_hash))
    for block in blocks.filter(created_at__lte=then).order_by("created_at"):
        of = {"time": in_words(block.created_at), "reason": block.get_reason_display()}
        if block.lifted_at is None:
            yield _("Their address is blocked since %(time)s: %(reason)s.") % of
        else:
            yield _("Their address was blocked from %(time)s to %(end)s: %(reason)s.") % {
                **of,
                "end": in_words(block.lifted_at),
            }


def _muted(mailing: Mailing, supporter: Supporter, then: datetime) -> Iterator[str]:
    about = mailing.about()
    mutes = CampaignMute.objects.filter(supporter=supporter, campaign__in=about)
    stood = list(mutes.filter(muted_at__lte=then).select_related("campaign"))
    if len(stood) < len(about):
        return
    for mute in stood:
        yield _("They want nothing more about “%(campaign)s” since %(time)s.") % {
            "campaign": mute.campaign,
            "time": in_words(mute.muted_at),
        }


def _signature(mailing: Mailing, supporter: Supporter, then: datetime) -> Iterator[str]:
    if mailing.campaign is None:
        return
    signature = Signature.objects.filter(supporter=supporter, campaign=mailing.campaign).first()
    if mailing.signers_left_out:
        if signature and signature.created_at <= then:
            yield _("They signed what it asks for at %s.") % in_words(signature.created_at)
    elif signature is None:
        yield _("They did not sign “%s”.") % mailing.campaign
    elif signature.state != Signature.State.COUNTED:
        yield from _does_not_count(signature, then)
    elif signature.counted_at and signature.counted_at > then:
        counted_at = in_words(signature.counted_at)
        yield _("Their signature counts since %s, after it had gone out.") % counted_at


def _does_not_count(signature: Signature, then: datetime) -> Iterator[str]:
    """One that counts no more may have counted then, where nothing tells since when it does not."""
    ended = _ended_at(signature)
    if signature.counted_at and ended and ended > then:
        return
    said = _("Their signature under “%(campaign)s” does not count: %(state)s.") % {
        "campaign": signature.campaign,
        "state": signature.state_in_full,
    }
    if ended:
        said += " " + _("That was at %s.") % in_words(ended)
    elif signature.counted_at:
        said += " " + _("Since when is not known.")
    yield said


def _ended_at(signature: Signature) -> datetime | None:
    """When it ceased to count: by its owner, who got a letter about it, or by staff."""
    if signature.state == Signature.State.WITHDRAWN:
        letters = Letter.objects.filter(signature=signature, kind=Letter.Kind.WITHDRAWN)
        return letters.order_by("-created_at").values_list("created_at", flat=True).first()
    moved = StateChangeEntry.objects.filter(signature=signature, change__undone_at=None)
    to_this = moved.filter(change__to_state=signature.state).order_by("-change")
    return to_this.values_list("change__changed_at", flat=True).first()


def _told(mailing: Mailing, supporter: Supporter, then: datetime) -> Iterator[str]:
    """The same news by a mailing that had gone before."""
    if mailing.kind != Mailing.Kind.UPDATE:
        return
    had = (
        Recipient.objects.filter(
            supporter=supporter, items=None, mailing__updates__in=mailing.updates.all()
        )
        .exclude(Q(mailing=mailing) | Q(status__in=_NOT_MAILED))
        .annotate(at=Coalesce("done_at", "mailing__started_at"))
        .filter(at__lte=then)
    )
    for row in had.select_related("mailing").order_by("at"):
        yield _("They had the same news by “%(mailing)s” at %(time)s.") % {
            "mailing": row.mailing,
            "time": in_words(row.at),
        }


def _segment(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    """What it says of them now, for what it said then is kept nowhere; the lot stays as drawn."""
    rules, most = mailing.narrowed()
    if not rules:
        return
    try:
        read, audience = Rules.read(rules), audience_of(mailing)
    except BadRules as error:
        yield str(error)
        return
    words = sentence_of(read, mailing.organization, most)
    of_segment = [demand for demand in audience.demands if demand.key == "segment"]
    holds = " AND ".join(demand.holds_for("s.supporter_id") for demand in of_segment) or "true"
    asked = f"SELECT {holds}, {LOT} FROM (SELECT %(who)s::bigint AS supporter_id) s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, audience.values | {"who": supporter.pk})
        is_in, lot = cursor.fetchone()
    if not is_in:
        yield _("They are not in its segment now: %s Whether they were then is not known.") % words
    elif mailing.last_lot is not None and lot > mailing.last_lot:
        yield _("The lot that drew a part of its segment did not draw them: %s") % words
