"""Ids of messages, and the header fields that letters and bulk mail carry."""

import hmac
import re
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from typing import Literal, NamedTuple

from postroom.headers import BadHeader, phrase
from postroom.keys import Keys, link_keys, sign

_KEY = re.compile(
    r"(?<![A-Za-z0-9])((?:l[0-9]{1,19}|m[0-9]{1,19}\.[0-9]{1,19}))\.([0-9a-f]{16})(?![0-9A-Za-z])"
)
_MAC_BYTES = 8
# A text may be full of things that look like keys.
_MOST_TRIED = 50


class MessageKey(NamedTuple):
    """What a key says of its message: `ids` are (mailing, recipient) of bulk mail, or (letter,)."""

    kind: str
    ids: tuple[int, ...]


def message_key(kind: Literal["l", "m", "n"], *ids: int, keys: Keys | None = None) -> str:
    """`m{mailing}.{recipient}.{hmac8}` for bulk mail, `l{letter}.{hmac8}` for a letter,
    `n{notice}.{hmac8}` for what staff are told.

    The same ids give the same key, so a message is recognised again in a bounce or a server's
    log; give ids that stay the same when a message is tried again. The MAC is 8 bytes in hex.
    """
    secret = next(iter((keys or link_keys()).values()))
    name = f"{kind}{'.'.join(map(str, ids))}"
    return f"{name}.{_mac(secret, name)}"


def find_message_key(text: str, *, keys: Keys | None = None) -> MessageKey | None:
    """The first key in `text` that is truly ours; None when there is none.

    Only whoever has seen the message knows its key, so it vouches for what is said about it.
    """
    secrets = (keys or link_keys()).values()
    for name, mac in islice((found.groups() for found in _KEY.finditer(text)), _MOST_TRIED):
        if any(hmac.compare_digest(mac, _mac(secret, name)) for secret in secrets):
            return MessageKey(name[0], tuple(map(int, name[1:].split("."))))
    return None


def key_in(message_id: str) -> str:
    """The key that a Message-ID of ours holds, as it stands there; whose it is, nobody looks."""
    return message_id.strip("<> ").rpartition("@")[0]


def _mac(secret: str, name: str) -> str:
    return sign(secret, "message", name.encode())[:_MAC_BYTES].hex()


def message_id(key: str, domain: str) -> str:
    """The Message-ID field of the message with this key (RFC 5322 §3.6.4)."""
    return f"<{key}@{domain}>"


def bounce_address(key: str, domain: str) -> str:
    """The envelope sender (VERP) to which the bounce of this one message comes back."""
    return f"b+{key}@{domain}"


def unsubscribe_address(key: str, domain: str) -> str:
    """Where an empty mail ends every subscription of whoever got the message with this key."""
    return f"u+{key}@{domain}"


def reply_address(key: str, domain: str) -> str:
    """Where an answer to the message with this key comes back to."""
    return f"r+{key}@{domain}"


def list_id(name: str, label: str, domain: str) -> str:
    """`Name <label.domain>` (RFC 2919): `label` names the kind of mail, ASCII without spaces."""
    return f"{phrase(name)} <{label}.{domain}>"


def feedback_id(*parts: str) -> str:
    """Gmail's Feedback-ID: one to four parts, the last one the sender's own and constant.

    No part may identify a recipient. Raises BadHeader.
    """
    if not 1 <= len(parts) <= 4 or any(":" in part or not part for part in parts):
        raise BadHeader("Feedback-ID has one to four parts without colons")
    return ":".join(parts)


def letter_headers(
    *, to: str, key: str, domain: str, date: str, language: str, reply_to: str = ""
) -> dict[str, str]:
    """The fields of one transactional mail, besides From and Subject (RFC 3834).

    Each argument may be a hole. `date` is as date_text() gives it.
    """
    fields = {"To": to, "Date": date, "Message-ID": message_id(key, domain)}
    if reply_to:
        fields["Reply-To"] = reply_to
    return fields | {"Auto-Submitted": "auto-generated", "Content-Language": language}


def bulk_headers(
    *,
    to: str,
    key: str,
    domain: str,
    date: str,
    language: str,
    reply_to: str,
    unsubscribe_url: str,
    unsubscribe_mailto: str = "",
    list_id: str,
    feedback_id: str,
) -> dict[str, str]:
    """The fields of bulk mail: a letter's, and those of a list (RFC 2369, 2919, 8058).

    `unsubscribe_url` and `unsubscribe_mailto` are as unsubscribe_headers() takes them.
    """
    fields = letter_headers(
        to=to, key=key, domain=domain, date=date, language=language, reply_to=reply_to
    )
    fields["List-ID"] = list_id
    fields |= unsubscribe_headers(unsubscribe_url, unsubscribe_mailto)
    return fields | {"Feedback-ID": feedback_id}


def unsubscribe_headers(url: str, mailto: str = "") -> dict[str, str]:
    """The fields by which a mail program offers to unsubscribe (RFC 2369, 8058).

    `mailto` is an address to which an empty mail does the same, where mail can come in. One-click
    is promised for an https address alone, as RFC 8058 wants, and on this machine, where a local
    mailbox plays the mail program.
    """
    fields = {"List-Unsubscribe": f"<{url}>"}
    if mailto:
        fields["List-Unsubscribe"] += f", <mailto:{mailto}>"
    if url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        fields["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return fields


def date_text(moment: datetime) -> str:
    """An aware moment as the Date field writes it (RFC 5322 §3.3)."""
    return format_datetime(moment)
