"""The flash crowd, end to end: a link went round, and everybody comes at once.

20,000 signatures a minute and many more readers and count polls through nginx, while confirmation
mails leave to a mail server, one web worker is killed, and the worker that sends the letters too.
Nobody may see an error, and nothing that was acknowledged may be missing.
"""

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import http_client
from bench.form import sign_fields
from bench.http_client import Load, Result
from bench.ledger import reconcile
from bench.report import OURS, Comparison, Report, Round
from bench.servers import Meter, Servers
from bench.turns import PAGE, measured, signed_with_letter, visit
from tests.rig import nginx

SIGNATURES_A_MINUTE = 20_000
PAGES_A_SECOND = 400
POLLS_A_SECOND = 200
# Browsers that have a connection open; more than are served at once wait in it.
SIGNERS, READERS, POLLERS = 200, 50, 50
FIRST_NETWORK = 4_000_000
LABEL = "flash"
# A worker that died is started again by the system after so long.
RESTART_SECONDS = 1.0
LETTERS_WITHIN = 300.0


@dataclass(frozen=True)
class Plan:
    """How long the crowd keeps coming."""

    seconds: float


def measure(servers: Servers, report: Report, plan: Plan) -> None:
    """The whole crowd, into the report."""
    if nginx.find() is None:
        report.notes.append(f"There was no flash crowd: {nginx.ADVICE}.")
        return
    site = servers.sites[OURS]
    proxy = servers.start_nginx(site)
    worker = servers.start_worker("tx")
    ledger = servers.folder / "flash.acknowledged"
    ledger.touch()
    loads = _loads(proxy, plan, ledger)
    meter = Meter({"site": site.child, "nginx": proxy.child, "database": servers.database})
    began = time.monotonic()
    with meter, ThreadPoolExecutor(len(loads)) as crowd:
        coming = {name: crowd.submit(visit, load) for name, load in loads.items()}
        time.sleep(plan.seconds / 3)
        psutil.Process(site.child.pid).children()[0].kill()
        time.sleep(plan.seconds / 3)
        worker.kill()
        time.sleep(RESTART_SECONDS)
        worker.start()
        results = {name: future.result() for name, future in coming.items()}
    promised = ledger.read_text().split()
    last = _wait_for_letters(servers, len(promised))
    _report(report, results, meter)
    values = {"seconds until the last letter left": last - began, "signatures": len(promised)}
    report.add(Round("flash crowd, letters", OURS, values))
    _reconcile(servers, report, promised, results["signatures"])
    worker.kill()


def _loads(proxy: nginx.Nginx, plan: Plan, ledger: Path) -> dict[str, Load]:
    """Signers, readers and polls, all through nginx."""
    with urllib.request.urlopen(proxy.url + PAGE, timeout=10) as answer:
        fields = sign_fields(answer.read().decode())
    signers = Load(
        port=proxy.port,
        visitors=SIGNERS,
        seconds=plan.seconds,
        request=http_client.post(PAGE, fields),
        status=303,
        label=LABEL,
        ledger=str(ledger),
        rate=SIGNATURES_A_MINUTE / 60,
        first_network=FIRST_NETWORK,
    )
    readers = Load(
        port=proxy.port,
        visitors=READERS,
        seconds=plan.seconds,
        request=http_client.get(PAGE),
        status=200,
        rate=PAGES_A_SECOND,
    )
    polls = Load(
        port=proxy.port,
        visitors=POLLERS,
        seconds=plan.seconds,
        request=http_client.get(f"{PAGE}count.json"),
        status=200,
        rate=POLLS_A_SECOND,
    )
    return {"signatures": signers, "pages": readers, "counts": polls}


def _wait_for_letters(servers: Servers, many: int) -> float:
    """When the last letter of the crowd had left, or patience ended."""
    deadline = time.monotonic() + LETTERS_WITHIN
    waiting = (
        "SELECT count(*) FROM signatures_letter l JOIN signatures_supporter p"
        " ON p.id = l.supporter_id WHERE p.email LIKE %s AND l.sent_at IS NULL"
    )
    while many and servers.query(waiting, f"{LABEL}%")[0][0] and time.monotonic() < deadline:
        time.sleep(0.5)
    return time.monotonic()


def _report(report: Report, results: dict[str, Result], meter: Meter) -> None:
    for name, result in results.items():
        section = f"flash crowd, {name}"
        values = measured(result, meter)
        values["per minute"] = 60 * values.pop("per second")
        for spent in [key for key in values if key.endswith("CPU ms")]:
            del values[spent]
        report.add(Round(section, OURS, values))
        if result.first_error:
            report.notes.append(f"{section}: {result.first_error!r}")
        report.comparisons.append(Comparison(section, "errors", to_land=0, after=0, at_least=False))
    report.comparisons.append(Comparison("flash crowd, signatures", "per minute"))


def _reconcile(servers: Servers, report: Report, promised: list[str], signers: Result) -> None:
    """Each has one signature and one letter, and its mail; a killed worker may mail one twice."""
    report.ledgers.append(
        reconcile(
            "signatures of the flash crowd",
            promised=promised,
            there=signed_with_letter(servers, f"{LABEL}%"),
            unanswered=signers.errors,
        )
    )
    mailed = [who for who in servers.sink.recipients("@example.org") if who.startswith(LABEL)]
    report.ledgers.append(
        reconcile(
            "confirmation mails of the flash crowd",
            promised=promised,
            there=set(mailed),
            unanswered=signers.errors,
        )
    )
    if twice := len(mailed) - len(set(mailed)):
        report.notes.append(f"{twice} were mailed twice: they were under way when the worker died.")
