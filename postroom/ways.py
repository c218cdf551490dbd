"""Which transport an EMAIL_URL stands for."""

from dataclasses import replace

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Transport


def open_way(
    url: str,
    *,
    connect_timeout: float = 10,
    message_timeout: float = 30,
    dot_timeout: float = 30,
) -> Transport:
    """A transport that connects for its first message. Times are seconds, as in SMTPSettings.

    Raises ValueError when the URL stands for none.
    """
    settings = replace(
        SMTPSettings.from_url(url),
        connect_timeout=connect_timeout,
        message_timeout=message_timeout,
        dot_timeout=dot_timeout,
    )
    return Connection(settings)
