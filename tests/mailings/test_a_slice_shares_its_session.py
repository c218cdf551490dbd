"""All connections of a slice have one session of the database, and leave nothing of that behind."""

import socket
import threading
import time

import psycopg2
import pytest
from django.db import connection

from mailings import desk
from mailings.models import Lane
from mailings.sending import send_slice
from tests.mailings.making import make_lane
from tests.rig.smtp_sink import SMTPSink


def test_a_database_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_PATIENCE_TO_CONNECT", 0.3)
    desk.share_waiting()
    began = time.monotonic()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(psycopg2.OperationalError, match="does not answer"),
    ):
        psycopg2.connect(host="127.0.0.1", port=silent.getsockname()[1], user="anybody")
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_other_threads_go_on_while_slices_begin_and_end(smtp_sink: SMTPSink) -> None:
    make_lane()
    troubles: list[Exception] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                Lane.objects.count()
            except Exception as error:
                troubles.append(error)
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    for _ in range(100):
        send_slice(lane=0, connections=2)
    over.set()
    other.join()

    assert not troubles
