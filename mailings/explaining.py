"""Why somebody got a mailing, or did not: answered in words from the rows that decided it.

Before a mailing goes out, its audience is asked what stands in the way now. Afterwards counts what
was so when the audience was written down: `looking_back.py` says that, and whether a catch-up would
help is a second question.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from mailings.audience.catching_up import can_be_caught_up
from mailings.audience.rule import Audience, audience_of, capped
from mailings.clock import database_now
from mailings.following import followed_links
from mailings.looking_back import how_it_ended, in_the_way_at, in_words, pause_of
from mailings.models import (
    CatchUp,
    Deferral,
    MailEvent,
    Mailing,
    Recipient,
    Reply,
    SkipReason,
    WelcomeStep,
)
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
        return _without_a_row(mailing, supporter)
    got, said = _fate(row)
    because = [said]
    if row.status == Status.SKIPPED and row.code != SkipReason.CAPPED:
        then = list(in_the_way_at(mailing, supporter, row.done_at or database_now()))
        because += then or [_("What kept it from them is not known any more.")]
    return Answer(got, because, list(_trail(mailing, supporter)))


def _fate(row: Recipient) -> tuple[bool | None, str]:
    """What became of the mail to one recipient."""
    at = {"time": in_words(row.done_at), "code": row.code or "–", "tries": row.attempts}
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
    return " " + _("Next try: %s.") % in_words(due.next_attempt_at) if due else ""


def _without_a_row(mailing: Mailing, supporter: Supporter) -> Answer:
    """Why somebody is not among those to whom the mailing is owed, or not yet."""
    if mailing.state == Mailing.State.CANCELLED and not mailing.started_at:
        return Answer(False, [_("It was cancelled before anybody got it.")], [])
    if mailing.started_at is None:
        nothing = _("Nothing stands in the way: they get it when it goes out.")
        return Answer(None, list(_in_the_way_now(mailing, supporter)) or [nothing], [])
    if mailing.kind == Mailing.Kind.WELCOME:
        return _not_welcomed(mailing, supporter)
    then = list(_left_out(mailing, supporter))
    return Answer(False, [*then, *_from_now_on(mailing, supporter, then)], [])


def _left_out(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    """Why they were not written down when it went out, nor by a catch-up that followed."""
    assert mailing.started_at
    if reasons := list(in_the_way_at(mailing, supporter, mailing.started_at)):
        yield from reasons
    elif mailing.kind == Mailing.Kind.DIGEST:
        yield _("Nothing that is kept stood in the way. Who has had or signed all of it gets none.")
    else:
        yield _("They were not in the audience when it went out; why is not known any more.")
    done = mailing.catch_ups.filter(ended=CatchUp.Ended.DONE).order_by("finished_at")
    for catch_up in done:
        assert catch_up.finished_at
        left_out = list(in_the_way_at(mailing, supporter, catch_up.finished_at))
        for reason in left_out or [_("they may have had enough mail just then.")]:
            if reason not in reasons:
                yield _("Nor did the catch-up of %(time)s bring it: %(reason)s") % {
                    "time": in_words(catch_up.finished_at),
                    "reason": reason,
                }


def _from_now_on(mailing: Mailing, supporter: Supporter, then: list[str]) -> Iterator[str]:
    """Whether a catch-up would bring it to them; nothing where `then` has said why not."""
    if not can_be_caught_up(mailing) or mailing.narrowed()[1] is not None:
        # A random part takes nobody new in.
        return
    standing = list(_in_the_way_now(mailing, supporter))
    if not standing:
        yield _("Nothing stands in the way now: a catch-up brings it to them.")
    for reason in standing if set(standing).isdisjoint(then) else []:
        yield _("As things stand now, a catch-up would not bring it: %s") % reason


def _not_welcomed(mailing: Mailing, supporter: Supporter) -> Answer:
    """A welcome has an audience that grows: each has a day of their own."""
    step = WelcomeStep.objects.get(mailing=mailing)
    own = Subscription.objects.live().filter(supporter=supporter, scope=mailing.scope).first()
    if own and step.live_since and own.subscribed_at <= step.live_since:
        said = _("They joined at %(time)s, before this welcome was on, which was at %(on)s.") % {
            "time": in_words(own.subscribed_at),
            "on": in_words(step.live_since),
        }
        return Answer(False, [said], [])
    if reasons := list(_in_the_way_now(mailing, supporter)):
        return Answer(False, reasons, [])
    assert own
    day = in_words(own.subscribed_at + timedelta(days=step.days))
    return Answer(None, [_("Nothing stands in the way now. Their day for it is %s.") % day], [])


def _in_the_way_now(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
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
    return zip([*(demand.key for demand in demands), "capped"], found, strict=True)


def _consent(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    own = Subscription.objects.filter(supporter=supporter, scope=mailing.scope).first()
    scope = {"scope": mailing.scope.name}
    if own is None:
        yield _("They never agreed to %(scope)s mail.") % scope
    elif own.unsubscribed_at:
        yield _("Their %(scope)s mail ended at %(time)s%(how)s.") % {
            **scope,
            "time": in_words(own.unsubscribed_at),
            "how": how_it_ended(own),
        }
    elif own.rests_until and own.rests_until > database_now():
        yield pause_of(own)


def _blocked(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    blocks = Suppression.objects.filter(email_hash=bytes(supporter.email_hash), lifted_at=None)
    for block in blocks:
        yield _("Their address is blocked since %(time)s: %(reason)s.") % {
            "time": in_words(block.created_at),
            "reason": block.get_reason_display(),
        }


def _muted(mailing: Mailing, supporter: Supporter) -> Iterator[str]:
    mutes = CampaignMute.objects.filter(supporter=supporter, campaign__in=mailing.about())
    for mute in mutes.select_related("campaign"):
        yield _("They want nothing more about “%(campaign)s” since %(time)s.") % {
            "campaign": mute.campaign,
            "time": in_words(mute.muted_at),
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
        yield f"{in_words(moment)}: {words}"
