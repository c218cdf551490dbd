"""The ledger of a mailing stays small: every recipient is written twice and kept once."""

import pytest
from django.db import connection

from mailings.models import Lane
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink

PEOPLE, CONNECTIONS, MOST_BYTES = 4_000, 8, 250
TRIES = 5

LEDGER = [f"mailings_{name}" for name in ("recipient", "chunk", "deferral", "lanesequence")]
SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname = ANY(%s)"


def room() -> int:
    """Bytes of the ledger's tables and their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(SIZE, [LEDGER])
        return int(cursor.fetchone()[0])


def room_of_a_recipient() -> float:
    """Bytes that a mailing to so many leaves for each of them, where nothing had been free."""
    campaign = make_campaign()
    sign_up(campaign, PEOPLE)
    mailing = scheduled_mailing(make_update(campaign))
    with connection.cursor() as cursor:
        for table in LEDGER:
            cursor.execute(f"VACUUM (FULL) {table}")
    before = room()
    pump()
    send_slice(lane=0, connections=CONNECTIONS)
    pump()
    send_slice(lane=0, connections=CONNECTIONS)
    assert statuses(mailing) == {"sent": PEOPLE}
    return (room() - before) / PEOPLE


@pytest.mark.django_db(transaction=True)
def test_a_recipient_takes_at_most_250_bytes_with_everything(smtp_sink: SMTPSink) -> None:
    make_lane()
    Lane.objects.update(max_connections=CONNECTIONS)

    # Old versions of rows make no room while a test beside this one, in a database of its own on
    # the same server, keeps a transaction open.
    assert any(room_of_a_recipient() <= MOST_BYTES for _ in range(TRIES))
