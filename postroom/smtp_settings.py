"""Where mail is handed in, and how long to wait there."""

from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

_TLS_OF_SCHEME: dict[str, Literal["none", "starttls", "ssl"]] = {
    "smtp": "none",
    "smtp+tls": "starttls",
    "smtp+ssl": "ssl",
}
_DEFAULT_PORT = {"none": 25, "starttls": 587, "ssl": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SMTPSettings:
    """Where and how to send. All times are seconds.

    Mail that may not go twice should wait longer after the dot: RFC 5321 §4.5.3.2.6 says 600 s.
    """

    host: str
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["none", "starttls", "ssl"] = "none"
    ehlo_name: str = ""  # empty: the address literal of this end (RFC 5321 §4.1.3)
    connect_timeout: float = 10
    message_timeout: float = 30  # in all, from MAIL to the dot, however slowly the server answers
    dot_timeout: float = 30  # for the answer to the dot; hanging up makes the outcome `unknown`
    chunking: bool = True  # hand messages over in one piece where the server offers it (RFC 3030)
    max_messages: int = 1_000
    max_age: float = 300

    @classmethod
    def from_url(cls, url: str) -> Self:
        """`smtp://`, `smtp+tls://` (STARTTLS) or `smtp+ssl://`, then `user:password@host:port`, and
        `?chunking=off` for a server that offers CHUNKING but cannot do it.

        Raises ValueError for another scheme, no host, anything else behind the question mark, or a
        password that would travel in the clear to another machine.
        """
        parts = urlsplit(url)
        tls = _TLS_OF_SCHEME.get(parts.scheme)
        if tls is None or not parts.hostname:
            raise ValueError("EMAIL_URL must be smtp://, smtp+tls:// or smtp+ssl:// and a host")
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.username and tls == "none" and not local:
            raise ValueError("EMAIL_URL has a password: write smtp+tls:// or smtp+ssl://")
        if parts.query not in {"", "chunking=off"}:
            raise ValueError("EMAIL_URL may end in ?chunking=off and in nothing else")
        return cls(
            host=parts.hostname,
            port=parts.port or _DEFAULT_PORT[tls],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
            chunking=not parts.query,
        )
