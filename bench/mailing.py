"""Bulk mail from the frozen ledger to a sink, against stock Django, raw SMTP and smtplib.

Each contender runs in a process of its own and sends to the same sink; they take turns. After
every turn the sink must have accepted one mail for each who was owed one, and no other.
"""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.ledger import reconcile
from bench.report import OURS, Comparison, Report, Round
from bench.servers import Meter, Servers
from deploy.local import ports
from tests.rig.tcp_proxy import TCPProxy

STOCK, RAW, SMTPLIB = "stock Django", "raw pipelined SMTP", "smtplib"
SIZE = """
SELECT sum(pg_total_relation_size(c.oid)), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')
FROM pg_class c WHERE c.relname = ANY(%s)
"""
LEDGER_TABLES = [f"mailings_{name}" for name in ("recipient", "chunk", "deferral", "lanesequence")]
CONNECTIONS = (1, 4)
# Seconds to the far mail server and back.
THERE_AND_BACK = 0.1


@dataclass(frozen=True)
class Plan:
    """How many mails: ours and the lean ones, stock Django's, and to the far sink (0: none)."""

    people: int
    stock: int
    rounds: int
    far: int


@dataclass(frozen=True)
class _Run:
    """One contender's turn. `mailing` is whose content it sends, and whose audience if ours."""

    contender: str
    kind: str
    connections: int
    people: int
    mailing: int
    domain: str


def measure(servers: Servers, report: Report, plan: Plan) -> None:
    """Everything about bulk mail, into the report."""
    near = plan.rounds * len(CONNECTIONS)
    sizes = [plan.people] * near + ([plan.far] if plan.far else [])
    mailings = iter(
        json.loads(servers.run("-m", "bench.with_django", "bench.audience", *map(str, sizes)))
    )
    for _ in range(plan.rounds):
        for connections in CONNECTIONS:
            mailing, domain, size = next(mailings)
            section = f"mail, {connections} connection{'s' if connections > 1 else ''}"
            for contender, kind, people in _contenders(plan, connections):
                own = domain if kind == "ours" else f"{kind}.{domain}"
                run = _Run(contender, kind, connections, people, mailing, own)
                report.add(_turn(servers, report, section, run, servers.sink.url))
    report.notes.append(f"Each mail has {size:,} bytes.")
    for connections in CONNECTIONS:
        report.comparisons += _comparisons(connections)
    if plan.far:
        _far(servers, report, plan, *next(mailings))


def _contenders(plan: Plan, connections: int) -> list[tuple[str, str, int]]:
    ours, raw = (OURS, "ours", plan.people), (RAW, "raw", plan.people)
    if connections > 1:
        return [ours, raw]
    # One open connection is what stock Django has; its template engine is the same with four.
    return [ours, raw, (SMTPLIB, "smtplib", plan.people // 2), (STOCK, "stock", plan.stock)]


def _comparisons(connections: int) -> list[Comparison]:
    section = f"mail, {connections} connection{'s' if connections > 1 else ''}"
    speed, cost = "per second", "CPU ms"
    if connections > 1:
        return [Comparison(section, speed, after=1000), Comparison(section, speed, RAW)]
    return [
        Comparison(section, speed),
        Comparison(section, cost, after=0.5, at_least=False),
        *(Comparison(section, speed, against) for against in (STOCK, RAW, SMTPLIB)),
        *(Comparison(section, cost, against, at_least=False) for against in (STOCK, RAW)),
        Comparison(section, "bytes kept each", at_least=False),
    ]


def _far(servers: Servers, report: Report, plan: Plan, mailing: int, domain: str, _: int) -> None:
    """The same to a mail server 100 ms away and back, where waiting is everything."""
    distance = TCPProxy(ports.HOST, urlsplit(servers.sink.url).port or 0)
    distance.latency = THERE_AND_BACK / 2
    distance.start()
    try:
        section = f"mail, 1 connection, {1000 * THERE_AND_BACK:.0f} ms there and back"
        for contender, kind in ((OURS, "ours"), (RAW, "raw")):
            own = domain if kind == "ours" else f"{kind}.{domain}"
            run = _Run(contender, kind, 1, plan.far, mailing, own)
            url = distance.through(servers.sink.url)
            report.add(_turn(servers, report, section, run, url))
        report.comparisons.append(Comparison(section, "per second", RAW))
    finally:
        distance.stop()


def _turn(servers: Servers, report: Report, section: str, run: _Run, url: str) -> Round:
    before = servers.query(SIZE, LEDGER_TABLES)[0]
    meter = Meter({"database": servers.database, "sink": servers.sink.child})
    with meter:
        said = servers.run(
            "-m",
            "bench.with_django",
            "bench.senders",
            run.kind,
            str(run.connections),
            str(run.people),
            str(run.mailing),
            run.domain,
            EMAIL_URL=url,
        )
    found = json.loads(said)
    sent = found["sent"]
    values = {
        "per second": sent / found["wall"],
        "CPU ms": 1000 * found["cpu"] / sent,
        "database CPU ms": 1000 * meter.cpu["database"] / sent,
        "sink CPU ms": 1000 * meter.cpu["sink"] / sent,
        "memory MiB": found["memory"] / 2**20,
        "others % of machine": 100 * meter.others,
    }
    if run.kind == "ours":
        after = servers.query(SIZE, LEDGER_TABLES)[0]
        values["frozen per second"] = sent / found["freezing"]
        values["bytes kept each"] = float(after[0] - before[0]) / sent
        values["WAL bytes each"] = float(after[1] - before[1]) / sent
    report.ledgers.append(
        reconcile(
            f"{section}, {run.contender}",
            promised=_owed(servers, run),
            there=servers.sink.recipients(f"@{run.domain}"),
        )
    )
    return Round(section, run.contender, values)


def _owed(servers: Servers, run: _Run) -> list[str]:
    if run.kind != "ours":
        return [f"reader{number}@{run.domain}" for number in range(run.people)]
    rows = servers.query(
        "SELECT p.email FROM mailings_recipient r JOIN signatures_supporter p"
        " ON p.id = r.supporter_id WHERE r.mailing_id = %s",
        run.mailing,
    )
    return [email for (email,) in rows]
