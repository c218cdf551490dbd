"""How a campaign does: what its numbers say at once, and what its newest signatures tell.

Sums come from the count's shards, a few rows a day. Everything else looks at the newest 20,000
signatures of the campaign, however many there are.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from campaigns.models import Campaign, TallyHour
from signatures.models import CountShard
from signatures.staff.looking_back import window

# Those of a small campaign lie scattered among all others, each on a page of its own: so many are
# read in half a second or so.
MOST_LOOKED_AT = 20_000
MOST_DAYS = 366
MOST_ROWS = 15

# One pass over the rows, which lie far apart where the campaign is one of many.
_FUNNEL = """
WITH newest AS MATERIALIZED (
    SELECT (s.created_at AT TIME ZONE 'UTC')::date::text AS day,
        split_part(p.email_key, '@', 2) AS domain, s.referrer_code AS source, s.state, s.consents,
        s.id, s.sharer_id
    FROM signatures_signature s JOIN signatures_supporter p ON p.id = s.supporter_id
    WHERE s.campaign_id = %(campaign)s AND s.id BETWEEN %(low)s AND %(high)s
), steps AS (
    SELECT CASE WHEN grouping(day) = 0 THEN 'day' WHEN grouping(domain) = 0 THEN 'domain'
            ELSE 'source' END AS kind,
        COALESCE(day, domain, source) AS name, count(*) AS signed,
        count(*) FILTER (WHERE state = 'counted') AS counted,
        count(*) FILTER (WHERE state = 'pending') AS pending,
        count(*) FILTER (WHERE state = 'held') AS held,
        count(*) FILTER (WHERE state = 'rejected') AS rejected,
        count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE consents) AS opted_in
    FROM newest GROUP BY GROUPING SETS ((day), (domain), (source))
)
(SELECT * FROM steps WHERE kind = 'day' ORDER BY name DESC LIMIT %(days)s)
UNION ALL (SELECT * FROM steps WHERE kind = 'domain' ORDER BY signed DESC, name LIMIT %(most)s)
UNION ALL (SELECT * FROM steps WHERE kind = 'source' ORDER BY signed DESC, name LIMIT %(most)s)
UNION ALL SELECT 'shared', '', id, sharer_id, 0, 0, 0, 0, 0 FROM newest
    WHERE sharer_id IS NOT NULL AND state = 'counted'
"""


@dataclass(frozen=True)
class Standing:
    """What a campaign's numbers say now. `last_day` is None where no hour was noted yet."""

    counted: int
    today: int
    last_day: int | None
    pending: int
    held: int
    opted_in: int

    @property
    def opt_in_rate(self) -> float | None:
        """The share of the counted who agreed to mail, in per cent."""
        return _per_cent(self.opted_in, self.counted)


@dataclass(frozen=True)
class Step:
    """Signatures that have one thing in common, and how far they came."""

    name: str
    signed: int
    counted: int
    pending: int
    held: int
    rejected: int
    withdrawn: int
    opted_in: int

    @property
    def confirm_rate(self) -> float | None:
        """The share that counts, in per cent."""
        return _per_cent(self.counted, self.signed)


@dataclass(frozen=True)
class Sharing:
    """Who brought how many: `(signature, how many)`, and how many came in each generation."""

    sharers: list[tuple[int, int]]
    generations: list[tuple[int, int]]


@dataclass(frozen=True)
class Funnel:
    """What the newest signatures of a campaign tell; `cut` if there are older ones."""

    looked_at: int
    cut: bool
    days: list[Step]
    domains: list[Step]
    sources: list[Step]
    sharing: Sharing

    @property
    def confirm_rate(self) -> float | None:
        """The share of those looked at that counts, in per cent."""
        return _per_cent(sum(day.counted for day in self.days), self.looked_at)


def standing_of_campaign(campaign: Campaign) -> Standing:
    """The sums over the campaign's shards, a few rows for each of its days."""
    shards = CountShard.objects.filter(campaign=campaign)
    names = ("counted", "pending", "held", "opted_in")
    sums = shards.aggregate(**{name: Sum(name, default=0) for name in names})
    today = shards.filter(day=timezone.now().date()).aggregate(n=Sum("counted", default=0))["n"]
    return Standing(today=today, last_day=_last_day(campaign, sums["counted"]), **sums)


def per_day(campaign: Campaign) -> list[tuple[date, int]]:
    """How many counted on each of the last days, empty ones included, oldest first."""
    shards = CountShard.objects.filter(
        campaign=campaign, day__gt=timezone.now().date() - timedelta(days=MOST_DAYS)
    )
    found = dict(shards.values_list("day").annotate(n=Sum("counted")).order_by("day"))
    if not found:
        return []
    first, last = min(found), max(found)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, max(found.get(day, 0), 0)) for day in days]


def first_hours(campaign: Campaign) -> list[tuple[datetime, int]]:
    """How many counted in each of the first 24 hours, as far as they were noted."""
    noted = TallyHour.objects.filter(campaign=campaign).order_by("hour")
    hours = list(noted.values_list("hour", "counted")[:24])
    before = [0, *(counted for _hour, counted in hours)]
    return [
        (hour, max(counted - earlier, 0))
        for (hour, counted), earlier in zip(hours, before, strict=False)
    ]


def funnel_of(campaign: Campaign) -> Funnel:
    """What became of the newest signatures, by day, mail domain, source code and sharer."""
    newest = window(campaign_ids=[campaign.pk], most=MOST_LOOKED_AT)
    given = {
        "campaign": campaign.pk,
        "low": newest.low,
        "high": newest.high,
        "days": MOST_DAYS,
        "most": MOST_ROWS,
    }
    found: dict[str, list[Step]] = {"day": [], "domain": [], "source": [], "shared": []}
    with connection.cursor() as cursor:
        cursor.execute(_FUNNEL, given)
        for kind, *step in cursor:
            found[kind].append(Step(*step))
    return Funnel(
        looked_at=newest.looked_at,
        cut=newest.cut,
        days=found["day"],
        domains=found["domain"],
        sources=found["source"],
        sharing=_sharing((step.signed, step.counted) for step in found["shared"]),
    )


def _sharing(shared: Iterable[tuple[int, int]]) -> Sharing:
    """Generation 1 was brought by somebody whom no link brought, as far as was looked."""
    sharer_of = dict(shared)
    generation: dict[int, int] = {}
    # A sharer has signed before those whom they brought, so their own generation is known by then.
    for signature in sorted(sharer_of):
        generation[signature] = generation.get(sharer_of[signature], 0) + 1
    return Sharing(
        sharers=Counter(sharer_of.values()).most_common(MOST_ROWS),
        generations=sorted(Counter(generation.values()).items()),
    )


def _last_day(campaign: Campaign, counted: int) -> int | None:
    """What was added in 24 hours: the count less what it was at the end of the hour before them."""
    day_ago = timezone.now() - timedelta(hours=25)
    noted = TallyHour.objects.filter(campaign=campaign, hour__lte=day_ago).order_by("-hour")
    then = noted.values_list("counted", flat=True).first()
    return None if then is None else counted - then


def _per_cent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
