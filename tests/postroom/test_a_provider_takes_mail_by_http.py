"""A provider's HTTP interface is one way out like any other, and as honest about each message."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from deploy.local import ports
from postroom.headers import mailbox
from postroom.messages import letter_headers, message_key
from postroom.skeleton import compose
from postroom.transport import Envelope, Kind, Outcome, Stage
from postroom.ways import open_way, server_of
from tests.postroom.tls_server import CERTIFICATE
from tests.rig.http_provider import Provider, email_url, fields, playing

ENVELOPE = Envelope("b+key@example.org", "ada@example.net")


@pytest.fixture
def provider() -> Iterator[type[Provider]]:
    """A server that plays Mailgun."""
    with playing() as mine:
        yield mine


def message() -> bytes:
    """A letter with everything that can go wrong on the way through another format."""
    return compose(
        sender=mailbox("Zoë, of Example", "updates@example.org"),
        subject="Ärger über [[x]]",
        headers=letter_headers(
            to="ada@example.net",
            key=message_key("m", 7, 8),
            domain="example.org",
            date="Sat, 28 Nov 2026 12:00:00 +0000",
            language="de",
            reply_to="answers@example.org",
        )
        | {
            "List-Unsubscribe": "<https://example.org/unsubscribe/token/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        text="Grüße\r\n.\r\nEnde\r\n",
        html="<p>Grüße &amp; <b>Dank</b></p>",
    )


def send(provider: type[Provider], **limits: float) -> Outcome:
    """One message, over a connection of its own."""
    with open_way(email_url(provider.url), **limits) as way_out:
        return way_out.send(ENVELOPE, message())


def test_what_the_provider_gets_is_the_message(provider: type[Provider]) -> None:
    assert send(provider) == Outcome(Kind.ACCEPTED, Stage.DOT, 250)

    ((path, headers, _body),) = provider.requests
    said = fields(provider.requests[0])
    assert path == "/v3/example.org/messages"
    assert headers["Authorization"].startswith("Basic ")
    assert said["to"] == "ada@example.net"
    assert "Zoë, of Example" in said["from"]
    assert said["subject"] == "Ärger über [[x]]"
    assert said["text"].split() == ["Grüße", ".", "Ende"]
    assert "<b>Dank</b>" in said["html"]
    assert said["h:List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert said["h:Reply-To"] == "answers@example.org"
    key = message_key("m", 7, 8)
    assert said["h:Message-Id"] == f"<{key}@example.org>"
    assert key in said["v:message"]
    assert said["o:tracking-opens"] == said["o:tracking-clicks"] == "no"


def test_one_connection_serves_many_messages(provider: type[Provider]) -> None:
    with open_way(email_url(provider.url)) as way_out:
        outcomes = [way_out.send(ENVELOPE, message()) for _ in range(3)]

    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED] * 3
    assert not way_out.usable


@pytest.mark.parametrize(
    ("status", "kind", "whole_lane"),
    [
        (400, Kind.REFUSED, False),
        (422, Kind.REFUSED, False),
        (401, Kind.NOT_SENT, True),
        (403, Kind.NOT_SENT, True),
        (429, Kind.REFUSED_FOR_NOW, True),
        (503, Kind.REFUSED_FOR_NOW, True),
        (500, Kind.UNKNOWN, False),
        (502, Kind.UNKNOWN, False),
        (504, Kind.UNKNOWN, False),
    ],
)
def test_each_refusal_means_one_thing(
    provider: type[Provider], status: int, kind: Kind, whole_lane: bool
) -> None:
    provider.answer = lambda request: request.say(status, {"message": "no"})

    outcome = send(provider)

    assert (outcome.kind, outcome.code, outcome.whole_lane) == (kind, status, whole_lane)
    assert len(provider.requests) == 1, "asked once"


def test_an_answer_that_nobody_can_read_leaves_it_in_doubt(provider: type[Provider]) -> None:
    provider.answer = lambda request: request.say(200, {"hello": "world"})

    assert send(provider).kind is Kind.UNKNOWN


def test_a_time_out_after_the_request_leaves_it_in_doubt(provider: type[Provider]) -> None:
    slow = threading.Event()
    provider.answer = lambda request: (slow.wait(5), None)[1]

    outcome = send(provider, dot_timeout=0.3)
    slow.set()

    assert outcome.kind is Kind.UNKNOWN


def test_a_connection_that_breaks_after_the_request_leaves_it_in_doubt(
    provider: type[Provider],
) -> None:
    provider.answer = Provider.hang_up

    assert send(provider).kind is Kind.UNKNOWN


@contextmanager
def answering_over_tls(answer: bytes) -> Iterator[str]:
    """The address of a server that reads one whole request and writes these bytes past its TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    listener = socket.create_server((ports.HOST, 0))

    def serve() -> None:
        with suppress(OSError):
            plain, _address = listener.accept()
            plain.settimeout(5)
            secure = context.wrap_socket(plain, server_side=True)
            heard = b""
            while b"One-Click" not in heard or b"Ende" not in heard:
                heard += secure.recv(65536)
            with socket.socket(fileno=secure.detach()) as raw:
                raw.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://{ports.HOST}:{listener.getsockname()[1]}/v3"
    finally:
        listener.close()
        thread.join(5)


def test_an_answer_that_tls_loses_leaves_it_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    broken_record = b"\x17\x03\x03\x00\x20" + b"x" * 32
    with answering_over_tls(broken_record) as url, open_way(email_url(url)) as way_out:
        assert way_out.send(ENVELOPE, message()).kind is Kind.UNKNOWN


def test_a_certificate_of_nobody_we_know_is_sent_nothing() -> None:
    with answering_over_tls(b"") as url, open_way(email_url(url)) as way_out:
        outcome = way_out.send(ENVELOPE, message())
    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.CONNECT)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with open_way(email_url(f"http://{ports.HOST}:{ports.unused()}/v3")) as way_out:
        outcome = way_out.send(ENVELOPE, message())

    assert (outcome.kind, outcome.stage) == (Kind.NOT_SENT, Stage.CONNECT)
    assert outcome.whole_lane


def test_no_outcome_repeats_key_or_address(provider: type[Provider]) -> None:
    provider.answer = lambda request: request.say(400, {"message": "ada@example.net is not"})

    assert "ada" not in send(provider).text
    assert "secret" not in send(provider).text


@pytest.mark.parametrize("url", ["anymail+nobody://?api_key=x", "anymail+mailgun://"])
def test_a_url_that_leads_nowhere_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL"):
        open_way(url)


def test_where_a_provider_is(provider: type[Provider]) -> None:
    assert server_of(email_url("https://api.eu.mailgun.net/v3")) == ("api.eu.mailgun.net", 443)
