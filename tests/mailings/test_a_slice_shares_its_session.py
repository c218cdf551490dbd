"""All connections of a slice have one session of the database, and leave nothing of that behind."""

import io
import socket
import time

import psycopg2
import pytest
from django.db import connection

from mailings import desk
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink


def test_a_database_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_PATIENCE_TO_CONNECT", 0.3)
    began = time.monotonic()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        desk.waiting_shared(),
        pytest.raises(psycopg2.OperationalError, match="does not answer"),
    ):
        psycopg2.connect(host="127.0.0.1", port=silent.getsockname()[1], user="anybody")
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_whoever_copies_rows_may_do_so_after_a_slice(smtp_sink: SMTPSink) -> None:
    make_lane()
    campaign = make_campaign()
    sign_up(campaign, 3)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    send_slice(lane=0, connections=4)
    pump()

    assert statuses(mailing) == {"sent": 3}
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY (SELECT 7) TO STDOUT", rows := io.StringIO())
    assert rows.getvalue() == "7\n"
