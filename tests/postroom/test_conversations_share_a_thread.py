"""Many conversations in one thread: nobody keeps the others waiting, and time-outs hold."""

import os
import threading
import time
from dataclasses import replace

import pytest

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.switchboard import READABLE, Switchboard, apart, sleep, wait
from postroom.transport import Envelope, Kind
from tests.rig.smtp_sink import SMTPSink

MAIL = b"Subject: hello\r\n\r\nhello\r\n"


def send_many(sink: SMTPSink, connections: int, each: int) -> list[Kind]:
    """What becomes of so many mails over each of so many connections, all in this thread."""
    outcomes: list[Kind] = []
    settings = replace(SMTPSettings.from_url(sink.url), message_timeout=1)

    def send() -> None:
        with Connection(settings) as way_out:
            for number in range(each):
                envelope = Envelope("a@example.org", f"reader{number}@example.org")
                outcomes.append(way_out.send(envelope, MAIL).kind)

    Switchboard().run([send] * connections)
    return outcomes


def test_connections_to_a_slow_server_wait_together(smtp_sink: SMTPSink) -> None:
    smtp_sink.latency = 0.1
    began = time.monotonic()

    outcomes = send_many(smtp_sink, connections=10, each=2)

    assert outcomes == [Kind.ACCEPTED] * 20
    # One after another they would take ten seconds and more.
    assert time.monotonic() - began < 3


def test_one_that_is_never_answered_times_out_while_the_others_go_on(smtp_sink: SMTPSink) -> None:
    smtp_sink.stall("RCPT", recipient="reader0@example.org", times=1)

    began = time.monotonic()

    outcomes = send_many(smtp_sink, connections=4, each=5)

    assert outcomes.count(Kind.ACCEPTED) == 15
    assert outcomes.count(Kind.UNKNOWN) == 1
    assert outcomes.count(Kind.NOT_SENT) == 4, "its connection is closed then"
    last = max(mail.monotonic for mail in smtp_sink.mails)
    assert last - began < 0.9, "the others had ended before that"


def test_what_only_knows_how_to_wait_keeps_nobody_else() -> None:
    ticks: list[float] = []
    answers: list[int] = []

    def tick() -> None:
        while not answers:
            ticks.append(time.monotonic())
            sleep(0.01)

    def wait_long() -> int:
        time.sleep(0.3)
        return threading.get_ident()

    def ask() -> None:
        threads = [threading.get_ident()]
        threads.append(apart(wait_long))
        answers.append(len(set(threads)))

    Switchboard().run([tick, ask])

    assert answers == [2]
    assert len(ticks) > 10


def test_what_fails_apart_fails_for_who_asked() -> None:
    def fail() -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        Switchboard().run([lambda: apart(fail)])


def test_the_first_error_is_told_after_everybody_has_ended() -> None:
    ended: list[str] = []

    def stumble() -> None:
        raise ValueError("stumbled")

    def go_on() -> None:
        sleep(0.05)
        ended.append("went on")

    with pytest.raises(ValueError, match="stumbled"):
        Switchboard().run([stumble, go_on])
    assert ended == ["went on"]


def test_what_ends_the_program_waits_for_nobody() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Switchboard().run([lambda: sleep(60), interrupted])
    assert time.monotonic() - began < 5


def test_waiting_ends_in_time_where_nothing_comes() -> None:
    reading, writing = os.pipe()
    found: list[bool] = []

    def look() -> None:
        found.append(wait(reading, READABLE, 0.1))
        os.write(writing, b"x")
        found.append(wait(reading, READABLE, 0.1))

    began = time.monotonic()
    Switchboard().run([look])
    assert found == [False, True]
    assert time.monotonic() - began < 1

    os.read(reading, 1)
    look()
    assert found == [False, True, False, True], "alone it is told the same"
    os.close(reading)
    os.close(writing)
