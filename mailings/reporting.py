"""What mailings, source codes and shares brought, and at what price.

Numbers of a mailing are summed up into one row, while something can still change; lists, charts and
medians read those rows alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Organization
from mailings.following import TO_SIGN
from mailings.models import Click, Mailing, MailingTally, MailLink
from mailings.statuses import ARRIVED, BOUNCED, COMPLAINED, FAILED, MAILED, kept_back
from signatures.leaving import by_link_of, by_mail_program, by_mail_to_us
from signatures.staff.looking_back import window

# So long after a mailing is out its numbers are renewed. They are looked at every ten minutes, and
# what is a little younger by then would else wait for the next time.
CHANGES_FOR = timedelta(days=30)
FRESH_FOR = timedelta(minutes=9)
# A median is of so many earlier mailings at most.
MOST_COMPARED = 50
MOST_GENERATIONS = 20
# Signatures that the tables of sources and shares look back at.
MOST_LOOKED_AT = 50_000
MOST_ROWS = 20
# How people leave by a mailing.
WAYS_OUT = (by_link_of, by_mail_program, by_mail_to_us)

_SUM_UP = f"""
WITH RECURSIVE brought AS (
    SELECT g.id, g.supporter_id, 0 AS generation FROM signatures_signature g
    WHERE g.mailing_number = %(mailing)s AND g.state = 'counted'
    UNION
    SELECT g.id, g.supporter_id, b.generation + 1
    FROM brought b JOIN signatures_signature g ON g.sharer_id = b.id AND g.state = 'counted'
    WHERE b.generation < %(generations)s
), mails AS (
    SELECT count(*) FILTER (WHERE status IN {MAILED}) AS mailed,
        count(*) FILTER (WHERE status IN {ARRIVED}) AS delivered,
        count(*) FILTER (
            WHERE status = {BOUNCED} OR status = {FAILED} AND code BETWEEN 500 AND 599
        ) AS bounced,
        count(*) FILTER (WHERE status = {COMPLAINED}) AS complained,
        count(*) FILTER (WHERE {kept_back("r")}) AS kept_back
    FROM mailings_recipient r WHERE mailing_id = %(mailing)s
), signed AS (
    SELECT count(*) FILTER (WHERE generation = 0) AS signed,
        count(*) FILTER (WHERE generation > 0) AS shared,
        count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM signatures_signature before
            WHERE before.supporter_id = b.supporter_id AND before.id < b.id
        )) AS new_people
    FROM brought b
)
INSERT INTO mailings_mailingtally AS t (mailing_id, as_of, mailed, delivered, bounced, complained,
    kept_back, signed, shared, new_people, visits, clicked, "left")
SELECT %(mailing)s, now(), mails.*, signed.*,
    (SELECT coalesce(sum(visits), 0) FROM mailings_visitcount WHERE mailing_id = %(mailing)s),
    (SELECT count(DISTINCT c.supporter_id) FROM mailings_mailing m
        JOIN campaigns_organization o ON o.id = m.organization_id
        LEFT JOIN mailings_click c ON c.mailing_id = m.id
        WHERE m.id = %(mailing)s HAVING bool_or(o.counts_clicks)),
    (SELECT count(DISTINCT supporter_id) FROM signatures_consentevent
        WHERE choice = 'left' AND via = ANY(%(ways_out)s))
FROM mails, signed
ON CONFLICT (mailing_id) DO UPDATE SET as_of = excluded.as_of, mailed = excluded.mailed,
    delivered = excluded.delivered, bounced = excluded.bounced, complained = excluded.complained,
    kept_back = excluded.kept_back, signed = excluded.signed, shared = excluded.shared,
    new_people = excluded.new_people, visits = excluded.visits, "left" = excluded."left",
    -- What was counted stays, though it is forgotten by and by who it was.
    clicked = greatest(t.clicked, excluded.clicked)
"""  # noqa: S608


@transaction.atomic
def sum_up(mailing: Mailing) -> MailingTally:
    """Renew the numbers of one mailing. Safe to call twice, and at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2min'")
        cursor.execute(
            _SUM_UP,
            {
                "mailing": mailing.pk,
                "generations": MOST_GENERATIONS,
                "ways_out": [way(mailing.pk) for way in WAYS_OUT],
            },
        )
    return MailingTally.objects.get(pk=mailing.pk)


def sum_up_stale() -> int:
    """Renew what may have changed since it was summed up; returns how many that were."""
    changing = Mailing.objects.filter(started_at__isnull=False).filter(
        Q(finished_at=None) | Q(finished_at__gt=Now() - CHANGES_FOR)
    )
    stale = changing.filter(Q(tally=None) | Q(tally__as_of__lt=Now() - FRESH_FOR))
    renewed = 0
    for mailing in stale.order_by("pk"):
        sum_up(mailing)
        renewed += 1
    return renewed


@dataclass(frozen=True)
class Compared:
    """A number of a mailing for a thousand mails, beside the median of the list's other mailings.

    `usual` is None where there is no other mailing to compare it with.
    """

    name: str
    value: int
    rate: float | None
    usual: float | None


NAMES = (
    "delivered",
    "visits",
    "clicked",
    "signed",
    "shared",
    "new_people",
    "left",
    "bounced",
    "complained",
)


def compared(tally: MailingTally) -> list[Compared]:
    """Every number of a mailing beside what is usual for its list."""
    others = list(MailingTally.objects.of_list(tally.mailing).filter(mailed__gt=0)[:MOST_COMPARED])
    return [
        Compared(
            name=name,
            value=getattr(tally, name),
            rate=tally.per_thousand(name),
            usual=median(one.per_thousand(name) or 0 for one in others) if others else None,
        )
        for name in NAMES
        if getattr(tally, name) is not None
    ]


@dataclass(frozen=True)
class Followed:
    """How many people followed one link of a mailing."""

    url: str
    people: int


def links_followed(mailing: Mailing) -> list[Followed]:
    """The counted links of a mailing, the most followed first."""
    people = Click.objects.filter(mailing=mailing).values_list("number").annotate(Count("pk"))
    followed = dict(people.order_by())
    links = [Followed(_("The page to sign"), followed.pop(TO_SIGN, 0))]
    for number, url in MailLink.objects.filter(mailing=mailing).values_list("number", "url"):
        links.append(Followed(url, followed.get(number, 0)))
    return sorted(links, key=lambda link: -link.people)


_BROUGHT = """
WITH newest AS MATERIALIZED (
    SELECT id, supporter_id, referrer_code, sharer_id FROM signatures_signature
    WHERE campaign_id = ANY(%(campaigns)s) AND id BETWEEN %(low)s AND %(high)s
        AND state = 'counted' AND {which}
)
SELECT {name} AS name, count(*) AS signed,
    count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM signatures_signature before
        WHERE before.supporter_id = n.supporter_id AND before.id < n.id
    )) AS new_people,
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM signatures_subscription s
        WHERE s.signature_id = n.id AND s.unsubscribed_at IS NOT NULL
    )) AS "left"
FROM newest n GROUP BY 1 ORDER BY signed DESC, 1 LIMIT %(most)s
"""
_BY_SOURCE = _BROUGHT.format(which="referrer_code <> ''", name="referrer_code")
_BY_SHARE = _BROUGHT.format(which="sharer_id IS NOT NULL", name="sharer_id::text")


@dataclass(frozen=True)
class Brought:
    """What one source code, or one signer's shared link, brought; `left` unsubscribed since."""

    name: str
    signed: int
    new_people: int
    left: int


def brought_by_sources(organization: Organization) -> list[Brought]:
    """What each source code brought, among the newest signatures of the organization."""
    return list(_brought(_BY_SOURCE, organization))


def brought_by_shares(organization: Organization) -> list[Brought]:
    """What each signer's shared link brought, by the number of their signature."""
    return list(_brought(_BY_SHARE, organization))


def _brought(statement: str, organization: Organization) -> Iterator[Brought]:
    own = Campaign.objects.filter(organization=organization).order_by("-pk")
    campaigns = list(own.values_list("pk", flat=True)[:300])
    newest = window(campaign_ids=campaigns, most=MOST_LOOKED_AT)
    given: dict[str, Any] = {
        "campaigns": campaigns,
        "low": newest.low,
        "high": newest.high,
        "most": MOST_ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        for row in cursor.fetchall():
            yield Brought(*row)
