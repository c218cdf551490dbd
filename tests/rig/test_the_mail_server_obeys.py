import smtplib
import socket
import time
from pathlib import Path

import pytest

from deploy.local import ports
from tests.rig.smtp_sink import SMTPSink

TEXT = "Message-ID: <1@site.example>\r\nSubject: Hi\r\n\r\n.a dot\r\nend\r\n"


def send(sink: SMTPSink, *recipients: str, timeout: float = 5) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(ports.HOST, sink.port, timeout=timeout) as client:
        return client.sendmail("us@site.example", recipients or ["ada@example.org"], TEXT)


def test_a_mail_is_recorded_whole_before_it_is_answered(smtp_sink: SMTPSink):
    send(smtp_sink, "ada@example.org", "bob@example.org")
    (mail,) = smtp_sink.mails
    assert mail.recipients == ["ada@example.org", "bob@example.org"]
    assert mail.message_id == "<1@site.example>"
    assert mail.text == ".a dot\r\nend\r\n"
    assert smtp_sink.to("bob@example.org") == [mail]


def test_a_recipient_is_refused_as_often_as_told(smtp_sink: SMTPSink):
    smtp_sink.reply("RCPT", "550 5.1.1 unknown", recipient="x@example.org", times=1)
    assert send(smtp_sink, "ada@example.org", "x@example.org") == {
        "x@example.org": (550, b"5.1.1 unknown")
    }
    assert send(smtp_sink, "ada@example.org", "x@example.org") == {}


@pytest.mark.parametrize("step", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "END"])
def test_it_vanishes_at_any_step_and_has_taken_nothing(smtp_sink: SMTPSink, step: str):
    smtp_sink.drop(step)
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(smtp_sink)
    assert smtp_sink.mails == []


def test_it_takes_a_mail_and_vanishes_before_saying_so(smtp_sink: SMTPSink):
    smtp_sink.drop("END", recorded=True)
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(smtp_sink)
    assert len(smtp_sink.wait(1)) == 1


def test_it_stalls_and_it_answers_late(smtp_sink: SMTPSink):
    smtp_sink.stall("MAIL", times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(smtp_sink, timeout=0.2)
    smtp_sink.delay("END", 0.2)
    began = time.monotonic()
    send(smtp_sink)
    assert time.monotonic() - began > 0.2
    smtp_sink.forget()
    smtp_sink.latency = 0.02
    send(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_it_turns_away_one_connection_too_many(smtp_sink: SMTPSink):
    smtp_sink.most_connections = 1
    first = smtplib.SMTP(ports.HOST, smtp_sink.port)
    with first, pytest.raises(smtplib.SMTPConnectError, match="421"):
        send(smtp_sink)


def test_replies_may_come_in_crumbs_and_in_many_lines(smtp_sink: SMTPSink):
    smtp_sink.split_replies = smtp_sink.multiline = True
    send(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_commands_sent_in_one_piece_are_answered_in_order(smtp_sink: SMTPSink):
    dialogue = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
    mails = (TEXT.encode().replace(b"\r\n.", b"\r\n..") + b".\r\n", b"NOOP\r\nBAD\r\nQUIT\r\n")
    with socket.create_connection((ports.HOST, smtp_sink.port), timeout=5) as client:
        client.sendall(dialogue + b"".join(mails))
        replies = client.makefile("rb").read()
    codes = [line[:3] for line in replies.splitlines() if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"500", b"221"]
    assert b"PIPELINING" in replies
    assert smtp_sink.mails[0].text == ".a dot\r\nend\r\n"


def test_it_goes_down_and_comes_back_on_the_same_port(smtp_sink: SMTPSink):
    port = smtp_sink.port
    smtp_sink.stop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp_sink)
    smtp_sink.start()
    assert smtp_sink.port == port
    send(smtp_sink)


def test_a_log_on_disk_has_every_mail(tmp_path: Path):
    sink = SMTPSink(log=tmp_path / "log", keep_bodies=False)
    sink.start()
    try:
        send(sink)
        send(sink)
    finally:
        sink.stop()
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 2
    assert '"<1@site.example>"' in lines[0]
