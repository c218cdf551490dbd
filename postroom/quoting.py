"""Quoted-printable (RFC 2045 §6.7), written so that a message needs no dot-stuffing.

No line made here starts with a dot, so nothing has to be doubled when the message goes through
SMTP (RFC 5321 §4.5.2), and none starts with "From ", which mailbox files rewrite.
"""

import re

SOFT_BREAK = b"=\r\n"

_WIDTH = 75  # a soft break makes it 76, the most that RFC 2045 allows
_ONE_PLAIN_LINE = re.compile(r"(?!\.|From )[ -<>-~]{0,75}(?<! )").fullmatch
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_NOT_PRINTABLE = re.compile(rb"[^\t -<>-~]|[\t ]\Z")


def quote(text: str) -> bytes:
    """`text` as quoted-printable UTF-8 that may stand at the start of a line.

    Every kind of newline becomes CRLF. The last line has room for a soft break after it.
    A lone surrogate, which UTF-8 cannot hold, becomes "?".
    """
    if _ONE_PLAIN_LINE(text):
        return text.encode("ascii")
    lines = _NEWLINE.split(text.encode("utf-8", "replace"))
    return b"\r\n".join([_quote_line(line) for line in lines])


def _quote_line(line: bytes) -> bytes:
    rest = _NOT_PRINTABLE.sub(_escape, line)
    wrapped = []
    while True:
        if rest.startswith((b".", b"From ")):
            rest = b"=%02X" % rest[0] + rest[1:]
        if len(rest) <= _WIDTH:
            wrapped.append(rest)
            return SOFT_BREAK.join(wrapped)
        escape_at_the_cut = rest.rfind(b"=", _WIDTH - 2, _WIDTH)
        cut = _WIDTH if escape_at_the_cut < 0 else escape_at_the_cut
        wrapped.append(rest[:cut])
        rest = rest[cut:]


def _escape(found: re.Match[bytes]) -> bytes:
    return b"=%02X" % ord(found[0])
