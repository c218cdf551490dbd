"""Pages and counts: by the application alone against bare Django, behind nginx against its files.

And what a web worker weighs when it has answered ten thousand requests of all kinds.
"""

from dataclasses import dataclass

import psutil

from bench import http_client, wrk
from bench.http_client import Load, Result
from bench.report import OURS, Comparison, Round
from bench.servers import Meter
from bench.turns import BARE, PAGE, Turns, measured, visit
from deploy.local import ports
from tests.rig import nginx

FILE = "a file of nginx"
COUNT = f"{PAGE}count.json"
MANY_REQUESTS = 10_000
MOST_MEGABYTES = 90


@dataclass(frozen=True)
class Plan:
    """How much of it."""

    visitors: tuple[int, ...]
    rounds: int
    seconds: float


def measure(turns: Turns, plan: Plan) -> None:
    """Everything about reading, into the report."""
    for visitors in plan.visitors:
        _application_alone(turns, plan, visitors)
    _memory(turns)
    if nginx.find() is None or not wrk.is_there():
        why = wrk.ADVICE if nginx.find() else nginx.ADVICE
        turns.report.notes.append(f"Nothing was measured behind nginx: {why}.")
        return
    _behind_nginx(turns, plan)


def _application_alone(turns: Turns, plan: Plan, visitors: int) -> None:
    section = f"page GET, {visitors} at once"
    for _ in range(plan.rounds):
        for contender, path in ((OURS, PAGE), (BARE, "/")):
            port = ports.number(turns.servers.sites[contender].listener)
            meter = turns.meter(contender)
            with meter:
                result = _read(turns, port, path, visitors, plan.seconds)
            turns.note(f"page, {contender}", contender, result)
            turns.report.add(Round(section, contender, measured(result, meter)))
    turns.report.comparisons += [
        Comparison(section, "per second", BARE, to_land=0.5, after=0.8),
        Comparison(section, "site CPU ms", BARE, at_least=False),
        Comparison(section, "errors", to_land=0, after=0, at_least=False),
    ]


def _behind_nginx(turns: Turns, plan: Plan, visitors: int = 50) -> None:
    """The shipped configuration against the same nginx with the same bytes in a file."""
    proxy = turns.servers.start_nginx(turns.servers.sites[OURS])
    (proxy.static / "page.html").write_bytes(turns.page)
    (proxy.static / "count.json").write_bytes(b'{"signatures": 123456, "goal": 200000}')
    for what, path, file in (("page", PAGE, "page.html"), ("count", COUNT, "count.json")):
        section = f"{what} behind nginx, {visitors} at once"
        for _ in range(plan.rounds):
            for contender, port, asked in (
                (OURS, proxy.port, path),
                (FILE, proxy.static_port, f"/{file}"),
            ):
                meter = Meter({"nginx": proxy.child})
                with meter:
                    url = f"http://{ports.HOST}:{port}{asked}"
                    result = wrk.visit(turns.servers.folder, url, visitors, plan.seconds)
                turns.report.add(Round(section, contender, measured(result, meter)))
        turns.report.comparisons += [
            Comparison(section, "per second", FILE, to_land=0.5, after=0.85),
            Comparison(section, "nginx CPU ms", FILE, at_least=False),
            Comparison(section, "errors", to_land=0, after=0, at_least=False),
        ]


def _memory(turns: Turns) -> None:
    """The largest web worker, after signatures, pages and counts."""
    section = f"a web worker after {MANY_REQUESTS:,} requests"
    port = ports.number(turns.servers.sites[OURS].listener)
    turns.note("memory, count", OURS, _read(turns, port, COUNT, 8, 1.0))
    while turns.answered[OURS] < MANY_REQUESTS:
        turns.note("memory, page", OURS, _read(turns, port, PAGE, 8, 1.0))
    workers = psutil.Process(turns.servers.sites[OURS].child.pid).children()
    weights = [worker.memory_full_info() for worker in workers]
    values = {
        "MB": max(weight.rss for weight in weights) / 1e6,
        "MB of its own": max(weight.pss for weight in weights) / 1e6,
        "requests": float(turns.answered[OURS]),
    }
    turns.report.add(Round(section, OURS, values))
    limit = MOST_MEGABYTES
    turns.report.comparisons.append(
        Comparison(section, "MB", to_land=limit, after=limit, at_least=False)
    )


def _read(turns: Turns, port: int, path: str, visitors: int, seconds: float) -> Result:
    """By `wrk` where there is one: our own client would be busier than the site."""
    if wrk.is_there():
        url = f"http://{ports.HOST}:{port}{path}"
        return wrk.visit(turns.servers.folder, url, visitors, seconds)
    return visit(
        Load(
            port=port,
            visitors=visitors,
            seconds=seconds,
            request=http_client.get(path),
            status=200,
        )
    )
