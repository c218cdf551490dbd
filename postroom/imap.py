"""Collecting mail from an IMAP mailbox (RFC 3501): what is unseen, one by one, marked once kept."""

import imaplib
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from postroom.inbound import MOST_BYTES

TIMEOUT = 30
# What is left over is there the next time.
MOST_AT_ONCE = 200


class MailboxTrouble(Exception):
    """The mailbox cannot be read just now; nothing in it was changed that was not kept."""


def collect(url: str, keep: Callable[[bytes], None]) -> int:
    """Give each unseen mail to `keep`, then mark it as seen; returns how many.

    `url` is `imaps://user:password@host/FOLDER`; `imap://`, without encryption, is for this machine
    alone. Of a long mail the first megabyte is given. What `keep` raises ends it, with the mail
    still unseen. Raises MailboxTrouble.
    """
    try:
        with _open(url) as mailbox:
            numbers = _expect(mailbox.uid("SEARCH", "UNSEEN"))[0].split()[:MOST_AT_ONCE]
            for number in numbers:
                keep(_fetch(mailbox, number.decode("ascii")))
                _expect(mailbox.uid("STORE", number.decode("ascii"), "+FLAGS.SILENT", r"(\Seen)"))
            return len(numbers)
    except (OSError, imaplib.IMAP4.error) as trouble:
        # Its words may hold the user's name, and so an address.
        raise MailboxTrouble(type(trouble).__name__) from None


def _open(url: str) -> imaplib.IMAP4:
    where = urlsplit(url)
    host, folder = where.hostname or "", unquote(where.path.strip("/")) or "INBOX"
    if where.scheme == "imaps":
        context = ssl.create_default_context()
        mailbox: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, where.port or 993, ssl_context=context, timeout=TIMEOUT
        )
    elif _is_here(host):
        mailbox = imaplib.IMAP4(host, where.port or 143, timeout=TIMEOUT)
    else:
        raise MailboxTrouble("INBOUND_URL: another machine's mailbox is read over imaps:// alone")
    mailbox.login(unquote(where.username or ""), unquote(where.password or ""))
    _expect(mailbox.select(f'"{folder}"'))
    return mailbox


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _fetch(mailbox: imaplib.IMAP4, number: str) -> bytes:
    """The mail's bytes; PEEK leaves it unseen."""
    for part in _expect(mailbox.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")):
        if isinstance(part, tuple):
            return bytes(part[1])
    return b""


def _expect(answer: tuple) -> list:
    said, what = answer
    if said != "OK":
        raise imaplib.IMAP4.error(said)
    return list(what)
