"""Mail addresses as they travel: ASCII domains (RFC 5890), nothing that could end a command."""

import re

import idna

_ADDRESS = re.compile(
    r"[^\s\x00-\x20\x7f-\x9f<>(),;:\\\"\[\]@]{1,64}@[A-Za-z0-9.-]{1,253}"
).fullmatch


class BadAddress(ValueError):
    """The text is not an address that can stand in a header or an SMTP command."""


def ascii_domain(address: str) -> str:
    """The address with its domain in ASCII ("a@exämple.de" -> "a@xn--exmple-cua.de").

    The local part is left as it is. Quoted local parts and address literals are not taken.

    Raises BadAddress.
    """
    if not address.isascii():
        local, _, domain = address.rpartition("@")
        try:
            address = f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
        except idna.IDNAError:
            raise BadAddress("the domain has no form in ASCII") from None
    if not _ADDRESS(address):
        raise BadAddress("not an address that mail can be sent to")
    return address
