"""Counted links: a mail's link leads over an address of ours, which writes down who followed it.

Only where the organization has switched it on, and only of those who agreed to a notice that says
so. Links of sources lead straight to them. What opens links by itself is no reader: HEAD, what a
browser fetches beforehand, and whatever comes within seconds of the mail's arrival count nothing;
and nothing but counting ever comes of a visit.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from mailings.models import Click, MailingContent, MailLink
from signatures.models import Supporter
from signatures.own_data import MOST_ROWS, Rows

logger = logging.getLogger(__name__)

# The number that stands for the page where a recognised reader signs.
TO_SIGN = 0
# Scanners of mail open its links as it arrives; no reader is so quick.
SCANNED_WITHIN = 10
HIGHEST_NUMBER = 2**48

_FIRST_CLICK = """
INSERT INTO mailings_click (mailing_id, supporter_id, number, at)
SELECT r.mailing_id, r.supporter_id, %(number)s, now()
FROM mailings_recipient r
JOIN mailings_mailing m ON m.id = r.mailing_id
JOIN campaigns_organization o ON o.id = m.organization_id AND o.counts_clicks
JOIN signatures_subscription s ON s.id = r.subscription_id
JOIN signatures_signature g ON g.id = s.signature_id
JOIN campaigns_consentnotice n ON n.id = g.notice_id AND n.tells_of_clicks
JOIN signatures_supporter p ON p.id = r.supporter_id AND p.erased_at IS NULL
WHERE r.supporter_id = %(supporter)s AND r.mailing_id = %(mailing)s
    AND s.unsubscribed_at IS NULL
    AND r.done_at < now() - make_interval(secs => %(scanned)s)
ON CONFLICT DO NOTHING
"""


def number_of(url: str) -> int:
    """The number that an address has in every mail."""
    return 1 + int.from_bytes(hashlib.sha256(url.encode()).digest()[:6]) % (HIGHEST_NUMBER - 1)


def keep_links(contents: Iterable[MailingContent]) -> None:
    """Remember where the counted links of a mail lead, before it leaves. Safe to call twice."""
    MailLink.objects.bulk_create(
        (
            MailLink(mailing_id=content.mailing_id, number=int(number), url=url)
            for content in contents
            for number, url in counted_links(content).items()
        ),
        ignore_conflicts=True,
    )


def counted_links(content: MailingContent) -> Mapping[str, str]:
    """Where the counted links of a content lead, by their numbers."""
    links: Mapping[str, str] = content.layout.get("links", {})
    return links


def target_of(*, mailing_id: int, number: int) -> str | None:
    """Where a counted link leads; None where there is no such link in that mailing."""
    if not 0 < number < HIGHEST_NUMBER:
        return None
    found = MailLink.objects.filter(mailing=mailing_id, number=number)
    return found.values_list("url", flat=True).first()


def note_click(*, mailing_id: int, supporter_id: int, number: int) -> None:
    """Write down that a reader followed a link, if that is counted of this reader.

    Safe to call twice: the first time stands. Whoever follows it gets there in any case.
    """
    what = {
        "mailing": mailing_id,
        "supporter": supporter_id,
        "number": number,
        "scanned": SCANNED_WITHIN,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FIRST_CLICK, what)
    except DatabaseError:
        logger.exception("A click on a link of mailing %s was not counted", mailing_id)


def note_arrival(mailing_id: int, supporter_id: int) -> None:
    """A recognised reader has come to the page where they sign."""
    note_click(mailing_id=mailing_id, supporter_id=supporter_id, number=TO_SIGN)


def forget_person(supporter_id: int) -> None:
    """Delete what a person followed. Part of an erasure."""
    Click.objects.filter(supporter=supporter_id).delete()


def forget_old(*, days: int) -> None:
    """Delete what was followed more than so many days ago; the sums of mailings stay."""
    Click.objects.filter(at__lt=Now() - timedelta(days=days)).delete()


def followed_by(supporter: Supporter) -> Rows:
    """Which links of our mails this person has followed, the newest first, for their own page."""
    clicks = Click.objects.filter(supporter=supporter).order_by("-at")[:MOST_ROWS]
    return [{"link": url, "at": at} for url, at in _addressed(clicks)]


def followed_links(*, mailing_id: int, supporter_id: int) -> list[tuple[str, datetime]]:
    """Which links of one mailing a person has followed, and when; empty for the one to sign."""
    clicks = Click.objects.filter(supporter=supporter_id, mailing=mailing_id).order_by("at")
    return list(_addressed(clicks))


def _addressed(clicks: QuerySet[Click]) -> Iterator[tuple[str, datetime]]:
    rows = list(clicks.values_list("mailing", "number", "at"))
    links = MailLink.objects.filter(mailing__in={mailing for mailing, _number, _at in rows})
    urls = {(link.mailing_id, link.number): link.url for link in links}
    for mailing, number, at in rows:
        yield urls.get((mailing, number), ""), at
