"""Bulk mail from the frozen ledger to a sink, against stock Django, raw SMTP and smtplib.

Each contender runs in a process of its own and sends to the same sink; they take turns. After
every turn the sink must have accepted one mail for each who was owed one, and no other.
"""

import json
import time
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.ledger import reconcile
from bench.report import OURS, Comparison, Report, Round
from bench.servers import Meter, Servers
from deploy.local import ports
from tests.rig.tcp_proxy import TCPProxy

DIGEST = "digest"
# To a server that does not offer CHUNKING: two round trips a mail instead of one.
BY_DATA = "ours by DATA"
STOCK, RAW, SMTPLIB = "stock Django", "raw pipelined SMTP", "smtplib"
SIZE = """
SELECT sum(pg_total_relation_size(c.oid)), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')
FROM pg_class c WHERE c.relname = ANY(%s)
"""
LEDGER_TABLES = [f"mailings_{name}" for name in ("recipient", "chunk", "deferral", "lanesequence")]
CONNECTIONS = (1, 8)
# Seconds to the far mail server and back.
THERE_AND_BACK = 0.1
# What the far server's owner allows, and over how many connections it is sent to.
QUOTA, FAR_CONNECTIONS = 200, 64
# While letters are asked for, one every so many seconds, bulk mail has so many mails for each.
LETTER_DOMAIN, LETTERS_APART, MAILS_FOR_A_LETTER = "@letters.example.org", 0.5, 2_000
# Seconds in which a million recipients are to be written down.
FREEZE_A_MILLION = (30, 15)


@dataclass(frozen=True)
class Plan:
    """How many mails: ours and the lean ones, stock Django's, those that letters leave beside, and
    to the far sink (0: none), over one connection and with a quota."""

    people: int
    stock: int
    rounds: int
    beside_letters: int
    far: int
    far_with_quota: int = 0


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
    mailings = _made(servers, plan)
    for _ in range(plan.rounds):
        for connections in CONNECTIONS:
            mailing, domain, size = next(mailings)
            section = _near(connections)
            for contender, kind, people in _contenders(plan, connections):
                own = domain if kind == "ours" else f"{kind}.{domain}"
                run = _Run(contender, kind, connections, people, mailing, own)
                report.add(_turn(servers, report, section, run, servers.sink.url))
        mailing, domain, size = next(mailings)
        run = _Run(BY_DATA, "ours", connections, plan.people, mailing, domain)
        report.add(_turn(servers, report, section, run, f"{servers.sink.url}?chunking=off"))
        mailing, domain, whole = next(mailings)
        run = _Run(DIGEST, "ours", connections, plan.people, mailing, domain)
        report.add(_turn(servers, report, section, run, servers.sink.url))
    report.notes.append(f"Each mail has {size:,} bytes, a digest with everything {whole:,}.")
    for connections in CONNECTIONS:
        report.comparisons += _comparisons(connections)
    _letters(servers, report, plan, *next(mailings))
    if plan.far:
        _far(servers, report, plan, *next(mailings))
        _far_with_quota(servers, report, plan, *next(mailings))


def _made(servers: Servers, plan: Plan) -> Iterator[tuple[int, str, int]]:
    """Every mailing in the order of its turn, with its domain and the bytes of a mail."""
    ours = [*CONNECTIONS, BY_DATA]
    asked = [*[str(plan.people)] * len(ours), f"digest:{plan.people}"] * plan.rounds
    asked += [str(plan.beside_letters)]
    asked += [str(plan.far), str(plan.far_with_quota)] if plan.far else []
    made = json.loads(servers.run("-m", "bench.with_django", "bench.audience", *asked))
    return iter(made)


def _near(connections: int) -> str:
    return f"mail, {connections} connection{'s' if connections > 1 else ''}"


def _contenders(plan: Plan, connections: int) -> list[tuple[str, str, int]]:
    ours, raw = (OURS, "ours", plan.people), (RAW, "raw", plan.people)
    # One open connection is what stock Django has, however many others have.
    stock = (STOCK, "stock", plan.stock)
    if connections > 1:
        return [ours, raw, stock]
    return [ours, raw, (SMTPLIB, "smtplib", plan.people // 2), stock]


def _comparisons(connections: int) -> list[Comparison]:
    section = _near(connections)
    speed, cost = "per second", "CPU ms"
    if connections > 1:
        million = [1_000_000 / seconds for seconds in FREEZE_A_MILLION]
        return [
            Comparison(section, speed, after=1000),
            Comparison(section, speed, STOCK, to_land=10, after=15),
            Comparison(section, speed, RAW, to_land=0.25, after=0.4),
            Comparison(section, speed, STOCK, to_land=10, after=15, of=BY_DATA),
            Comparison(section, speed, RAW, to_land=0.25, after=0.4, of=BY_DATA),
            # Of a digest each reader gets what is news to them.
            Comparison(section, speed, OURS, to_land=0.7, of=DIGEST),
            Comparison(section, "bytes kept each", to_land=250, after=200, at_least=False),
            Comparison(section, "frozen per second", to_land=million[0], after=million[1]),
        ]
    return [
        Comparison(section, speed),
        Comparison(section, cost, after=0.5, at_least=False),
        *(Comparison(section, speed, against) for against in (STOCK, RAW, SMTPLIB)),
        *(Comparison(section, cost, against, at_least=False) for against in (STOCK, RAW)),
    ]


def _letters(
    servers: Servers, report: Report, plan: Plan, mailing: int, domain: str, _: int
) -> None:
    """How long confirmations take to leave while bulk mail goes out at full speed."""
    section = "confirmations beside bulk mail"
    run = _Run(OURS, "ours", CONNECTIONS[-1], plan.beside_letters, mailing, domain)
    asking = ("-m", "bench.with_django", "bench.letters", domain.partition(".")[0])
    worker = servers.start_worker("tx")
    with ThreadPoolExecutor(1) as beside:
        bulk = beside.submit(_turn, servers, report, section, run, servers.sink.url)
        many = plan.beside_letters // MAILS_FOR_A_LETTER
        signed = dict(json.loads(servers.run(*asking, str(many), str(LETTERS_APART))))
        turn = bulk.result()
    left = _when_all_have_left(servers, many)
    worker.kill()
    took = [left[address] - asked for address, asked in signed.items() if address in left]
    report.ledgers.append(reconcile(section, promised=signed, there=list(left)))
    turn.values.update({"letters": len(took), "slowest letter s": max(took)})
    report.add(turn)
    report.comparisons.append(
        Comparison(section, "slowest letter s", to_land=10, after=10, at_least=False)
    )


def _when_all_have_left(servers: Servers, many: int) -> dict[str, float]:
    """When the sink accepted each of so many letters; after a minute's patience, those it has."""
    give_up = time.monotonic() + 60
    while True:
        left = servers.sink.arrivals(LETTER_DOMAIN)
        if len(left) >= many or time.monotonic() > give_up:
            return left
        time.sleep(0.2)


@contextmanager
def _distance(servers: Servers) -> Iterator[str]:
    """EMAIL_URL of the sink, 100 ms away and back."""
    distance = TCPProxy(ports.HOST, urlsplit(servers.sink.url).port or 0)
    distance.latency = THERE_AND_BACK / 2
    distance.start()
    try:
        yield distance.through(servers.sink.url)
    finally:
        distance.stop()


def _far(servers: Servers, report: Report, plan: Plan, mailing: int, domain: str, _: int) -> None:
    """The same to a mail server 100 ms away and back, where waiting is everything."""
    section = f"mail, 1 connection, {1000 * THERE_AND_BACK:.0f} ms there and back"
    with _distance(servers) as url:
        for contender, kind in ((OURS, "ours"), (RAW, "raw")):
            own = domain if kind == "ours" else f"{kind}.{domain}"
            run = _Run(contender, kind, 1, plan.far, mailing, own)
            report.add(_turn(servers, report, section, run, url))
    report.comparisons.append(Comparison(section, "per second", RAW))


def _far_with_quota(
    servers: Servers, report: Report, plan: Plan, mailing: int, domain: str, _: int
) -> None:
    """The same over many connections, with a quota to use and never to exceed."""
    section = (
        f"mail, {FAR_CONNECTIONS} connections, {1000 * THERE_AND_BACK:.0f} ms there and back,"
        f" at most {QUOTA} a second"
    )
    servers.query("UPDATE mailings_lane SET per_second = %s WHERE number = 0 RETURNING 1", QUOTA)
    with _distance(servers) as url:
        run = _Run(OURS, "ours", FAR_CONNECTIONS, plan.far_with_quota, mailing, domain)
        turn = _turn(servers, report, section, run, url)
    times = list(servers.sink.arrivals(f"@{domain}").values())
    turn.values["% of the quota"] = 100 * (len(times) - 1) / (times[-1] - times[0]) / QUOTA
    turn.values["busiest second"] = max(
        bisect_left(times, begun + 1) - position for position, begun in enumerate(times)
    )
    report.add(turn)
    report.comparisons += [
        Comparison(section, "% of the quota", to_land=90, after=95),
        Comparison(section, "busiest second", to_land=QUOTA, at_least=False),
    ]


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
