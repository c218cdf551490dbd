"""A server that offers CHUNKING gets a whole message before its first answer (RFC 3030)."""

from collections.abc import Callable

import pytest

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Kind, Stage
from tests.postroom.conversing import (
    ENVELOPE,
    IMPATIENT,
    LONG,
    MESSAGE,
    Dialogue,
    send_one,
    verdict,
)
from tests.rig.smtp_sink import SMTPSink

OFFERS = b"250-localhost\r\n250-PIPELINING\r\n250 CHUNKING\r\n"


def test_with_chunking_the_server_need_not_answer_before_the_end(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", OFFERS),
            (b"hello", b"250 ok\r\n250 ok\r\n250 taken\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    assert Connection(settings).send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED


@pytest.mark.parametrize("how", ["drop", "stall"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "END"])
def test_f20_silence_after_the_whole_message_is_unknown(
    smtp_sink: SMTPSink, how: str, step: str
) -> None:
    getattr(smtp_sink, how)(step)
    outcome = send_one(smtp_sink, **IMPATIENT)
    assert verdict(outcome) == (Kind.UNKNOWN, Stage.DOT, False)


@pytest.mark.parametrize("step", ["CONNECT", "EHLO"])
def test_silence_before_the_whole_message_means_not_sent(smtp_sink: SMTPSink, step: str) -> None:
    smtp_sink.drop(step)
    assert send_one(smtp_sink).kind is Kind.NOT_SENT


def test_a_server_that_takes_what_it_refused_is_not_sent_it_again(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", OFFERS),
            (b"hello", b"451 later\r\n250 ok\r\n250 taken\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    outcome = Connection(settings).send(ENVELOPE, MESSAGE)
    assert verdict(outcome) == (Kind.UNKNOWN, Stage.DOT, False)


def test_a_server_that_takes_a_refused_body_for_commands_is_left(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", OFFERS),
            (b"BDAT", b"250 ok\r\n550 5.1.1 no such user\r\n503 no recipient\r\n"),
            (b"Subject", b"500 unknown command\r\n"),
            (b"hello", b"500 unknown command\r\n"),
            (b"RSET", b"250 ok\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    connection = Connection(settings)
    outcome = connection.send(ENVELOPE, MESSAGE)
    assert verdict(outcome) == (Kind.REFUSED, Stage.RCPT, False)
    assert not connection.usable


def test_a_server_that_takes_a_body_it_refuses_for_commands_is_left(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", OFFERS),
            (b"BDAT", b"250 ok\r\n250 ok\r\n452 4.3.1 disk full\r\n"),
            (b"Subject", b"500 unknown command\r\n"),
            (b"hello", b"500 unknown command\r\n"),
            (b"RSET", b"250 ok\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    connection = Connection(settings)
    outcome = connection.send(ENVELOPE, MESSAGE)
    assert verdict(outcome) == (Kind.REFUSED_FOR_NOW, Stage.DOT, False)
    assert not connection.usable


def test_the_last_words_of_a_server_that_hangs_up_on_the_body_are_heard(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", OFFERS),
            (b"MAIL", b"421 4.7.0 slow down\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    # Longer than every buffer on the way.
    outcome = Connection(settings).send(ENVELOPE, LONG)
    assert verdict(outcome) == (Kind.REFUSED_FOR_NOW, Stage.MAIL, True)


def test_chunking_can_be_switched_off(smtp_sink: SMTPSink) -> None:
    smtp_sink.reply("DATA", "554 5.7.1 no")
    assert send_one(smtp_sink).kind is Kind.ACCEPTED
    settings = SMTPSettings.from_url(f"{smtp_sink.url}?chunking=off")
    with Connection(settings) as connection:
        assert connection.send(ENVELOPE, MESSAGE).stage is Stage.DATA
    with pytest.raises(ValueError, match="chunking=off"):
        SMTPSettings.from_url(f"{smtp_sink.url}?chunking=perhaps")
