"""What tests of SMTP connections send, and how they speak of what came of it."""

from dataclasses import replace

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Envelope, Kind, Outcome, Stage
from tests.rig.smtp_sink import SMTPSink

ENVELOPE = Envelope("b+m5.7.0123@bounce.example.org", "ann@example.net")
NEXT = Envelope("b+m5.8.4567@bounce.example.org", "ben@example.net")
MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"
IMPATIENT = {"connect_timeout": 1.0, "message_timeout": 0.3, "dot_timeout": 0.3}
# Longer than every buffer on the way.
LONG = MESSAGE + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 400_000
# What a server says after the lines that begin so.
Dialogue = list[tuple[bytes, bytes]]


def settings_for(sink: SMTPSink, **changed: float) -> SMTPSettings:
    return replace(SMTPSettings.from_url(sink.url), **changed)  # type: ignore[arg-type]


def send_one(sink: SMTPSink, **changed: float) -> Outcome:
    with Connection(settings_for(sink, **changed)) as connection:
        return connection.send(ENVELOPE, MESSAGE)


def verdict(outcome: Outcome) -> tuple[Kind, Stage, bool]:
    return outcome.kind, outcome.stage, outcome.whole_lane
