"""Numbers for whoever watches the server, in the text format that Prometheus reads.

Each is one look at an index or a small table, so asking every few seconds costs nothing that a
visitor would feel, however many signed. No number is of a person.
Format: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from mailings.statuses import DONE, LEASED
from signatures.arming import is_armed

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNAUTHORIZED = 401


class Metric(NamedTuple):
    """A gauge: its name, what it says, its label if it has one, and SQL.

    The SQL gives one row with the value, or rows of a label's value and the value.
    """

    name: str
    says: str
    sql: str
    label: str = ""


_DUE_LETTERS = """
FROM signatures_letter
WHERE sent_at IS NULL AND dropped_at IS NULL AND due_at <= statement_timestamp()
"""
_DUE_EVENTS = """
FROM mailings_mailevent WHERE applied_at IS NULL AND due_at <= statement_timestamp()
"""
# By way of the mailings, for which chunks have an index.
_LEASED = f"""
FROM mailings_mailing m JOIN mailings_chunk c ON c.mailing_id = m.id AND c.state = {LEASED}
WHERE m.state IN ('sending', 'paused')
"""


def _since(moment: str) -> str:
    """SQL for the seconds since the earliest of a column's moments."""
    return f"extract(epoch FROM statement_timestamp() - min({moment}))"


METRICS = (
    Metric(
        "signatures",
        "Signatures by state, as the public count has them.",
        """
        SELECT state.* FROM (
            SELECT sum(pending) AS pending, sum(held) AS held, sum(counted) AS counted
            FROM signatures_countshard
        ) AS total, LATERAL (
            VALUES ('pending', pending), ('held', held), ('counted', counted)
        ) AS state (name, number)
        """,
        label="state",
    ),
    Metric(
        "letters_waiting",
        "Letters that are due and have not left.",
        f"SELECT count(*) {_DUE_LETTERS}",
    ),
    Metric(
        "letters_oldest_seconds",
        "How long the oldest due letter has waited.",
        f"SELECT {_since('due_at')} {_DUE_LETTERS}",
    ),
    Metric(
        "mailings",
        "Mailings by state.",
        "SELECT state, count(*) FROM mailings_mailing GROUP BY state",
        label="state",
    ),
    Metric(
        "recipients_left",
        "People whom a mailing that goes or is paused has not reached yet, by its number.",
        f"""
        SELECT m.id, coalesce(sum(c.hi - greatest(c.cursor, c.lo - 1)), 0)
        FROM mailings_mailing m
        LEFT JOIN mailings_chunk c ON c.mailing_id = m.id AND c.state < {DONE}
        WHERE m.state IN ('sending', 'paused') GROUP BY m.id
        """,  # noqa: S608
        label="mailing",
    ),
    Metric(
        "recipients_deferred",
        "Recipients whom a mail server refused for now and who are tried again.",
        "SELECT count(*) FROM mailings_deferral",
    ),
    Metric(
        "leases_live",
        "Pieces of mailings that a worker has in hand.",
        f"SELECT count(*) {_LEASED} AND c.lease_until > statement_timestamp()",
    ),
    Metric(
        "lease_expired_seconds",
        "For how long the lease of a worker that died has been over without another taking it.",
        f"SELECT greatest(0, {_since('c.lease_until')}) {_LEASED}",
    ),
    Metric(
        "events_waiting",
        "What providers told of mails and nobody has applied yet.",
        f"SELECT count(*) {_DUE_EVENTS}",
    ),
    Metric(
        "events_lag_seconds",
        "For how long the oldest of them has been due.",
        f"SELECT {_since('due_at')} {_DUE_EVENTS}",
    ),
    Metric(
        "arrived_mails_unread",
        "Mails that came in and nobody has read yet.",
        "SELECT count(*) FROM mailings_arrivedmail WHERE read_at IS NULL",
    ),
)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers, for who shows `METRICS_KEY` as a bearer token; 404 where there is no key."""
    if not settings.METRICS_KEY:
        raise Http404
    shown = request.headers.get("Authorization", "")
    if not constant_time_compare(shown, f"Bearer {settings.METRICS_KEY}"):
        challenge = {"WWW-Authenticate": "Bearer"}
        return HttpResponse("A key is needed.\n", status=UNAUTHORIZED, headers=challenge)
    return HttpResponse("".join(_lines()), content_type=CONTENT_TYPE)


def _lines() -> Iterator[str]:
    with connection.cursor() as cursor:
        for metric in METRICS:
            cursor.execute(metric.sql)
            yield from _written(metric, cursor.fetchall())
    armed = Metric("sending_armed", "Whether this server may send with its database.", "")
    yield from _written(armed, [(int(is_armed()),)])


def _written(metric: Metric, rows: list[tuple[object, ...]]) -> Iterator[str]:
    """Lines of one metric. Nothing that waits has waited for no time."""
    name = f"advocacy_{metric.name}"
    yield f"# HELP {name} {metric.says}\n# TYPE {name} gauge\n"
    for *labels, value in rows:
        label = f'{{{metric.label}="{labels[0]}"}}' if labels else ""
        yield f"{name}{label} {float(value or 0):.15g}\n"  # type: ignore[arg-type]
