"""An export of very many signatures through the admin, against PostgreSQL's own COPY of them.

The export goes through gunicorn to a client, as an organizer downloads it; COPY goes straight to
one. Both read the same rows of the same tables, join the same address, and are thrown away here.
`python -m bench.exporting ADDRESS COOKIES` is the client.
"""

import http.client
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg2

from bench.ledger import reconcile
from bench.report import OURS, Comparison, Report, Round
from bench.servers import Meter, Servers, python

COPY = "COPY"
FORMATS = ("csv", "xlsx")
_AT_A_TIME = 250_000

# As the sign form and the confirm page leave them, but for the letters.
_FILL = """
WITH new AS (
    INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code, country)
    SELECT a, a, sha256(a::bytea), 'Ada Lovelace', '10001', 'US'
    FROM generate_series(%s, %s) AS n, concat('exported', n, '@example.org') AS a
    RETURNING id
)
INSERT INTO signatures_signature (campaign_id, supporter_id, statement_id, notice_id, consents,
    name, postal_code, country, comment, referrer_code, state, confirmed_at, counted_at)
SELECT c.id, new.id, s.id, n.id, true, 'Ada Lovelace', '10001', 'US',
    CASE WHEN new.id %% 10 = 0 THEN 'It matters to me and to everyone I know.' ELSE '' END, 'email',
    'counted', now(), now()
FROM new, campaigns_campaign c
JOIN campaigns_statement s ON s.campaign_id = c.id
JOIN campaigns_consentnotice n ON n.campaign_id = c.id
"""

# The columns of an export, in PostgreSQL's own words.
_COPY = """
COPY (
    SELECT s.id, s.name, p.email, s.postal_code, s.country, s.comment, s.answers, s.state,
        s.created_at, s.confirmed_at, s.counted_at, s.shows_name, s.referrer_code, s.sharer_id,
        s.mailing_number, t.version, s.consents, COALESCE(s.confirmed_at, s.created_at),
        n.version AS notice_version, n.text
    FROM signatures_signature s JOIN signatures_supporter p ON p.id = s.supporter_id
    JOIN campaigns_statement t ON t.id = s.statement_id
    JOIN campaigns_consentnotice n ON n.id = s.notice_id
    WHERE p.erased_at IS NULL
) TO STDOUT (FORMAT csv)
"""


@dataclass(frozen=True)
class Plan:
    """How many signatures, and how often each way."""

    signatures: int
    rounds: int


def measure(servers: Servers, report: Report, plan: Plan) -> None:
    """Everything about exports, into the report."""
    there = servers.fill_database("exported")
    for first in range(1, plan.signatures + 1, _AT_A_TIME):
        last = min(first + _AT_A_TIME - 1, plan.signatures)
        servers.query(_FILL, first, last, database="exported")
    servers.vacuum("exported")
    site = servers.start_site("exporting", "advocacy.wsgi", **there)
    sections = [f"export of {plan.signatures:,} as {name.upper()}" for name in FORMATS]
    for _ in range(plan.rounds):
        for file_format, section in zip(FORMATS, sections, strict=True):
            report.add(Round(section, COPY, _copy(there["DATABASE_URL"])))
            asked = json.loads(
                servers.run("-m", "bench.with_django", "bench.asking", file_format, **there)
            )
            meter = Meter({"site": site.child, "database": servers.database})
            with _most_memory(site.child.pid) as memory, meter:
                got = json.loads(
                    python(
                        "-m",
                        "bench.exporting",
                        site.url + asked["path"],
                        json.dumps(asked["cookies"]),
                    )
                )
            values = got["values"] | {
                "site CPU ms": 1000 * meter.cpu["site"],
                "memory more MiB": memory[0] / 2**20,
                "others % of machine": 100 * meter.others,
            }
            report.add(Round(section, OURS, values))
            rows = servers.query(
                "SELECT rows FROM signatures_export ORDER BY id DESC LIMIT 1", database="exported"
            )
            report.ledgers.append(
                reconcile(
                    section,
                    promised=[str(plan.signatures), "200"],
                    there=[str(rows[0][0]), str(got["status"])],
                )
            )
    for section in sections:
        report.comparisons += [
            Comparison(section, "first byte s", to_land=1, at_least=False),
            Comparison(section, "memory more MiB", to_land=20, at_least=False),
            Comparison(
                section,
                "seconds",
                COPY,
                to_land=10 if section.endswith("CSV") else None,
                at_least=False,
            ),
        ]
    servers.sites.pop("exporting").close()


def _copy(url: str) -> dict[str, float]:
    sink = _Nowhere()
    connection = psycopg2.connect(url)
    began = time.monotonic()
    with connection, connection.cursor() as cursor:
        cursor.copy_expert(_COPY, sink)
    taken = time.monotonic() - began
    connection.close()
    return {"seconds": taken, "MiB": sink.taken / 2**20}


class _Nowhere:
    """A file that forgets."""

    taken = 0

    def write(self, data: bytes) -> int:
        self.taken += len(data)
        return len(data)


@contextmanager
def _most_memory(pid: int) -> Iterator[list[int]]:
    """By how many bytes the processes of a site grew at most while the block ran."""
    grown, over = [0], Event()
    before = _memory(pid)

    def watch() -> None:
        while not over.wait(0.05):
            grown[0] = max(grown[0], _memory(pid) - before)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        over.set()
        thread.join()


def _memory(pid: int) -> int:
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])


def download(address: str, cookies: dict[str, str]) -> dict[str, Any]:
    """POST to a download link; how long the first byte and the last one took."""
    parts = urlsplit(address)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrf"],
    }
    began = time.monotonic()
    connection.request("POST", parts.path, body="", headers=headers)
    response = connection.getresponse()
    size, first = 0, 0.0
    while piece := response.read1(2**16):
        first = first or time.monotonic() - began
        size += len(piece)
    taken = time.monotonic() - began
    values = {"seconds": taken, "first byte s": first, "MiB": size / 2**20}
    return {"status": response.status, "values": values}


if __name__ == "__main__":
    print(json.dumps(download(sys.argv[1], json.loads(sys.argv[2]))))
