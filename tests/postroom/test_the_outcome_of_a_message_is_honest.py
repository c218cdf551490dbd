"""Each verb against each fault: what the sender is told agrees with what the server holds."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Kind, Outcome, Stage
from tests.postroom.conversing import (
    ENVELOPE,
    IMPATIENT,
    LONG,
    MESSAGE,
    NEXT,
    Dialogue,
    send_one,
    settings_for,
    verdict,
)
from tests.rig.smtp_sink import SMTPSink


@pytest.fixture(params=["in one piece", "pipelined", "lock-step"])
def sink(request: pytest.FixtureRequest, smtp_sink: SMTPSink) -> SMTPSink:
    smtp_sink.chunking = request.param == "in one piece"
    smtp_sink.pipelining = request.param != "lock-step"
    return smtp_sink


@pytest.fixture(params=["pipelined", "lock-step"])
def asking_sink(request: pytest.FixtureRequest, smtp_sink: SMTPSink) -> SMTPSink:
    """One that asks for the body, once it has taken the envelope."""
    smtp_sink.chunking = False
    smtp_sink.pipelining = request.param == "pipelined"
    return smtp_sink


def test_what_was_accepted_is_with_the_server(sink: SMTPSink) -> None:
    body = b"Subject: dots\r\n\r\n.\r\n..two\r\nend\r\n"
    with Connection(settings_for(sink)) as connection:
        outcome = connection.send(ENVELOPE, body)
    assert verdict(outcome) == (Kind.ACCEPTED, Stage.DOT, False)
    assert (outcome.code, outcome.enhanced) == (250, "2.0.0")
    (mail,) = sink.mails
    assert (mail.sender, mail.recipients) == (ENVELOPE.sender, [ENVELOPE.recipient])
    assert mail.body == body


@pytest.mark.parametrize("form", ["multiline", "split_replies"])
def test_replies_are_understood_in_any_form(sink: SMTPSink, form: str) -> None:
    setattr(sink, form, True)
    with Connection(settings_for(sink)) as connection:
        assert connection.send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED
        assert connection.send(NEXT, MESSAGE).kind is Kind.ACCEPTED
    assert len(sink.mails) == 2


@pytest.mark.parametrize(
    ("step", "reply", "expected"),
    [
        ("CONNECT", "421 4.3.2 busy", (Kind.NOT_SENT, Stage.CONNECT, True)),
        ("CONNECT", "554 5.3.2 go away", (Kind.NOT_SENT, Stage.CONNECT, True)),
        ("EHLO", "421 4.3.2 busy", (Kind.NOT_SENT, Stage.EHLO, True)),
        ("MAIL", "451 4.3.0 later", (Kind.REFUSED_FOR_NOW, Stage.MAIL, True)),
        ("MAIL", "421 4.7.0 slow down", (Kind.REFUSED_FOR_NOW, Stage.MAIL, True)),
        ("MAIL", "550 5.7.1 not you", (Kind.NOT_SENT, Stage.MAIL, True)),
        ("RCPT", "450 4.2.1 mailbox busy", (Kind.REFUSED_FOR_NOW, Stage.RCPT, False)),
        ("RCPT", "454 4.7.0 throttled", (Kind.REFUSED_FOR_NOW, Stage.RCPT, True)),
        ("RCPT", "421 4.7.0 slow down", (Kind.REFUSED_FOR_NOW, Stage.RCPT, True)),
        ("RCPT", "550 5.1.1 no such user", (Kind.REFUSED, Stage.RCPT, False)),
        ("END", "452 4.3.1 disk full", (Kind.REFUSED_FOR_NOW, Stage.DOT, False)),
        ("END", "421 4.3.2 going down", (Kind.REFUSED_FOR_NOW, Stage.DOT, True)),
        ("END", "454 4.7.0 throttled", (Kind.REFUSED_FOR_NOW, Stage.DOT, True)),
        ("END", "554 5.7.1 spam", (Kind.REFUSED, Stage.DOT, False)),
    ],
)
def test_f18_f19_a_refusal_is_told_by_verb_and_code(
    sink: SMTPSink, step: str, reply: str, expected: tuple[Kind, Stage, bool]
) -> None:
    sink.reply(step, reply)
    outcome = send_one(sink)
    assert verdict(outcome) == expected
    assert (outcome.code, outcome.enhanced) == (int(reply[:3]), reply[4:9])
    assert sink.mails == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("451 4.3.0 later", Kind.REFUSED_FOR_NOW), ("554 5.7.1 no", Kind.REFUSED)],
)
def test_a_body_may_be_refused_beforehand(asking_sink: SMTPSink, reply: str, kind: Kind) -> None:
    asking_sink.reply("DATA", reply, times=1)
    with Connection(settings_for(asking_sink)) as connection:
        outcome = connection.send(ENVELOPE, MESSAGE)
        assert verdict(outcome) == (kind, Stage.DATA, False)
        assert connection.usable
        assert connection.send(NEXT, MESSAGE).kind is Kind.ACCEPTED
    assert [mail.recipients for mail in asking_sink.mails] == [[NEXT.recipient]]


@pytest.mark.parametrize("how", ["drop", "stall"])
@pytest.mark.parametrize(
    ("step", "stage"),
    [
        ("CONNECT", Stage.CONNECT),
        ("EHLO", Stage.EHLO),
        ("MAIL", Stage.MAIL),
        ("RCPT", Stage.RCPT),
        ("DATA", Stage.DATA),
    ],
)
def test_silence_before_the_body_means_not_sent(
    asking_sink: SMTPSink, how: str, step: str, stage: Stage
) -> None:
    getattr(asking_sink, how)(step)
    outcome = send_one(asking_sink, **IMPATIENT)
    assert outcome.kind is Kind.NOT_SENT
    # A reset may overtake answers that were already on their way.
    assert outcome.stage is stage or (how == "drop" and asking_sink.pipelining)
    assert outcome.whole_lane is (stage in {Stage.CONNECT, Stage.EHLO})
    assert asking_sink.mails == []


@pytest.mark.parametrize("recorded", [True, False])
def test_f20_silence_after_the_dot_is_unknown_whichever_way_it_went(
    sink: SMTPSink, recorded: bool
) -> None:
    sink.drop("END", recorded=recorded)
    outcome = send_one(sink)
    assert verdict(outcome) == (Kind.UNKNOWN, Stage.DOT, False)
    assert len(sink.mails) == int(recorded)


def test_no_answer_to_the_dot_is_unknown(sink: SMTPSink) -> None:
    sink.stall("END")
    assert send_one(sink, **IMPATIENT).kind is Kind.UNKNOWN


def test_nonsense_after_the_dot_is_unknown(sink: SMTPSink) -> None:
    sink.reply("END", "HTTP/1.1 200 OK")
    assert send_one(sink).kind is Kind.UNKNOWN
    sink.forget()
    sink.reply("END", "354 still going on?")
    assert send_one(sink).kind is Kind.UNKNOWN


def test_a_server_that_vanishes_within_the_body_has_nothing(sink: SMTPSink) -> None:
    sink.drop("BODY")
    # Longer than every buffer on the way: the break is felt before the dot.
    outcome = send_long(sink)
    assert verdict(outcome) == (Kind.NOT_SENT, Stage.BODY, False)


def test_a_server_that_stops_reading_the_body_has_nothing(
    accept_raw: Callable[[bytes], int],
) -> None:
    port = accept_raw(b"220 hi\r\n250 localhost\r\n250 ok\r\n250 ok\r\n354 go on\r\n")
    settings = SMTPSettings(host="127.0.0.1", port=port, **IMPATIENT)  # type: ignore[arg-type]
    outcome = Connection(settings).send(ENVELOPE, LONG)
    assert verdict(outcome) == (Kind.NOT_SENT, Stage.BODY, False)


def send_long(sink: SMTPSink) -> Outcome:
    with Connection(settings_for(sink)) as connection:
        return connection.send(ENVELOPE, LONG)


def test_an_acceptance_before_the_dot_is_not_believed(accept_raw: Callable[[bytes], int]) -> None:
    port = accept_raw(b"220 hi\r\n250 localhost\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n")
    outcome = Connection(SMTPSettings(host="127.0.0.1", port=port)).send(ENVELOPE, MESSAGE)
    assert verdict(outcome) == (Kind.NOT_SENT, Stage.BODY, False)


def test_a_reply_without_end_is_not_read_for_ever(accept_raw: Callable[[bytes], int]) -> None:
    for endless in (b"220-more\r\n" * 50_000, b"220 " + b"x" * 300_000):
        port = accept_raw(endless)
        outcome = Connection(SMTPSettings(host="127.0.0.1", port=port)).send(ENVELOPE, MESSAGE)
        assert verdict(outcome) == (Kind.NOT_SENT, Stage.CONNECT, True)


def test_f17_a_tarpit_is_left_when_the_time_for_the_message_is_over(asking_sink: SMTPSink) -> None:
    asking_sink.reply("RCPT", "250-slowly\r\n" * 100 + "250 done")
    asking_sink.split_replies = True  # a byte a millisecond: each one alone is in time
    began = time.monotonic()
    assert send_one(asking_sink, message_timeout=0.5).kind is Kind.NOT_SENT
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "END"])
@pytest.mark.parametrize("reply", ["450 4.2.0 later", "550 5.1.1 no"])
def test_the_connection_serves_the_next_recipient_after_a_refusal(
    sink: SMTPSink, step: str, reply: str
) -> None:
    sink.reply(step, reply, times=1)
    with Connection(settings_for(sink)) as connection:
        assert connection.send(ENVELOPE, MESSAGE).kind is not Kind.ACCEPTED
        assert connection.usable
        assert connection.send(NEXT, MESSAGE).kind is Kind.ACCEPTED
        assert connection.send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED
    assert [mail.recipients for mail in sink.mails] == [[NEXT.recipient], [ENVELOPE.recipient]]
    assert all(mail.body == MESSAGE for mail in sink.mails)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "END"])
def test_a_server_that_says_421_is_left(sink: SMTPSink, step: str) -> None:
    sink.reply(step, "421 4.3.2 going down")
    connection = Connection(settings_for(sink))
    connection.send(ENVELOPE, MESSAGE)
    assert not connection.usable


def test_a_connection_that_failed_is_not_used_again(asking_sink: SMTPSink) -> None:
    asking_sink.drop("MAIL", times=1)
    connection = Connection(settings_for(asking_sink))
    assert connection.send(ENVELOPE, MESSAGE).kind is Kind.NOT_SENT
    assert not connection.usable
    assert connection.send(ENVELOPE, MESSAGE).kind is Kind.NOT_SENT
    assert asking_sink.mails == []
    connection.close()
    connection.close()


def test_a_server_that_hung_up_meanwhile_costs_no_message(sink: SMTPSink) -> None:
    connection = Connection(settings_for(sink))
    assert connection.send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED
    sink.stop()
    sink.start()
    assert not connection.usable
    assert verdict(connection.send(NEXT, MESSAGE)) == (Kind.NOT_SENT, Stage.CONNECT, False)


def test_a_connection_is_used_up_by_messages_and_by_age(sink: SMTPSink) -> None:
    with Connection(settings_for(sink, max_messages=2)) as connection:
        connection.send(ENVELOPE, MESSAGE)
        assert connection.usable
        connection.send(NEXT, MESSAGE)
        assert not connection.usable
    with Connection(settings_for(sink, max_age=0.05)) as connection:
        connection.send(ENVELOPE, MESSAGE)
        time.sleep(0.06)
        assert not connection.usable


def test_five_temporary_refusals_on_end_are_the_servers_own_trouble(sink: SMTPSink) -> None:
    sink.reply("RCPT", "451 4.3.0 later")
    with Connection(settings_for(sink)) as connection:
        lanes = [connection.send(ENVELOPE, MESSAGE).whole_lane for _ in range(6)]
    # The sixth is counted anew: a few full mailboxes do not hold the lane for ever.
    assert lanes == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("reply", "bad"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.1.2 no such domain", True),
        ("550 5.7.515 sender not authenticated", False),
        ("552 5.2.2 mailbox full", False),
        ("550 no", False),
    ],
)
def test_only_a_missing_mailbox_is_a_bad_address(
    smtp_sink: SMTPSink, reply: str, bad: bool
) -> None:
    smtp_sink.reply("RCPT", reply)
    assert send_one(smtp_sink).bad_address is bad
    smtp_sink.forget()
    smtp_sink.reply("END", reply)
    assert send_one(smtp_sink).bad_address is False


def test_t23_the_servers_words_are_kept_without_the_address(smtp_sink: SMTPSink) -> None:
    smtp_sink.reply("RCPT", "550 5.1.1 <ann@example.net>: no ann here\x07" + " so sorry" * 60)
    text = send_one(smtp_sink).text
    assert "ann" not in text
    assert "no <address> here so sorry" in text
    assert len(text) <= 200


@pytest.mark.parametrize(
    "recipient",
    [
        "a@example.org\r\nRCPT TO:<v@example.org>",
        "a@example.org> <v@example.org",
        "a b@example.org",
        "<>",
        "",
        "a@",
        "a@[127.0.0.1]",
        "a@" + "x" * 300,
        "a@b\ud800.org",
    ],
)
def test_t13_a_recipient_that_would_be_two_commands_is_a_bad_address(
    smtp_sink: SMTPSink, recipient: str
) -> None:
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(replace(ENVELOPE, recipient=recipient), MESSAGE)
        assert verdict(outcome) == (Kind.REFUSED, Stage.RCPT, False)
        assert outcome.bad_address
        assert connection.send(NEXT, MESSAGE).kind is Kind.ACCEPTED
    assert [mail.recipients for mail in smtp_sink.mails] == [[NEXT.recipient]]


def test_a_sender_that_can_not_be_written_holds_the_lane(smtp_sink: SMTPSink) -> None:
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(replace(ENVELOPE, sender="news@\r\nexample.org"), MESSAGE)
    assert verdict(outcome) == (Kind.NOT_SENT, Stage.MAIL, True)


def test_mail_from_nobody_is_possible(smtp_sink: SMTPSink) -> None:
    with Connection(settings_for(smtp_sink)) as connection:
        assert connection.send(replace(ENVELOPE, sender=""), MESSAGE).kind is Kind.ACCEPTED
    assert smtp_sink.mails[0].sender == ""


@pytest.mark.parametrize("smuggled", [b"\n.\nMAIL FROM:<>", b"\r.\r", b"\n.\r\n", b"\r\r.\r"])
def test_a_bare_newline_can_not_smuggle_a_second_message(
    smtp_sink: SMTPSink, smuggled: bytes
) -> None:
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(ENVELOPE, MESSAGE + smuggled + b"\r\n")
    assert verdict(outcome) == (Kind.REFUSED, Stage.BODY, False)
    assert smtp_sink.mails == []


def test_a_domain_outside_ascii_travels_in_ascii(smtp_sink: SMTPSink) -> None:
    with Connection(settings_for(smtp_sink)) as connection:
        connection.send(replace(ENVELOPE, recipient="o'neil+x@exämple.de"), MESSAGE)
    assert smtp_sink.mails[0].recipients == ["o'neil+x@xn--exmple-cua.de"]


def test_a_mailbox_outside_ascii_needs_a_server_that_takes_it(smtp_sink: SMTPSink) -> None:
    zoe = replace(ENVELOPE, recipient="zoë@example.net")
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(zoe, MESSAGE)
    assert (outcome.kind, outcome.enhanced) == (Kind.REFUSED, "5.6.7")
    smtp_sink.reply("EHLO", "250-localhost\r\n250 SMTPUTF8")
    with Connection(settings_for(smtp_sink)) as connection:
        assert connection.send(zoe, MESSAGE).kind is Kind.ACCEPTED
    assert smtp_sink.mails[0].recipients == ["zoë@example.net"]


# --- RFC 2920: all three commands are under way before the first answer


def test_a_body_nobody_is_to_get_is_ended_by_a_lone_dot(smtp_sink: SMTPSink) -> None:
    smtp_sink.chunking = False
    smtp_sink.reply("RCPT", "550 5.1.1 no such user", times=1)
    smtp_sink.reply("DATA", "354 go on, though for nobody", times=1)
    smtp_sink.reply(".", "554 5.5.1 no valid recipients", times=1)
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(ENVELOPE, MESSAGE)
        assert verdict(outcome) == (Kind.REFUSED, Stage.RCPT, False)
        assert smtp_sink.rules[-1].times == 0, "the dot came"
        assert connection.send(NEXT, MESSAGE).kind is Kind.ACCEPTED
    assert [mail.recipients for mail in smtp_sink.mails] == [[NEXT.recipient]]


def test_a_server_that_takes_the_recipient_but_not_the_sender_gets_no_empty_message(
    smtp_sink: SMTPSink,
) -> None:
    smtp_sink.chunking = False
    smtp_sink.reply("MAIL", "451 4.3.0 later")
    smtp_sink.reply("RCPT", "250 2.1.5 fine")
    smtp_sink.reply("DATA", "354 go on")
    with Connection(settings_for(smtp_sink)) as connection:
        outcome = connection.send(ENVELOPE, MESSAGE)
        assert verdict(outcome) == (Kind.REFUSED_FOR_NOW, Stage.MAIL, True)
        assert not connection.usable
    assert smtp_sink.mails == []


def test_a_refusal_stands_when_the_server_hangs_up_behind_it(smtp_sink: SMTPSink) -> None:
    smtp_sink.chunking = False
    smtp_sink.reply("RCPT", "550 5.1.1 no such user")
    smtp_sink.drop("DATA", reset=False)
    outcome = send_one(smtp_sink)
    assert verdict(outcome) == (Kind.REFUSED, Stage.RCPT, False)


def test_with_pipelining_the_server_need_not_answer_before_data(
    converse: Callable[[Dialogue], int],
) -> None:
    port = converse(
        [
            (b"", b"220 hi\r\n"),
            (b"EHLO", b"250-localhost\r\n250 PIPELINING\r\n"),
            (b"DATA", b"250 ok\r\n250 ok\r\n354 go on\r\n"),
            (b".", b"250 taken\r\n"),
        ]
    )
    settings = SMTPSettings(host="127.0.0.1", port=port, message_timeout=2)
    assert Connection(settings).send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED
