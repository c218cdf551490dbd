"""Share links: whose link brought a signer, without a column, a cookie or a word about the sharer.

A code is the number of the sharer's signature under a small keyed permutation of 64 bits (a
Feistel network over HMAC, as Luby and Rackoff have it): eleven characters that tell nothing without
the key. Every number has 24 zero bits in front; a code that does not open to them is none of ours.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from postroom.keys import link_keys, sign
from signatures.models import Signature

PURPOSE = "share"
LENGTH = 11
_LARGEST = 2**40
_ROUNDS = range(4)

# Walked level by level; the limits keep a chain letter from becoming a table scan.
MOST_GENERATIONS = 20
MOST_BROUGHT = 1000

_BROUGHT = """
WITH RECURSIVE tree AS (
    SELECT id, sharer_id, 1 AS generation FROM signatures_signature
    WHERE sharer_id = %(signature)s AND state = 'counted'
    UNION ALL
    SELECT s.id, s.sharer_id, t.generation + 1 FROM signatures_signature s
    JOIN tree t ON s.sharer_id = t.id
    WHERE s.state = 'counted' AND t.generation < %(generations)s
)
SELECT id, sharer_id, generation FROM tree LIMIT %(most)s
"""


class ShareWay(NamedTuple):
    """One way to pass the page on: its `source`, what its button says, and where it leads."""

    source: str
    label: str
    url: str


class Brought(NamedTuple):
    """A counted signature that a shared link brought, directly in generation 1."""

    signature_id: int
    sharer_id: int
    generation: int


def share_code(signature_id: int) -> str:
    """What `?s=` says in a link that this signer passes on: eleven letters, digits, `-` or `_`."""
    if not 0 <= signature_id < _LARGEST:
        raise ValueError("a signature's number has 40 bits")
    secret = next(iter(link_keys().values()))
    mixed = _permute(secret, signature_id, _ROUNDS)
    return urlsafe_b64encode(mixed.to_bytes(8, "big")).rstrip(b"=").decode("ascii")


def sharer_of(code: str, *, campaign_id: int) -> int | None:
    """The id of the counted signature of this campaign whose link it was; None for any other text.

    One query, and none for a text that is no code of ours.
    """
    if (
        len(code) != LENGTH
        or not code.isascii()
        or not code.replace("-", "").replace("_", "").isalnum()
    ):
        return None
    mixed = int.from_bytes(urlsafe_b64decode(code + "="), "big")
    opened = (_unpermute(secret, mixed) for secret in link_keys().values())
    found = Signature.objects.filter(
        pk__in=[number for number in opened if number < _LARGEST],
        campaign_id=campaign_id,
        state=Signature.State.COUNTED,
    )
    return found.values_list("pk", flat=True).first()


def share_link(campaign: Campaign, signature_id: int | None, source: str) -> str:
    """The page's address as this signer passes it on; without a signature with its way alone."""
    query = {"s": share_code(signature_id)} if signature_id else {}
    return f"{campaign.public_url}?{urlencode(query | {'source': source})}"


def share_ways(campaign: Campaign, signature_id: int | None) -> list[ShareWay]:
    """Plain links to pass the page on with, each with a source of its own; nothing is loaded."""
    words = campaign.share_title or _("Sign the petition: %(headline)s") % {
        "headline": campaign.headline
    }

    def way(source: str, label: str, address: str) -> ShareWay:
        link = share_link(campaign, signature_id, source)
        return ShareWay(source, label, address.format(words=quote(words, ""), link=quote(link, "")))

    return [
        way("share-email", _("Send by email"), "mailto:?subject={words}&body={words}%0A%0A{link}"),
        way("share-whatsapp", _("Send on WhatsApp"), "https://wa.me/?text={words}%20{link}"),
        way("share-facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php?u={link}"),
        way("share-bluesky", "Bluesky", "https://bsky.app/intent/compose?text={words}%20{link}"),
        way("share-telegram", "Telegram", "https://t.me/share/url?url={link}&text={words}"),
    ]


def brought_by(signature_id: int) -> list[Brought]:
    """The counted signatures that this signer's links brought, and those that theirs brought.

    Nearest first, at most 1,000 of them and 20 generations deep.
    """
    parameters = {
        "signature": signature_id,
        "generations": MOST_GENERATIONS,
        "most": MOST_BROUGHT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT, parameters)
        return [Brought(*row) for row in cursor.fetchall()]


def _permute(secret: str, number: int, rounds: Iterable[int]) -> int:
    left, right = number >> 32, number & 0xFFFFFFFF
    for turn in rounds:
        left, right = right, left ^ _mix(secret, turn, right)
    return left << 32 | right


def _unpermute(secret: str, number: int) -> int:
    """A Feistel network undoes itself: halves swapped, rounds from the last to the first."""
    swapped = (number & 0xFFFFFFFF) << 32 | number >> 32
    opened = _permute(secret, swapped, reversed(_ROUNDS))
    return (opened & 0xFFFFFFFF) << 32 | opened >> 32


def _mix(secret: str, turn: int, half: int) -> int:
    return int.from_bytes(sign(secret, PURPOSE, bytes([turn]) + half.to_bytes(4, "big"))[:4], "big")
