"""Which transport an EMAIL_URL stands for."""

from dataclasses import replace
from urllib.parse import urlsplit

from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.transport import Transport

HTTP_SCHEME = "anymail+"
# A provider's interface answers within seconds or not at all, and a request cannot be broken off.
MOST_HTTP_SECONDS = 45


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
    if goes_by_http(url):
        # It takes a while to load, and most installations have no use for it.
        from postroom.http_api import HTTPConnection

        return HTTPConnection(url, timeout=min(dot_timeout, MOST_HTTP_SECONDS))
    settings = replace(
        SMTPSettings.from_url(url),
        connect_timeout=connect_timeout,
        message_timeout=message_timeout,
        dot_timeout=dot_timeout,
    )
    return Connection(settings)


def goes_by_http(url: str) -> bool:
    """Whether mail leaves by a provider's HTTP interface."""
    return url.startswith(HTTP_SCHEME)


def server_of(url: str) -> tuple[str, int]:
    """Host and port that mail is handed to. Raises ValueError when the URL stands for none."""
    if goes_by_http(url):
        from postroom.http_api import HTTPConnection

        parts = urlsplit(HTTPConnection(url, timeout=1).address)
        return parts.hostname or "", parts.port or {"http": 80}.get(parts.scheme, 443)
    settings = SMTPSettings.from_url(url)
    return settings.host, settings.port
