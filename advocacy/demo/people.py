"""Who signed what and when, what they agreed to, and who left."""

import csv
import io
from collections.abc import Sequence

from django.db import connection

from advocacy.demo.inserting import insert
from advocacy.demo.stories import Story
from campaigns.models import Campaign, MailScope, TallyHour
from signatures.addresses import email_hash
from signatures.counting import refresh_tallies
from signatures.models import (
    ConsentEvent,
    CountShard,
    Letter,
    Signature,
    Subscription,
    Suppression,
)

FIRST = (
    "Ada",
    "Alma",
    "Amir",
    "Ana",
    "Ben",
    "Carla",
    "Chen",
    "Dana",
    "Diego",
    "Ella",
    "Emeka",
    "Fatima",
    "Finn",
    "Grace",
    "Hana",
    "Hugo",
    "Ines",
    "Ivan",
    "Jada",
    "Jonas",
    "Kofi",
    "Lara",
    "Leo",
    "Lin",
    "Maria",
    "Mateo",
    "Mina",
    "Nadia",
    "Noah",
    "Olga",
    "Omar",
    "Paula",
    "Priya",
    "Rosa",
    "Sam",
    "Sofia",
    "Tariq",
    "Uma",
    "Wei",
    "Yusuf",
    "Zoe",
)
LAST = (
    "Abbott",
    "Adeyemi",
    "Alvarez",
    "Baker",
    "Brandt",
    "Calloway",
    "Chen",
    "Cohen",
    "Desai",
    "Diaz",
    "Dubois",
    "Fischer",
    "Garcia",
    "Haddad",
    "Hansen",
    "Ito",
    "Jensen",
    "Johnson",
    "Kaur",
    "Keller",
    "Kim",
    "Lopez",
    "Lund",
    "Malik",
    "Meyer",
    "Moreau",
    "Morrow",
    "Nguyen",
    "Novak",
    "Oduya",
    "Okafor",
    "Patel",
    "Raman",
    "Rossi",
    "Santos",
    "Silva",
    "Smith",
    "Stone",
    "Weber",
    "Wong",
)
DOMAINS = ("example.org", "example.com", "example.net")

# `n` is a person by number. Everybody signs one campaign first; half of them another one later.
# More come at the beginning than at the end. The seed makes each demo the same.
_PLAN = """
CREATE TEMP TABLE demo_signed (
    n int, campaign bigint, at timestamptz, luck float, PRIMARY KEY (n, campaign)
) ON COMMIT DROP;
SELECT setseed(0.5);
INSERT INTO demo_signed
SELECT n, s.id, s.began + (s.ended - s.began) * power(random(), 3), random()
FROM (SELECT n, random() AS draw FROM generate_series(1, %(people)s) AS n) AS p
JOIN demo_story AS s ON p.draw >= s.low AND p.draw < s.high;
INSERT INTO demo_signed
SELECT n, s.id, s.began + (s.ended - s.began) * power(random(), 3), random()
FROM (SELECT 1 + floor(random() * %(people)s)::int AS n, random() AS draw
    FROM generate_series(1, %(people)s)) AS p
JOIN demo_story AS s ON p.draw >= s.low AND p.draw < s.high
ON CONFLICT DO NOTHING;
CREATE TEMP TABLE demo_person ON COMMIT DROP AS
SELECT p.id, p.name, row_number() OVER (ORDER BY p.id) AS n
FROM signatures_supporter p WHERE p.id > %(before)s;
CREATE UNIQUE INDEX ON demo_person (n);
ANALYZE demo_signed; ANALYZE demo_person;
"""

_STATE = """CASE
    WHEN d.luck < 0.09 AND d.at > now() - interval '25 days' THEN 'pending'
    WHEN d.luck > 0.994 THEN 'withdrawn'
    WHEN d.luck > 0.988 THEN 'rejected'
    ELSE 'counted' END"""


def fill(
    stories: Sequence[tuple[Story, Campaign]], scopes: Sequence[MailScope], supporters: int
) -> None:
    """Everybody, in the caller's transaction. Signed by nobody else so far."""
    before = _write_people(supporters)
    _tell_stories(stories)
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, {"people": supporters, "before": before})
    _sign()
    _write_letters()
    _pass_on()
    kinds = [scope.pk for scope in scopes]
    _agree(kinds)
    _leave(kinds)
    _block()
    _count([campaign.pk for _, campaign in stories])


def _write_people(many: int) -> int:
    """Copies the people in; returns the highest number that was there before."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    for n in range(many):
        first, last = FIRST[n * 7 % len(FIRST)], LAST[n // 3 % len(LAST)]
        address = f"{first}.{last}{n}@{DOMAINS[n % 3]}".lower()
        place = f"{10001 + n % 80_000:05d}"
        writer.writerow(
            [address, address, f"\\x{email_hash(address).hex()}", f"{first} {last}", place, "US"]
        )
    rows.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM signatures_supporter")
        before = int(cursor.fetchone()[0])
        cursor.copy_expert(
            "COPY signatures_supporter (email, email_key, email_hash, name, postal_code, country)"
            " FROM STDIN CSV",
            rows,
        )
    return before


def _tell_stories(stories: Sequence[tuple[Story, Campaign]]) -> None:
    low = 0.0
    total = sum(story.share for story, _ in stories)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE demo_story (id bigint, began timestamptz, ended timestamptz,"
            " low float, high float, statement bigint, notice bigint) ON COMMIT DROP"
        )
        for story, campaign in stories:
            high = low + story.share / total
            statement, notice = campaign.current_statement(), campaign.current_notice()
            cursor.execute(
                "INSERT INTO demo_story VALUES (%s, now() - %s * interval '1 day',"
                " now() - %s * interval '1 day' - interval '10 minutes', %s, %s, %s, %s)",
                [campaign.pk, story.began, story.ended, low, high, statement.pk, notice.pk],
            )
            low = high


def _sign() -> None:
    insert(
        Signature,
        {
            "campaign_id": "d.campaign",
            "supporter_id": "p.id",
            "statement_id": "s.statement",
            "notice_id": "s.notice",
            "consents": "(d.n %% 8) < 5",
            "name": "p.name",
            "country": "'US'",
            "referrer_code": "(ARRAY['', '', 'facebook', 'whatsapp', 'poster', 'mail'])"
            "[1 + d.n %% 6]",
            "state": _STATE,
            "created_at": "d.at",
            "confirmed_at": f"CASE WHEN {_STATE} <> 'pending' THEN d.at + interval '7 minutes' END",
            "counted_at": f"CASE WHEN {_STATE} = 'counted' THEN d.at + interval '7 minutes' END",
        },
        "FROM demo_signed d JOIN demo_person p ON p.n = d.n"
        " JOIN demo_story s ON s.id = d.campaign ORDER BY d.at",
        {},
    )


def _write_letters() -> None:
    """Those that ask to confirm, of the last two months; older ones are forgotten by now."""
    own = "FROM signatures_signature g JOIN demo_story s ON s.id = g.campaign_id"
    insert(
        Letter,
        {
            "kind": "'confirm'",
            "supporter_id": "g.supporter_id",
            "signature_id": "g.id",
            "created_at": "g.created_at",
            "due_at": "g.created_at",
            "attempts": "1",
            "sent_at": "g.created_at + interval '2 seconds'",
        },
        f"{own} WHERE g.state = 'pending' OR g.created_at > now() - interval '60 days'",
    )


def _pass_on() -> None:
    """Every tenth came by the link of somebody who had signed before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signatures_signature g SET sharer_id = o.id FROM signatures_signature o,"
            " demo_story s"
            " WHERE s.id = g.campaign_id AND o.campaign_id = g.campaign_id AND g.id %% 10 = 0"
            " AND o.id = g.id - 10 * (1 + g.id %% 97) AND o.state = 'counted'",
            [],
        )
        cursor.execute(
            "UPDATE signatures_supporter p SET created_at = f.at, confirmed_at = f.confirmed"
            " FROM (SELECT supporter_id, min(created_at) AS at, min(confirmed_at) AS confirmed"
            " FROM signatures_signature GROUP BY supporter_id) f,"
            " demo_person d WHERE d.id = p.id AND f.supporter_id = p.id"
        )


def _agree(scopes: list[int]) -> None:
    """Consents and what they began; every eighth has left since."""
    agreed = (
        "FROM (SELECT DISTINCT ON (g.supporter_id) g.* FROM signatures_signature g"
        " JOIN demo_story s ON s.id = g.campaign_id WHERE g.consents AND g.state = 'counted'"
        " ORDER BY g.supporter_id, g.counted_at) g"
    )
    said = {"supporter_id": "g.supporter_id", "scope_ids": "%(scopes)s::bigint[]"}
    insert(
        ConsentEvent,
        said
        | {
            "notice_id": "g.notice_id",
            "choice": "'agreed'",
            "via": "'confirm page'",
            "at": "g.counted_at",
        },
        agreed,
        {"scopes": scopes},
    )
    left_at = (
        "CASE WHEN g.supporter_id %% 8 = 0"
        " THEN g.counted_at + (now() - g.counted_at) * ((g.supporter_id %% 89) / 89.0) END"
    )
    insert(
        Subscription,
        {
            "supporter_id": "g.supporter_id",
            "scope_id": "scope",
            "signature_id": "g.id",
            "subscribed_at": "g.counted_at",
            "unsubscribed_at": left_at,
        },
        f"{agreed}, unnest(%(scopes)s::bigint[]) AS scope",
        {"scopes": scopes},
    )


def _leave(scopes: list[int]) -> None:
    """What those who have left said."""
    insert(
        ConsentEvent,
        {
            "supporter_id": "l.supporter_id",
            "scope_ids": "%(scopes)s::bigint[]",
            "choice": "'left'",
            "via": "'unsubscribe link'",
            "at": "l.at",
        },
        "FROM (SELECT supporter_id, min(unsubscribed_at) AS at FROM signatures_subscription"
        " WHERE scope_id = ANY(%(scopes)s) AND unsubscribed_at IS NOT NULL GROUP BY 1) AS l",
        {"scopes": scopes},
    )


def _block() -> None:
    """Some mailboxes are gone, and some readers complained."""
    blocked = {Suppression.Reason.HARD_BOUNCE: 331, Suppression.Reason.COMPLAINT: 4003}
    for reason, every in blocked.items():
        insert(
            Suppression,
            {"email_hash": "p.email_hash", "reason": "%(reason)s"},
            "FROM signatures_supporter p JOIN demo_person d ON d.id = p.id"
            " WHERE d.n %% %(every)s = 1",
            {"reason": reason, "every": every},
        )


def _count(campaigns: list[int]) -> None:
    """The shards, the number on each page, and its public history by the hour."""
    insert(
        CountShard,
        {
            "campaign_id": "campaign_id",
            "day": "day",
            "shard": "0",
            "pending": "count(*) FILTER (WHERE state = 'pending')",
            "counted": "count(*) FILTER (WHERE state = 'counted')",
            "opted_in": "count(*) FILTER (WHERE state = 'counted' AND consents)",
        },
        "FROM (SELECT *, (coalesce(counted_at, created_at) AT TIME ZONE 'UTC')::date AS day"
        " FROM signatures_signature WHERE campaign_id = ANY(%(campaigns)s)) g"
        " WHERE state IN ('pending', 'counted') GROUP BY campaign_id, day",
        {"campaigns": campaigns},
    )
    insert(
        TallyHour,
        {
            "campaign_id": "campaign_id",
            "hour": "hour",
            "counted": "sum(count(*)) OVER (PARTITION BY campaign_id ORDER BY hour)",
        },
        "FROM (SELECT campaign_id, date_trunc('hour', counted_at, 'UTC') AS hour"
        " FROM signatures_signature WHERE campaign_id = ANY(%(campaigns)s) AND state = 'counted') g"
        " GROUP BY campaign_id, hour",
        {"campaigns": campaigns},
    )
    refresh_tallies()
