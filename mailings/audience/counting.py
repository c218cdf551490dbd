"""How many people an audience has, exactly, and a few of them.

Millions are counted in ranges of people, which PostgreSQL shares among its processes and joins
without sorting, from indexes alone where it can.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from mailings.audience.rule import LIVE, LOT, Audience, audience_of, capped, take_time
from mailings.models import Mailing
from mailings.segments.people import Demand, Range
from signatures.addresses import mask
from signatures.models import Supporter

SAMPLES = 5
# How long a page waits for a count.
PATIENCE = "4s"
# People in a range: a join of so many stays in memory.
_RANGE = 1_000_000
_MOST_RANGES = 16

# Every set of people has an index in the order of their numbers. Left alone, PostgreSQL would
# rather read tables whole and put one side of each join into memory; merging what is in order
# already is several times as fast, and each process merges ranges of its own.
_ROOM = """
SELECT set_config('work_mem', '64MB', true),
    set_config('max_parallel_workers_per_gather', '4', true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_nestloop', 'off', true),
    set_config('enable_hashagg', 'off', true),
    set_config('random_page_cost', '1.1', true),
    set_config('min_parallel_table_scan_size', '1TB', true),
    set_config('min_parallel_index_scan_size', '1TB', true),
    set_config('parallel_setup_cost', '0', true),
    set_config('parallel_tuple_cost', '0', true),
    set_config('jit', 'off', true)
"""
_COUNT_PART = "SELECT count(*) AS n, min(id) AS low, max(id) AS high FROM ({}) part"
_COUNT = "SELECT sum(n)::bigint, array_agg(low), array_agg(high) FROM ({}) parts"


class TooSlow(Exception):
    """The audience could not be counted in the time that was given; says what to do then."""

    def __str__(self) -> str:
        return _("The audience could not be counted in time. Try again, or take a simpler segment.")


@dataclass(frozen=True)
class Look:
    """How many people there are, and a few of them: their addresses, masked, and their numbers."""

    count: int
    samples: list[str]
    people: tuple[int, ...] = ()


def count(mailing: Mailing) -> int:
    """How many people would get the mailing if it went out now. Raises BadRules, TooSlow."""
    return look(audience_of(mailing), patience="2min").count


def samples(mailing: Mailing, most: int = SAMPLES) -> list[str]:
    """A few addresses of the audience, masked. Raises BadRules, TooSlow."""
    return look(audience_of(mailing), patience="2min").samples[:most]


def capped_count(mailing: Mailing, *, patience: str = "2min") -> int:
    """How many of its audience have had enough mail for now, and wait for a catch-up.

    Of a random part those whom the lot draws. Raises BadRules, TooSlow.
    """
    audience, enough = audience_of(mailing), capped(mailing)
    if audience.most is None:
        demands = (*audience.demands, Demand("capped", within=(enough,)))
        return look(replace(audience, demands=demands), patience=patience).count
    drawn, has_had_enough = _drawn(audience, audience.most), enough.includes("drawn.id")
    with _in_time(patience) as cursor:
        cursor.execute(_ROOM)
        statement = f"SELECT count(*) FROM ({drawn}) drawn WHERE {has_had_enough}"  # noqa: S608
        cursor.execute(statement, audience.values | dict(enough.values))
        found: int = cursor.fetchone()[0]
        return found


def told_count(mailing: Mailing, *, patience: str = "2min") -> int:
    """How many would get the mailing, had they not had its news by another one.

    Raises BadRules, TooSlow.
    """
    audience = audience_of(mailing)
    turned = [
        Demand(demand.key, within=demand.outside) if demand.key == "told" else demand
        for demand in audience.demands
    ]
    if tuple(turned) == audience.demands:
        return 0
    return look(replace(audience, demands=tuple(turned), most=None), patience=patience).count


def is_larger_than(mailing: Mailing, people: int, *, patience: str = "2min") -> bool:
    """Whether more people would get the mailing, of which no more are counted. Raises BadRules,
    TooSlow."""
    audience = audience_of(mailing)
    found = people_within(audience, None)
    one_more = f"SELECT 1 FROM ({found}) found OFFSET %(people)s LIMIT 1"  # noqa: S608
    with _in_time(patience) as cursor:
        cursor.execute(one_more, audience.values | {"people": people})
        larger = cursor.fetchone() is not None
    # Of a random part no more are taken than it says.
    return larger and (audience.most is None or audience.most > people)


def look(audience: Audience, *, patience: str = "") -> Look:
    """Count an audience and pick a few of it. Raises TooSlow when PostgreSQL takes longer."""
    with _in_time(patience or PATIENCE) as cursor:
        cursor.execute(_ROOM)
        found, people = _ask(cursor, audience)
    addresses = Supporter.objects.filter(pk__in=people).order_by("pk")
    masked = [mask(address) for address in addresses.values_list("email", flat=True)]
    return Look(found, masked, tuple(people))


@contextmanager
def _in_time(patience: str) -> Iterator[Any]:
    """A cursor that asks for so long and whose settings are its own. Raises TooSlow."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            take_time(cursor, patience)
            yield cursor
            # Takes back the settings too, where this is a part of a longer transaction.
            transaction.set_rollback(True)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise


def _ask(cursor: Any, audience: Audience) -> tuple[int, list[int]]:
    """The number of people, and the ids of a few."""
    cursor.execute("SELECT coalesce(max(id), 0) FROM signatures_supporter")
    parts = [people_within(audience, part) for part in _ranges(cursor.fetchone()[0])]
    per_part = " UNION ALL ".join(_COUNT_PART.format(part) for part in parts)
    cursor.execute(_COUNT.format(per_part), audience.values)
    found, low, high = cursor.fetchone()
    found = int(found)
    if audience.most is not None and found > audience.most:
        # Some of the whole would not be some of those who get it.
        cursor.execute(_drawn(audience, min(SAMPLES, audience.most)), audience.values)
        return audience.most, [pk for (pk,) in cursor.fetchall()]
    some = {pk for pk in (*low, *high) if pk is not None}
    if len(some) < min(found, SAMPLES):
        cursor.execute(f"{people_within(audience, None)} LIMIT {SAMPLES}", audience.values)
        some = {pk for (pk,) in cursor.fetchall()}
    return found, sorted(some, reverse=True)[:SAMPLES]


def _drawn(audience: Audience, most: int) -> str:
    """A query of the ids of the first so many whom the lot draws from an audience."""
    return f"{people_within(audience, None)} ORDER BY {LOT} LIMIT {int(most)}"


def _ranges(highest: int) -> list[Range | None]:
    """All people in equal ranges of their numbers."""
    wanted = min(-(-highest // _RANGE), _MOST_RANGES)
    if wanted < 2:
        return [None]
    size = -(-(highest + 1) // wanted)
    return [Range(n * size, (n + 1) * size - 1) for n in range(wanted)]


def people_within(audience: Audience, within: Range | None) -> str:
    """A query of the ids of an audience's people, of a range or all; its values are the audience's.

    Of a random part this gives all among whom the lot decides.
    """
    bounds = f" AND {within.bounds('s.supporter_id')}" if within else ""
    demands = "".join(
        f" AND {demand.holds_of('s.supporter_id', within)}" for demand in audience.demands
    )
    return f"SELECT s.supporter_id AS id FROM {LIVE}{bounds}{demands}"  # noqa: S608
