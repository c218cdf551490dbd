"""Counting who follows a link of a mailing to a page of ours: how often, never who.

Only what keeps a cookie for a moment is counted, as a reader's browser does: what opens links for
safety's sake keeps none. A link to the page that everybody reads names its mailing and no person.
No picture reports that a mail was opened.
"""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import Resolver404, resolve

from mailings.models import VisitCount
from signatures import links

logger = logging.getLogger(__name__)

# Readers of one mailing need not wait for one row.
_COUNT = """
INSERT INTO mailings_visitcount (mailing_id, shard, visits)
SELECT id, pg_backend_pid() %% %(shards)s, 1 FROM mailings_mailing WHERE id = %(mailing)s
ON CONFLICT (mailing_id, shard) DO UPDATE SET visits = mailings_visitcount.visits + 1
"""


def address_that_counts(url: str, token: str) -> str:
    """Where a link to a public page of ours leads so that it says which mail it was in.

    Any other address is given back as it is, and so is one with a query. `token` is that of
    `links.read_link_token`, or a placeholder.
    """
    parts = urlsplit(url)
    if not url.startswith(f"{settings.SITE_URL}/") or parts.query:
        return url
    try:
        page = resolve(parts.path)
    except Resolver404:
        return url
    if page.url_name == "campaign-page":
        address = links.full_read_address(token, page.kwargs["slug"])
    elif page.url_name == "update-page" and page.kwargs["number"].isdecimal():
        address = links.full_read_address(token, page.kwargs["slug"], int(page.kwargs["number"]))
    else:
        return url
    return f"{address}#{parts.fragment}" if parts.fragment else address


def count_visit(mailing_id: int, _supporter_id: int = 0) -> None:
    """Somebody has come by a link of this mailing. A page is shown whether or not it is counted."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_COUNT, {"mailing": mailing_id, "shards": VisitCount.SHARDS})
    except DatabaseError:
        logger.exception("A visit of mailing %s was not counted", mailing_id)
