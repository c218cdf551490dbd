"""Why somebody got a mailing, or did not: answered in words from the rows that decided it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailings.audience.rule import Audience, audience_of, capped
from mailings.clock import database_now
from mailings.following import followed_links
from mailings.models import Deferral, MailEvent, Mailing, Recipient, Reply, SkipReason
from mailings.segments import BadRules
from mailings.segments.rules import Rules
from mailings.segments.wording import sentence_of
from signatures.leaving import by_link_of, by_mail_to_us
from signatures.models import (
    CampaignMute,
    ConsentEvent,
    Signature,
    Subscription,
    Supporter,
    Suppression,
)

Status = Recipient.Status


@dataclass(frozen=True)
class Answer:
    """`got` is None where nobody knows, or it is still to come. `because` are sentences."""

    got: bool | None
    because: list[str]
    trail: list[str]


def why(*, mailing: Mailing, supporter: Supporter) -> Answer:
    """Why this person got the mailing, did not, or will, and everything that happened about it."""
    row = Recipient.objects.filter(mailing=mailing, supporter=supporter).first()
    if row is None:
        return Answer(False, list(_left_out(mailing, supporter)), [])
    got, said = _fate(row)
    because = [said]
    if row.status == Status.SKIPPED and row.code != SkipReason.CAPPED:
        because += list(_standing_in_the_way(mailing, supporter))
    return Answer(got, because, list(_trail(mailing, supporter)))


def _fate(row: Recipient) -> tuple[bool | None, str]:
    """What became of the mail to one recipient."""
    at = {"time": _time(row.done_at), "code": row.code or "–", "tries": row.attempts}
    match row.status:
        case Status.SENT:
            return True, _("The mail server took it at %(time)s.") % at
        case Status.DELIVERED:
            return True, _("It was delivered; it left at %(time)s.") % at
        case Status.BOUNCED:
            return False, _("It left at %(time)s and came back (%(code)s).") % at
        case Status.COMPLAINED:
            return True, _("It left at %(time)s, and its reader called it spam.") % at
        case Status.FAILED if row.code is None:
            return False, _("It could not be written or handed over at %(time)s.") % at
        case Status.FAILED:
            return False, _("The mail server refused it at %(time)s (%(code)s).") % at
        case Status.UNKNOWN:
            return None, _(
                "Nobody knows: since %(time)s, when the connection broke after the mail. It is not"
                " sent again by itself."
            ) % at
        case Status.DEFERRED if row.code is None:
            said = _("It could not be written or handed over at %(time)s.")
            return None, said % at + _next_try(row)
        case Status.DEFERRED:
            return None, _("Put off after %(tries)s tries (%(code)s).") % at + _next_try(row)
        case Status.SKIPPED if row.code == SkipReason.CAPPED:
            return False, _(
                "They had had as many mails as one person gets. A catch-up brings it to them later."
            )
        case Status.SKIPPED:
            return False, _("They were left out at %(time)s, just before their mail.") % at
    return None, _("It is still to leave.")


def _next_try(row: Recipient) -> str:
    due = Deferral.objects.filter(mailing=row.mailing_id, lane=row.lane, seq=row.seq).first()
    return " " + _("Next try: %s.") % _time(due.next_attempt_at) if due else ""


def _left_out(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    """Why somebody is not among those to whom the mailing is owed."""
    if mailing.state == Mailing.State.CANCELLED and not mailing.started_at:
        yield _("It was cancelled before anybody got it.")
        return
    reasons = list(_standing_in_the_way(mailing, supporter))
    if reasons:
        yield from reasons
    elif mailing.started_at is None:
        yield _("Nothing stands in the way: they get it when it goes out.")
    else:
        yield _("They would get it now, but were not in the audience when it was written down.")
        yield from _joined_later(mailing, supporter)


def _joined_later(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    subscription = Subscription.objects.live().get(supporter=supporter, scope=mailing.scope)
    assert mailing.started_at
    if subscription.subscribed_at > mailing.started_at:
        yield _("They joined at %s, after that. A catch-up brings it to them.") % _time(
            subscription.subscribed_at
        )
    signature = Signature.objects.filter(supporter=supporter, campaign=mailing.campaign).first()
    if signature and signature.counted_at and signature.counted_at > mailing.started_at:
        yield _("Their signature counts since %s, after that.") % _time(signature.counted_at)


def _standing_in_the_way(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    """What keeps the mailing from somebody as things stand now."""
    yield from _consent(mailing, supporter)
    try:
        audience = audience_of(mailing)
    except BadRules as error:
        yield str(error)
        return
    for key, holds in _each(audience, mailing, supporter):
        if not holds:
            yield from _REASONS[key](mailing, supporter)


def _each(audience: Audience, mailing: Mailing, supporter: Supporter) -> Iterator[tuple[str, bool]]:
    """What the audience demands, and whether each holds for this person; then the cap."""
    demands, enough = audience.demands, capped(mailing)
    tests = [demand.holds_for("%(who)s") for demand in demands]
    tests.append(f"NOT {enough.includes('%(who)s')}")
    given: dict[str, Any] = {**audience.values, **enough.values, "who": supporter.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(tests), given)
        found = cursor.fetchone()
    names = [*(demand.key for demand in demands), "capped"]
    if mailing.started_at:
        # The cap has been asked, and its answer written down.
        return iter(list(zip(names, found, strict=True))[:-1])
    return zip(names, found, strict=True)


def _consent(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    own = Subscription.objects.filter(supporter=supporter, scope=mailing.scope).first()
    scope = {"scope": mailing.scope.name}
    if own is None:
        yield _("They never agreed to %(scope)s mail.") % scope
    elif own.unsubscribed_at:
        yield _("Their %(scope)s mail ended at %(time)s%(how)s.") % {
            **scope,
            "time": _time(own.unsubscribed_at),
            "how": _how_it_ended(own),
        }
    elif own.rests_until and own.rests_until > database_now():
        yield _("They asked for a pause until %s.") % _time(own.rests_until)


def _how_it_ended(own: Subscription) -> str:
    said = ConsentEvent.objects.filter(
        supporter=own.supporter_id,
        choice=ConsentEvent.Choice.LEFT,
        scope_ids__contains=[own.scope_id],
    ).order_by("-at", "-pk")
    last = said.first()
    return f" ({last.via})" if last else ""


def _blocked(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    blocks = Suppression.objects.filter(email_hash=bytes(supporter.email_hash), lifted_at=None)
    for block in blocks:
        yield _("Their address is blocked since %(time)s: %(reason)s.") % {
            "time": _time(block.created_at),
            "reason": block.get_reason_display(),
        }


def _muted(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    mutes = CampaignMute.objects.filter(supporter=supporter, campaign__in=mailing.about())
    for mute in mutes.select_related("campaign"):
        yield _("They want nothing more about “%(campaign)s” since %(time)s.") % {
            "campaign": mute.campaign,
            "time": _time(mute.muted_at),
        }


def _no_signer(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    signature = Signature.objects.filter(supporter=supporter, campaign=mailing.campaign).first()
    if signature is None:
        yield _("They did not sign “%s”.") % mailing.campaign
    else:
        yield _("Their signature under “%(campaign)s” does not count: %(state)s.") % {
            "campaign": mailing.campaign,
            "state": signature.state_in_full,
        }


def _has_signed(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    yield _("They have signed what it asks for.")


def _told(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    yield _("They had the same news by another mailing.")


def _not_described(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    rules, most = mailing.narrowed()
    said = sentence_of(Rules.read(rules), mailing.organization, most) if rules else ""
    yield _("They are not in its segment: %s") % said


def _capped(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    yield _("They have had as many mails as one person gets just now.")


_REASONS = {
    "blocked": _blocked,
    "muted": _muted,
    "signed": _no_signer,
    "asked": _has_signed,
    "told": _told,
    "segment": _not_described,
    "capped": _capped,
}


def _trail(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    """What came of it, in the order in which it happened."""
    events = MailEvent.objects.filter(mailing_number=mailing.pk, supporter_number=supporter.pk)
    happened = [(event.happened_at, str(event.get_kind_display())) for event in events]
    signed = Signature.objects.filter(mailing_number=mailing.pk, supporter=supporter)
    happened += [
        (one.created_at, _("signed “%s”") % one.campaign)
        for one in signed.select_related("campaign")
    ]
    left = ConsentEvent.objects.filter(supporter=supporter, via=by_link_of(mailing.pk))
    happened += [(event.at, _("unsubscribed by its link")) for event in left]
    wrote = ConsentEvent.objects.filter(supporter=supporter, via=by_mail_to_us(mailing.pk))
    happened += [(event.at, _("unsubscribed by mail")) for event in wrote]
    replies = Reply.objects.filter(mailing_number=mailing.pk, supporter=supporter)
    happened += [(reply.arrived_at, _("wrote back")) for reply in replies]
    followed = followed_links(mailing_id=mailing.pk, supporter_id=supporter.pk)
    happened += [(at, _("followed %s") % (url or _("the link to sign"))) for url, at in followed]
    for moment, words in sorted(happened):
        yield f"{_time(moment)}: {words}"


def _time(moment: Any) -> str:
    return date_format(moment, "DATETIME_FORMAT") if moment else "–"
