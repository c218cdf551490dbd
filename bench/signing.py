"""Signing and reading the page, against bare Django and against PostgreSQL alone.

The contenders take turns within one run (ours, bare, PostgreSQL, ours, …), so that whatever else
the machine does falls on all of them. After the last turn every acknowledged signature has to be
in the database, once.
"""

import json
import re
import sys
import threading
import time
import urllib.request
from dataclasses import asdict, dataclass, field
from html import unescape
from pathlib import Path
from subprocess import CalledProcessError

import psycopg2

from bench import http_client
from bench.http_client import HOLE, Load, Result
from bench.ledger import Ledger, reconcile
from bench.report import OURS, Comparison, Report, Round
from bench.servers import SLUG, Meter, Servers, bare_url, python
from deploy.local import ports

BARE, POSTGRES = "bare Django", "PostgreSQL alone"
PAGE = f"/sign/{SLUG}/"
# As many as gunicorn has threads: more connections than that never reach PostgreSQL.
MOST_CONNECTIONS = 8
INSERT = "INSERT INTO bare_insert (email) VALUES (%s)"
_HIDDEN = re.compile(r'<input type="hidden" name="(statement|notice)" value="(\d+)"')

# Made-up people who signed before and have their letter. Their hashes are nobody's.
_FILL = f"""
WITH new AS (
    INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code, country)
    SELECT a, a, sha256(a::bytea), '', '', ''
    FROM generate_series(1, %s) AS n, concat('before', n, '@example.org') AS a
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
INSERT INTO signatures_countshard (campaign_id, day, shard, pending, counted, opted_in)
SELECT campaign_id, CURRENT_DATE - 1, 0, count(*), 0, 0 FROM signed GROUP BY campaign_id
"""  # noqa: S608


@dataclass(frozen=True)
class Plan:
    """How much of it. `existing` are numbers of signatures that are there before."""

    visitors: tuple[int, ...]
    existing: tuple[int, ...]
    rounds: int
    seconds: float


@dataclass
class _Bench:
    """Both sites, ready, and what has been promised to whom."""

    servers: Servers
    report: Report
    plan: Plan
    requests: dict[str, str] = field(default_factory=dict)
    promised: dict[str, Path] = field(default_factory=dict)
    unanswered: dict[str, int] = field(default_factory=dict)
    labels: int = 0

    def load(self, contender: str, kind: str, visitors: int, seconds: float) -> Round:
        """One turn of one site; `kind` is `sign` or `page`."""
        site = self.servers.sites[contender]
        self.labels += 1
        load = Load(
            port=ports.number(site.listener),
            visitors=visitors,
            seconds=seconds,
            request=self.requests[f"{kind} {contender}"],
            status=303 if (kind, contender) == ("sign", OURS) else 200,
            label=f"r{self.labels:03d}x",
            ledger=str(self.promised[contender]) if kind == "sign" else "",
        )
        meter = Meter({"site": site.child, "database": self.servers.database})
        with meter:
            result = Result(
                **json.loads(python("-m", "bench.http_client", json.dumps(asdict(load))))
            )
        if result.first_error:
            self.report.notes.append(f"{kind}, {contender}: {result.first_error!r}")
        if kind == "sign":
            self.unanswered[contender] += result.errors
        return Round(kind, contender, _values(result, meter))


def _values(result: Result, meter: Meter) -> dict[str, float]:
    done = max(result.done, 1)
    return {
        "per second": result.done / result.wall,
        "p50 ms": result.p50,
        "p95 ms": result.p95,
        "p99 ms": result.p99,
        "errors": result.errors,
        "site CPU ms": 1000 * meter.cpu["site"] / done,
        "database CPU ms": 1000 * meter.cpu["database"] / done,
        "client % of a core": 100 * result.cpu / result.wall,
        "others % of machine": 100 * meter.others,
    }


def measure(servers: Servers, report: Report, plan: Plan) -> None:
    """Everything about signing and reading, into the report."""
    bench = _ready(servers, report, plan)
    for existing in plan.existing:
        if existing:
            servers.query(_FILL, existing)
            servers.query("ANALYZE signatures_supporter, signatures_signature")
        for visitors in plan.visitors:
            _sign(bench, visitors, existing)
    for visitors in plan.visitors:
        _read(bench, visitors)
    report.ledgers += [_ledger_of_ours(bench), _ledger_of_bare(bench), _invariants(servers)]


def _ready(servers: Servers, report: Report, plan: Plan) -> _Bench:
    """Start the bare site on a copy of our page, and warm both."""
    url = servers.sites[OURS].url + PAGE
    with urllib.request.urlopen(url, timeout=10) as answer:
        page = answer.read()
    copy = servers.folder / "page.html"
    copy.write_bytes(page)
    servers.start_site(
        BARE, "bench.bare_site", BARE_DATABASE_URL=bare_url(servers), BARE_PAGE=str(copy)
    )
    hidden = "".join(f"&{name}={value}" for name, value in _HIDDEN.findall(unescape(page.decode())))
    assert hidden, "the page does not say which versions of its texts it shows"
    bench = _Bench(servers, report, plan)
    bench.requests = {
        f"sign {OURS}": http_client.post(PAGE, f"name=Ada+Lovelace&email={HOLE}{hidden}"),
        f"sign {BARE}": http_client.post("/", f"name=Ada+Lovelace&email={HOLE}{hidden}"),
        f"page {OURS}": http_client.get(PAGE),
        f"page {BARE}": http_client.get("/"),
    }
    for contender in (OURS, BARE):
        bench.promised[contender] = servers.folder / f"{contender}.acknowledged"
        bench.promised[contender].touch()
        bench.unanswered[contender] = 0
        for kind in ("sign", "page"):
            bench.load(contender, kind, 8, 0.5)
    report.notes.append(f"The page has {len(page):,} bytes; the bare site serves the same.")
    return bench


def _sign(bench: _Bench, visitors: int, existing: int) -> None:
    section = f"sign POST, {visitors} at once"
    if len(bench.plan.existing) > 1:
        section += f", {existing:,} signatures before"
    for _ in range(bench.plan.rounds):
        for contender in (OURS, BARE):
            turn = bench.load(contender, "sign", visitors, bench.plan.seconds)
            bench.report.add(Round(section, contender, turn.values))
        connections = min(visitors, MOST_CONNECTIONS)
        rate = _insert_alone(bench.servers, connections, bench.plan.seconds * 0.6)
        bench.report.add(Round(section, POSTGRES, {"per second": rate}))
    bench.report.comparisons += [
        Comparison(section, "per second", BARE),
        Comparison(section, "p95 ms", BARE, at_least=False),
        Comparison(section, "site CPU ms", BARE, at_least=False),
        Comparison(section, "per second", POSTGRES),
    ]


def _read(bench: _Bench, visitors: int) -> None:
    section = f"page GET, {visitors} at once"
    for _ in range(bench.plan.rounds):
        for contender in (OURS, BARE):
            turn = bench.load(contender, "page", visitors, bench.plan.seconds * 0.6)
            bench.report.add(Round(section, contender, turn.values))
    bench.report.comparisons += [
        Comparison(section, "per second", BARE),
        Comparison(section, "site CPU ms", BARE, at_least=False),
    ]


def _insert_alone(servers: Servers, connections: int, seconds: float) -> float:
    """Durable one-row inserts a second, by that many connections in a process of their own."""
    url = bare_url(servers)
    return float(python("-m", "bench.signing", url, str(connections), str(seconds)))


def _ledger_of_ours(bench: _Bench) -> Ledger:
    """Each acknowledged address has its signature and the letter that asks to confirm it."""
    rows = bench.servers.query(
        "SELECT p.email FROM signatures_signature g JOIN signatures_supporter p"
        " ON p.id = g.supporter_id JOIN signatures_letter l ON l.signature_id = g.id"
        " WHERE l.kind = 'confirm' AND p.email LIKE 'r%'"
    )
    return reconcile(
        "signatures",
        promised=bench.promised[OURS].read_text().split(),
        there=[email for (email,) in rows],
        unanswered=bench.unanswered[OURS],
    )


def _ledger_of_bare(bench: _Bench) -> Ledger:
    rows = bench.servers.query(
        "SELECT email FROM bare_insert WHERE email LIKE 'r%'", database="bare"
    )
    return reconcile(
        "rows of the bare site",
        promised=bench.promised[BARE].read_text().split(),
        there=[email for (email,) in rows],
        unanswered=bench.unanswered[BARE],
    )


def _invariants(servers: Servers) -> Ledger:
    """What check_invariants says after all that: each invariant is a promise."""
    try:
        said = servers.run("manage.py", "check_invariants", "--no-color")
    except CalledProcessError as error:
        said = error.stdout
    found = re.findall(r"^ *(\d+)  (.+)$", said, re.MULTILINE)
    return reconcile(
        "invariants of the database",
        promised=[sentence for _, sentence in found],
        there=[sentence for violations, sentence in found if violations == "0"],
    )


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
