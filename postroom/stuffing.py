"""Lines that begin with a dot: the end of a message is one, so they need care."""

import re

from postroom.transport import Ready

_DOT_AFTER_BARE_NEWLINE = re.compile(rb"(?<!\r)\n\.|\r\.").search


def smuggles(body: bytes) -> bool:
    """Whether a dot follows a lone CR or LF: some servers, or whom they pass it on to, would see
    the end of the message there, and in the rest of it a second one that somebody smuggled in."""
    if isinstance(body, Ready) or (b"\n." not in body and b"\r." not in body):
        return False
    return bool(_DOT_AFTER_BARE_NEWLINE(body))


def dot_stuffed(body: bytes) -> bytes:
    """The message as DATA takes it (RFC 5321 §4.5.2). Our own never need it."""
    if isinstance(body, Ready):
        return body
    body = body.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body
