"""At the desk fences that wait together are one statement, and each connection hears of its own."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from mailings import ledger
from mailings.desk import Desk, share_waiting
from mailings.fencing import Crossing, prepare_session
from mailings.ledger import Lease, LeaseLost
from mailings.models import Chunk, Lane, Mailing, Recipient
from mailings.pumping import pump
from postroom.switchboard import Switchboard, sleep
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

# A session that waits inside a transaction lets nobody else go on.
pytestmark = pytest.mark.django_db(transaction=True)

Answers = dict[int, str | Exception | None]


def leased(people: int) -> list[Crossing]:
    """A mailing to so many people, each in a leased chunk of their own, ready for its fence."""
    campaign = make_campaign()
    sign_up(campaign, people)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    Lane.objects.update(max_connections=2 * people)
    Chunk.objects.filter(mailing=mailing).delete()
    Chunk.objects.bulk_create(
        Chunk(mailing=mailing, lane=0, lo=seq, hi=seq) for seq in range(1, people + 1)
    )
    leases = [ledger.claim(lane=0) for _ in range(people)]
    return [crossing_of(lease) for lease in leases if lease]


def crossing_of(lease: Lease) -> Crossing:
    mailing = Mailing.objects.get(pk=lease.mailing)
    return Crossing(lease, ledger.owed(lease)[0], tuple(mailing.about()), mailing.revision)


class Office:
    """A desk and those who come to it; keeps what each was told, by the number of their chunk."""

    def __init__(self) -> None:
        self.board = Switchboard()
        self.desk = Desk(self.board)
        self.told: Answers = {}

    def cross(self, crossing: Crossing, after: float = 0) -> None:
        """One connection, that comes after so many seconds."""
        sleep(after)
        try:
            self.told[crossing.lease.lo] = self.desk.cross(crossing)
        except Exception as error:
            self.told[crossing.lease.lo] = error

    def run(self, *tasks: Callable[[], None]) -> list[list[int]]:
        """Run all of these to their ends; which chunks each statement had, in their order."""
        with CaptureQueriesContext(connection) as asked:
            self.board.run(tasks)
        fences = [each["sql"] for each in asked if "EXECUTE mailings_fence" in each["sql"]]
        found = [re.search(r"ARRAY\[([\d,]+)\]", fence) for fence in fences]
        return [[int(lo) for lo in each[1].split(",")] for each in found if each]


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Iterator[Office]:
    share_waiting()
    prepare_session()
    yield Office()
    connection.close()


@pytest.fixture
def other_session() -> Iterator[Any]:
    """A session of somebody else."""
    other = psycopg2.connect(**connection.get_connection_params())
    yield other
    other.close()


def hold(other: Any, crossing: Crossing) -> None:
    """Lock the chunk's row, so that its fence has to wait."""
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT FROM mailings_chunk WHERE mailing_id = %s AND lo = %s FOR UPDATE",
            [crossing.lease.mailing, crossing.lease.lo],
        )


def let_go(other: Any, after: float) -> None:
    sleep(after)
    other.rollback()


def addresses() -> dict[int, str]:
    return dict(Recipient.objects.values_list("seq", "supporter__email"))


def cursors() -> dict[int, int]:
    return dict(Chunk.objects.values_list("lo", "cursor"))


def test_fences_that_wait_together_are_one_statement(office: Office) -> None:
    crossings = leased(4)

    statements = office.run(*(partial(office.cross, each) for each in crossings))

    assert statements == [[1, 2, 3, 4]]
    assert office.told == addresses()
    assert cursors() == {1: 1, 2: 2, 3: 3, 4: 4}


def test_whoever_comes_while_a_fence_is_taken_goes_with_the_next(
    office: Office, other_session: Any
) -> None:
    first, *others = leased(4)
    hold(other_session, first)

    statements = office.run(
        partial(office.cross, first),
        *(partial(office.cross, each, after=0.1) for each in others),
        partial(let_go, other_session, after=0.3),
    )

    assert statements == [[1], [2, 3, 4]]
    assert office.told == addresses()


def test_trouble_of_the_database_reaches_all_who_waited_and_nobody_who_comes_later(
    office: Office, other_session: Any
) -> None:
    first, second, third, late = leased(4)
    hold(other_session, second)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '200ms'")

    statements = office.run(
        *(partial(office.cross, each) for each in (first, second, third)),
        partial(office.cross, late, after=0.1),
        partial(let_go, other_session, after=0.5),
    )

    assert statements == [[1, 2, 3], [4]]
    for lo in (1, 2, 3):
        assert isinstance(office.told[lo], DatabaseError)
    assert office.told[4] == addresses()[4]
    assert cursors() == {1: 0, 2: 0, 3: 0, 4: 4}


def test_only_who_has_lost_a_lease_is_told_so(office: Office) -> None:
    crossings = leased(3)
    Chunk.objects.filter(lo=2).update(token=1)

    statements = office.run(*(partial(office.cross, each) for each in crossings))

    assert statements == [[1, 2, 3]]
    assert isinstance(office.told.pop(2), LeaseLost)
    assert office.told == {lo: address for lo, address in addresses().items() if lo != 2}
    assert cursors() == {1: 1, 2: 0, 3: 3}


def test_a_pause_stops_the_fences_of_its_mailing_and_of_no_other(office: Office) -> None:
    [paused] = leased(1)
    first, second = leased(2)
    Mailing.objects.get(pk=paused.lease.mailing).pause()
    told: dict[int, Answers] = {}

    def cross(crossing: Crossing) -> None:
        mine = told.setdefault(crossing.lease.mailing, {})
        try:
            mine[crossing.lease.lo] = office.desk.cross(crossing)
        except LeaseLost as error:
            mine[crossing.lease.lo] = error

    statements = office.run(*(partial(cross, each) for each in (first, paused, second)))

    assert statements == [[1, 2], [1]]
    assert isinstance(told[paused.lease.mailing][1], LeaseLost)
    assert all(isinstance(address, str) for address in told[first.lease.mailing].values())


def test_one_at_a_time_asks_the_database_and_a_mistake_of_one_is_theirs_alone(
    office: Office,
) -> None:
    happened: list[str] = []

    def ask(name: str, *, fails: bool = False) -> None:
        def act() -> None:
            happened.append(f"{name} asks")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")
            happened.append(f"{name} has asked")
            if fails:
                raise ZeroDivisionError(name)

        try:
            office.desk.do(act)
        except ZeroDivisionError:
            happened.append(f"{name} is told")

    def look_on() -> None:
        sleep(0.02)
        happened.append("somebody goes on")

    office.run(partial(ask, "A", fails=True), partial(ask, "B"), look_on)

    assert happened == [
        "A asks",
        "somebody goes on",
        "A has asked",
        "A is told",
        "B asks",
        "B has asked",
    ]
