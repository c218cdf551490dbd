"""Header fields as bytes: cleaning, encoding and folding (RFC 5322 §2.2, RFC 2047)."""

import re
from base64 import b64encode

from postroom.addresses import ascii_domain

_LINE = 76  # RFC 2047 §2 for lines with encoded words; RFC 5322 asks for 78
_LONGEST_LINE = 998  # RFC 5322 §2.1.1
_LONGEST_PLAIN_WORD = 60  # a longer one could not be folded, so it is encoded
_BYTES_PER_WORD = 39  # 52 base64 characters: "Subject: " and one word fit a line
_CODED = "=?utf-8?b?{}?="

_SPACES = re.compile(r"[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,60}").fullmatch
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*").fullmatch


class BadHeader(ValueError):
    """A field's name or value cannot be written as a header field."""


def header_text(text: str) -> str:
    """One line of text: newlines and tabs are spaces, control and bidi override characters gone."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = _CONTROLS.sub("", _SPACES.sub(" ", text))
    return _SPACES.sub(" ", text).strip(" ")


def text_field(name: str, text: str) -> bytes:
    """A field of free text (Subject) with its CRLF; outside ASCII, as encoded words (RFC 2047)."""
    text = header_text(text)
    return f"{_fold(f'{check_name(name)}: {_words(text)}')}\r\n".encode("ascii")


def plain_field(name: str, value: str) -> bytes:
    """A field of addresses, ids or addresses of the web, already in ASCII, with its CRLF.

    Raises BadHeader for a character outside ASCII or a line over 998 characters.
    """
    value = header_text(value)
    if not value.isascii():
        raise BadHeader(f"{name} holds a character outside ASCII")
    if len(name) + len(value) < _LINE - 1:
        return f"{check_name(name)}: {value}\r\n".encode("ascii")
    line = _fold(f"{check_name(name)}: {value}")
    if len(line) > _LONGEST_LINE and max(map(len, line.split("\r\n"))) > _LONGEST_LINE:
        raise BadHeader(f"{name} has a line over {_LONGEST_LINE} characters")
    return f"{line}\r\n".encode("ascii")


def phrase(text: str) -> str:
    """A display name as it stands before `<…>`: bare, quoted or as encoded words."""
    text = header_text(text)
    if not text.isascii() or "=?" in text:
        return " ".join(_encoded_words(text))
    if _ATOMS(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, or the address alone when there is no name. Raises BadAddress."""
    address = ascii_domain(address)
    shown = phrase(name)
    return f"{shown} <{address}>" if shown else address


def check_name(name: str) -> str:
    """The field name itself, or BadHeader when it is not one."""
    if not _FIELD_NAME(name):
        raise BadHeader("not a name of a header field")
    return name


def _words(text: str) -> str:
    foldable = all(len(word) <= _LONGEST_PLAIN_WORD for word in text.split(" "))
    if foldable and text.isascii() and "=?" not in text:
        return text
    return " ".join(_encoded_words(text))


def _encoded_words(text: str) -> list[str]:
    """Words of whole characters (RFC 2047 §5); the spaces between them are not part of the text."""
    data = text.encode("utf-8", "replace")
    words = []
    while data:
        cut = _BYTES_PER_WORD
        while cut < len(data) and data[cut] & 0xC0 == 0x80:
            cut -= 1
        words.append(_CODED.format(b64encode(data[:cut]).decode("ascii")))
        data = data[cut:]
    return words


def _fold(line: str) -> str:
    """Breaks before spaces, never directly after the name, which some servers misread."""
    if len(line) <= _LINE:
        return line
    name, _, value = line.partition(" ")
    first, *words = value.split(" ")
    lines = [f"{name} {first}"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)
