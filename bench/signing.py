"""The sign POST, against bare Django, against PostgreSQL alone, and among millions of others.

The contenders take turns within one run (ours, bare, PostgreSQL, ours, …), so that whatever else
the machine does falls on all of them.
"""

import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2

from bench.report import OURS, Comparison, Round
from bench.servers import SLUG, Servers, bare_url, python
from bench.turns import BARE, Turns

POSTGRES = "PostgreSQL alone"
CROWDED = "among many"
# As many as gunicorn has threads: more connections than that never reach PostgreSQL.
MOST_CONNECTIONS = 8
INSERT = "INSERT INTO bare_insert (email) VALUES (%s)"
# What a line of PostgreSQL's log says of a statement: by which process, and which.
_STATEMENT = re.compile(r"\[(\d+)\] LOG:  (?:statement|execute [^:]*): *(\w+)")

# Made-up people who signed before and have their letter. Their hashes are nobody's. Foreign keys
# are true by construction, and checking each would take longer than all the rest.
_FILL = f"""
SET session_replication_role = replica;
SET synchronous_commit = off;
WITH new AS (
    INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code, country)
    SELECT a, a, sha256(a::bytea), '', '', ''
    FROM generate_series(%s, %s) AS n, concat('before', n, '@example.org') AS a
    RETURNING id
), signed AS (
    INSERT INTO signatures_signature (campaign_id, supporter_id, statement_id, notice_id, consents,
        name, postal_code, country, comment, referrer_code, state)
    SELECT c.id, new.id, s.id, n.id, true, 'Ada Lovelace', '', '', '', '', 'pending'
    FROM new, campaigns_campaign c
    JOIN campaigns_statement s ON s.campaign_id = c.id
    JOIN campaigns_consentnotice n ON n.campaign_id = c.id
    WHERE c.slug = '{SLUG}'
    RETURNING id, campaign_id, supporter_id
), letters AS (
    INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason, sent_at)
    SELECT 'confirm', supporter_id, id, 1, '', now() FROM signed
)
INSERT INTO signatures_countshard AS old (campaign_id, day, shard, pending, counted, opted_in)
SELECT campaign_id, CURRENT_DATE - 1, 0, count(*), 0, 0 FROM signed GROUP BY campaign_id
ON CONFLICT (campaign_id, day, shard) DO UPDATE SET pending = old.pending + EXCLUDED.pending
"""  # noqa: S608
_AT_A_TIME = 500_000


@dataclass(frozen=True)
class Plan:
    """How much of it. `existing` is how many signed before, in the crowded database; 0: none."""

    visitors: tuple[int, ...]
    existing: int
    rounds: int
    seconds: float


def measure(turns: Turns, plan: Plan) -> None:
    """Everything about signing, into the report."""
    for visitors in plan.visitors:
        _against_the_yardsticks(turns, plan, visitors)
    _statements(turns)
    if plan.existing:
        _among_many(turns, plan)


def _against_the_yardsticks(turns: Turns, plan: Plan, visitors: int) -> None:
    section = f"sign POST, {visitors} at once"
    for _ in range(plan.rounds):
        for contender in (OURS, BARE):
            values = turns.sign(contender, visitors, plan.seconds)
            turns.report.add(Round(section, contender, values))
        connections = min(visitors, MOST_CONNECTIONS)
        rate = _insert_alone(turns.servers, connections, plan.seconds * 0.6)
        turns.report.add(Round(section, POSTGRES, {"per second": rate}))
    turns.report.comparisons += [
        Comparison(section, "per second", BARE, to_land=0.4, after=0.7),
        Comparison(section, "p95 ms", BARE, at_least=False),
        Comparison(section, "site CPU ms", BARE, at_least=False),
        Comparison(section, "per second", POSTGRES),
        Comparison(section, "errors", to_land=0, after=0, at_least=False),
    ]
    if visitors == 50:
        turns.report.comparisons.append(
            Comparison(section, "p95 ms", to_land=150, after=150, at_least=False)
        )


def _statements(turns: Turns, signatures: int = 20) -> None:
    """What one signature asks of PostgreSQL, by PostgreSQL's own log."""
    section = "what a signature asks of PostgreSQL"
    turns.servers.configure("log_statement", "all")
    time.sleep(0.5)
    log = turns.servers.postgres.log
    begins = log.stat().st_size
    turns.sign(OURS, 1, 1.0, rate=signatures)
    time.sleep(0.2)
    with log.open("rb") as lines:
        lines.seek(begins)
        said = lines.read().decode(errors="replace")
    turns.servers.configure("log_statement", "none")
    kinds = list(_work(said))
    values = {
        "statements": kinds.count("statement") / signatures,
        "commits": kinds.count("commit") / signatures,
    }
    turns.report.add(Round(section, OURS, values))
    turns.report.comparisons += [
        Comparison(section, "statements", to_land=5, after=5, at_least=False),
        Comparison(section, "commits", to_land=1, after=1, at_least=False),
    ]


def _work(said: str) -> Iterator[str]:
    """`statement` and `commit` for each in a log. Outside a transaction all but SELECT commits."""
    within: set[str] = set()
    for process, verb in _STATEMENT.findall(said):
        match verb.upper():
            case "BEGIN":
                within.add(process)
            case "COMMIT":
                within.discard(process)
                yield "commit"
            case other:
                yield "statement"
                if process not in within and other != "SELECT":
                    yield "commit"


def _among_many(turns: Turns, plan: Plan) -> None:
    """The same signature in a database of millions, turn by turn with one of thousands."""
    section = f"sign POST, 1 at once, {plan.existing:,} signatures before"
    began = time.monotonic()
    there = turns.servers.fill_database("crowded")
    for first in range(1, plan.existing + 1, _AT_A_TIME):
        last = min(first + _AT_A_TIME - 1, plan.existing)
        turns.servers.query(_FILL, first, last, database="crowded")
    turns.servers.vacuum("crowded")
    turns.report.notes.append(
        f"Filling in {plan.existing:,} signatures took {time.monotonic() - began:.0f} s."
    )
    turns.servers.start_site(CROWDED, "advocacy.wsgi", **there)
    turns.add_contender(CROWDED, turns.requests[OURS])
    turns.sign(CROWDED, 8, 1.0)
    for _ in range(plan.rounds):
        # In the report the crowded database is ours, and the empty one what it is held against.
        for contender, name in ((CROWDED, OURS), (OURS, "with none")):
            turns.report.add(Round(section, name, turns.sign(contender, 1, plan.seconds)))
    turns.report.comparisons.append(
        Comparison(section, "p50 ms", "with none", to_land=1.3, after=1.1, at_least=False)
    )
    turns.servers.sites.pop(CROWDED).close()


def _insert_alone(servers: Servers, connections: int, seconds: float) -> float:
    """Durable one-row inserts a second, by that many connections in a process of their own."""
    url = bare_url(servers)
    return float(python("-m", "bench.signing", url, str(connections), str(seconds)))


def insert_for(url: str, connections: int, seconds: float) -> float:
    """Insert, commit, again, on each of some connections; rows a second in all."""
    opened = [psycopg2.connect(url) for _ in range(connections)]
    counts = [0] * connections
    end = time.monotonic() + seconds

    def insert(number: int) -> None:
        with opened[number].cursor() as cursor:
            while time.monotonic() < end:
                cursor.execute(INSERT, ["postgres@example.org"])
                opened[number].commit()
                counts[number] += 1

    began = time.monotonic()
    threads = [threading.Thread(target=insert, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)


if __name__ == "__main__":
    print(insert_for(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
