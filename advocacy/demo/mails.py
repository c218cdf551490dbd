"""Thirty mailings that went out, to whom, and what they brought."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from advocacy.demo.inserting import insert
from advocacy.demo.stories import MONTHS, OFFERS_SILENT_FOR, Story
from campaigns.models import Campaign, MailScope, Organization, Update
from mailings.composing import compile_content, freeze_content
from mailings.models import DigestItem, DigestSchedule, Lane, Mailing, Recipient, VisitCount
from mailings.reporting import sum_up

# Six of a thousand came back, a few complained or are in doubt after a crash; of most is heard that
# they arrived.
_STATUS = (
    "CASE WHEN n %% 1000 < 6 THEN 9 WHEN n %% 9001 = 7 THEN 7 WHEN n %% 4003 = 9 THEN 10"
    " WHEN n %% 20 = 3 THEN 3 ELSE 8 END"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One mailing of the past."""

    at: datetime
    subject: str
    scope: MailScope
    updates: tuple[Update, ...]
    campaign: Campaign | None = None
    schedule: DigestSchedule | None = None


def fill(
    organization: Organization,
    stories: Sequence[tuple[Story, Campaign]],
    scopes: dict[str, MailScope],
) -> int:
    """News, their mailings and the round-ups, in the caller's transaction; returns how many."""
    news = [update for story, campaign in stories for update in _publish(story, campaign)]
    past = [*_updates_mailed(news, scopes["activism"]), *_round_ups(organization, news, scopes)]
    for sent in sorted(past, key=lambda sent: sent.at):
        _send(organization, sent)
    return len(past)


def _publish(story: Story, campaign: Campaign) -> Iterator[Update]:
    for days, title, text in story.news:
        at = timezone.now() - timedelta(days=days)
        update = Update.objects.create(
            campaign=campaign, title=title, preheader=text, body=f"<p>{text}</p>", published_at=at
        )
        Update.objects.filter(pk=update.pk).update(created_at=at)
        yield update


def _updates_mailed(news: list[Update], scope: MailScope) -> Iterator[Sent]:
    for update in news:
        assert update.published_at
        at = update.published_at + timedelta(hours=2)
        yield Sent(at, update.title, scope, (update,), campaign=update.campaign)


def _round_ups(
    organization: Organization, news: list[Update], scopes: dict[str, MailScope]
) -> Iterator[Sent]:
    """One a month; the offers have been silent for longer than their notice promised."""
    now = timezone.now()
    due = {"activism": now + timedelta(days=9), "offers": now - timedelta(days=OFFERS_SILENT_FOR)}
    for key, scope in scopes.items():
        schedule = DigestSchedule.objects.create(
            scope=scope, active=key == "activism", due_at=due[key]
        )
        months = MONTHS if key == "activism" else 2
        for month in range(1, months + 1):
            at = due["activism"] - timedelta(days=30 * month)
            if key == "offers":
                at = due[key] - timedelta(days=30 * (month - 1))
            past = [update for update in news if update.published_at and update.published_at < at]
            told = tuple(sorted(past, key=lambda update: update.published_at or at)[-2:])
            if told:
                name = calendar.month_name[at.month]
                subject = f"{scope.name} in {name}: {told[-1].title}"[:150]
                yield Sent(at, subject, scope, told, schedule=schedule)


def _send(organization: Organization, sent: Sent) -> None:
    """As if it had gone out then: compiled by the real compiler, received by who was there."""
    mailing = Mailing.objects.create(
        organization=organization,
        scope=sent.scope,
        campaign=sent.campaign,
        kind=Mailing.Kind.DIGEST if sent.schedule else Mailing.Kind.UPDATE,
        schedule=sent.schedule,
        period=sent.at.date() if sent.schedule else None,
        subject=sent.subject,
    )
    mailing.updates.set(sent.updates)
    if sent.schedule:
        for position, update in enumerate(sent.updates):
            mailing.items.create(
                position=position,
                kind=DigestItem.Kind.UPDATE,
                campaign=update.campaign,
                update=update,
            )
    freeze_content(compile_content(mailing))
    size = _receive(mailing, sent.at)
    _bring(mailing, sent.at)
    Mailing.objects.filter(pk=mailing.pk).update(
        state=Mailing.State.SENT,
        starts_at=sent.at,
        started_at=sent.at,
        finished_at=sent.at + timedelta(seconds=size / 200),
        audience_size=size,
        created_at=sent.at - timedelta(hours=3),
    )
    sum_up(mailing)


# Who signed the campaign; without one, everybody.
_AUDIENCE = """
FROM (SELECT s.id, s.supporter_id, row_number() OVER (ORDER BY s.id) AS n
    FROM signatures_subscription s WHERE s.scope_id = %(scope)s AND s.subscribed_at < %(at)s
    AND (s.unsubscribed_at IS NULL OR s.unsubscribed_at > %(at)s + interval '30 minutes')
    AND (%(campaign)s::bigint IS NULL OR EXISTS (
        SELECT 1 FROM signatures_signature g WHERE g.supporter_id = s.supporter_id
        AND g.campaign_id = %(campaign)s AND g.counted_at < %(at)s AND g.state = 'counted'
    ))
) AS audience
"""


def _receive(mailing: Mailing, at: datetime) -> int:
    what: dict[str, Any] = {
        "mailing": mailing.pk,
        "lane": Lane.DEFAULT,
        "scope": mailing.scope_id,
        "campaign": mailing.campaign_id,
        "at": at,
        # All items, one bit each.
        "items": 2 ** mailing.items.count() - 1 if mailing.schedule_id else None,
    }
    return insert(
        Recipient,
        {
            "mailing_id": "%(mailing)s",
            "lane": "%(lane)s",
            "seq": "n",
            "subscription_id": "id",
            "supporter_id": "supporter_id",
            "status": _STATUS,
            "items": "%(items)s",
            "attempts": "1",
            "code": "CASE WHEN n %% 1000 < 6 THEN 550 WHEN n %% 9001 = 7 THEN NULL ELSE 250 END",
            "done_at": "%(at)s + n * interval '5 milliseconds'",
        },
        _AUDIENCE,
        what,
    )


# Of what the mail's readers signed on the two days after, a part came by it.
_SIGNED = """
UPDATE signatures_signature g SET mailing_number = %(mailing)s, referrer_code = 'mail'
FROM mailings_recipient r
WHERE r.mailing_id = %(mailing)s AND r.supporter_id = g.supporter_id
    AND g.mailing_number IS NULL AND g.id %% 2 = 0
    AND g.created_at BETWEEN %(at)s AND %(at)s + interval '2 days'
"""
# Three of four who come by a link sign; one of sixty readers follows one to read on.
_VISITED = """
SELECT (SELECT count(*) FROM signatures_signature WHERE mailing_number = %(mailing)s) * 4 / 3
    + (SELECT count(*) FROM mailings_recipient WHERE mailing_id = %(mailing)s) / 60
"""


def _bring(mailing: Mailing, at: datetime) -> None:
    what: dict[str, Any] = {"mailing": mailing.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, what)
        cursor.execute(_VISITED, what)
        (visits,) = cursor.fetchone()
    VisitCount.objects.create(mailing=mailing, shard=0, visits=visits)
