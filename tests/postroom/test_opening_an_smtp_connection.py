"""How a connection comes about: addresses of servers, greeting, TLS, login."""

from dataclasses import replace

import pytest

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Envelope, Kind, Outcome, Stage
from tests.postroom.tls_server import TLSServer, trusting
from tests.rig.smtp_sink import SMTPSink

ENVELOPE = Envelope("b+m5.7.0123@bounce.example.org", "ann@example.net")
MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"


def send_over(settings: SMTPSettings) -> Outcome:
    with Connection(settings, tls_context=trusting()) as connection:
        return connection.send(ENVELOPE, MESSAGE)


def tls_settings(server: TLSServer, tls: str, **changed: str) -> SMTPSettings:
    settings = SMTPSettings.from_url(f"smtp+{tls}://%C3%BCser:pass%20word@localhost:{server.port}")
    return replace(settings, **changed)  # type: ignore[arg-type]


def test_an_email_url_says_where_and_how() -> None:
    assert SMTPSettings.from_url("smtp://localhost") == SMTPSettings(host="localhost", port=25)
    starttls = SMTPSettings.from_url("smtp+tls://a%40b:p%2Fw@mail.example.org")
    assert (starttls.tls, starttls.port) == ("starttls", 587)
    assert (starttls.user, starttls.password) == ("a@b", "p/w")
    implicit = SMTPSettings.from_url("smtp+ssl://mail.example.org:4650")
    assert (implicit.tls, implicit.port) == ("ssl", 4650)


@pytest.mark.parametrize(
    "url",
    ["smtps://mail.example.org", "http://x", "smtp://", "smtp://user:secret@mail.example.org"],
)
def test_an_email_url_that_is_unclear_or_unsafe_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL") as refused:
        SMTPSettings.from_url(url)
    assert "secret" not in str(refused.value)


def test_settings_do_not_print_their_password() -> None:
    assert "secret" not in repr(SMTPSettings.from_url("smtp+tls://user:secret@mail.example.org"))


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN"])
def test_starttls_comes_before_the_password(mechanisms: str) -> None:
    with TLSServer(mechanisms=mechanisms) as server:
        outcome = send_over(tls_settings(server, "tls"))
    assert outcome.kind is Kind.ACCEPTED
    verbs = [line.split()[0] for line in server.heard if line]
    assert verbs.index(b"STARTTLS") < verbs.index(b"AUTH") < verbs.index(b"MAIL")


def test_several_messages_go_over_one_encrypted_connection() -> None:
    with (
        TLSServer(implicit=True) as server,
        Connection(tls_settings(server, "ssl"), tls_context=trusting()) as connection,
    ):
        for _ in range(3):
            assert connection.usable
            assert connection.send(ENVELOPE, MESSAGE).kind is Kind.ACCEPTED
    assert server.heard.count(b"DATA") == 3
    assert server.heard[-1] == b"QUIT"


def test_a_wrong_password_holds_the_lane() -> None:
    with TLSServer(implicit=True) as server:
        outcome = send_over(tls_settings(server, "ssl", password="guessed"))
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.AUTH)
    assert (outcome.code, outcome.whole_lane) == (535, True)


def test_no_way_to_log_in_holds_the_lane() -> None:
    with TLSServer(implicit=True, mechanisms="GSSAPI") as server:
        outcome = send_over(tls_settings(server, "ssl"))
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.AUTH)
    assert outcome.whole_lane


def test_a_certificate_of_nobody_we_trust_is_not_talked_to() -> None:
    with TLSServer(implicit=True) as server:
        outcome = Connection(tls_settings(server, "ssl")).send(ENVELOPE, MESSAGE)
    assert (outcome.kind, outcome.whole_lane) == (Kind.NOT_SENT, True)
    assert server.heard == []


def test_what_was_said_before_tls_began_is_not_believed() -> None:
    with TLSServer(whisper=b"250-localhost\r\n250 AUTH PLAIN\r\n") as server:
        outcome = send_over(tls_settings(server, "tls"))
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.EHLO)
    assert not any(line.startswith(b"AUTH") for line in server.heard)


def test_a_server_without_starttls_gets_neither_password_nor_mail(smtp_sink: SMTPSink) -> None:
    settings = SMTPSettings.from_url(f"smtp+tls://user:secret@127.0.0.1:{smtp_sink.port}")
    outcome = send_over(settings)
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.EHLO)
    assert outcome.whole_lane
    assert smtp_sink.mails == []


def test_a_server_that_knows_only_helo_is_spoken_to_step_by_step(smtp_sink: SMTPSink) -> None:
    smtp_sink.reply("EHLO", "502 5.5.1 never heard of it")
    assert send_over(SMTPSettings.from_url(smtp_sink.url)).kind is Kind.ACCEPTED


def test_f16_a_port_where_nobody_listens_holds_the_lane() -> None:
    outcome = send_over(SMTPSettings(host="127.0.0.1", port=1))
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.CONNECT)
    assert outcome.whole_lane
