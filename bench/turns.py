"""What signing and reading are measured with: both sites ready, turns of load, and the ledger."""

import json
import re
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path
from subprocess import CalledProcessError

from bench import http_client
from bench.form import sign_fields
from bench.http_client import Load, Result
from bench.ledger import Ledger, reconcile
from bench.report import OURS, Report
from bench.servers import SLUG, Meter, Servers, bare_url, python
from deploy.local import ports

BARE = "bare Django"
PAGE = f"/sign/{SLUG}/"
# So far apart are the networks of two turns.
NETWORKS_A_TURN = 20_000


@dataclass
class Turns:
    """Both sites, ready, and what has been promised to whom."""

    servers: Servers
    report: Report
    page: bytes = b""
    requests: dict[str, str] = field(default_factory=dict)
    promised: dict[str, Path] = field(default_factory=dict)
    unanswered: dict[str, int] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    labels: int = 0

    def sign(
        self, contender: str, visitors: int, seconds: float, *, rate: float = 0.0
    ) -> dict[str, float]:
        """Signatures at one site, or what stands for them there, by our own visitors."""
        self.labels += 1
        load = Load(
            port=ports.number(self.servers.sites[contender].listener),
            visitors=visitors,
            seconds=seconds,
            request=self.requests[contender],
            status=200 if contender == BARE else 303,
            label=f"r{self.labels:03d}x",
            ledger=str(self.promised[contender]),
            rate=rate,
            first_network=self.labels * NETWORKS_A_TURN,
        )
        meter = self.meter(contender)
        with meter:
            result = visit(load)
        self.note(f"sign, {contender}", contender, result)
        self.unanswered[contender] += result.errors
        return measured(result, meter)

    def meter(self, contender: str) -> Meter:
        """What one site and PostgreSQL will have cost."""
        site = self.servers.sites[contender]
        return Meter({"site": site.child, "database": self.servers.database})

    def note(self, what: str, contender: str, result: Result) -> None:
        """Count the answers, and keep the first complaint."""
        self.answered[contender] = self.answered.get(contender, 0) + result.done
        if result.first_error:
            self.report.notes.append(f"{what}: {result.first_error!r}")

    def add_contender(self, name: str, request: str) -> None:
        """A site that has been started, and how to sign there."""
        self.requests[name] = request
        self.promised[name] = self.servers.folder / f"{name}.acknowledged"
        self.promised[name].touch()
        self.unanswered[name] = 0

    def ledgers(self) -> list[Ledger]:
        """Everything that was acknowledged, held against the databases."""
        return [self._ledger_of_ours(), self._ledger_of_bare(), self._invariants()]

    def _ledger_of_ours(self) -> Ledger:
        """Each acknowledged address has its signature and the letter that asks to confirm it."""
        return reconcile(
            "signatures",
            promised=self.promised[OURS].read_text().split(),
            there=signed_with_letter(self.servers, "r%"),
            unanswered=self.unanswered[OURS],
        )

    def _ledger_of_bare(self) -> Ledger:
        rows = self.servers.query(
            "SELECT email FROM bare_insert WHERE email LIKE 'r%'", database="bare"
        )
        return reconcile(
            "rows of the bare site",
            promised=self.promised[BARE].read_text().split(),
            there=[email for (email,) in rows],
            unanswered=self.unanswered[BARE],
        )

    def _invariants(self) -> Ledger:
        """What check_invariants says after all that: each invariant is a promise."""
        # No worker sums the count here.
        summing = "from signatures.counting import refresh_tallies; refresh_tallies()"
        self.servers.run("manage.py", "shell", "-c", summing)
        try:
            said = self.servers.run("manage.py", "check_invariants", "--no-color")
        except CalledProcessError as error:
            said = error.stdout
        found = re.findall(r"^ *(\d+)  (.+)$", said, re.MULTILINE)
        return reconcile(
            "invariants of the database",
            promised=[sentence for _, sentence in found],
            there=[sentence for violations, sentence in found if violations == "0"],
        )


def ready(servers: Servers, report: Report) -> Turns:
    """Start the bare site on a copy of our page, and warm both."""
    turns = Turns(servers, report)
    url = servers.sites[OURS].url + PAGE
    with urllib.request.urlopen(url, timeout=10) as answer:
        turns.page = answer.read()
    copy = servers.folder / "page.html"
    copy.write_bytes(turns.page)
    servers.start_site(
        BARE, "bench.bare_site", BARE_DATABASE_URL=bare_url(servers), BARE_PAGE=str(copy)
    )
    fields = sign_fields(turns.page.decode())
    turns.add_contender(OURS, http_client.post(PAGE, fields))
    turns.add_contender(BARE, http_client.post("/", fields))
    for contender in (OURS, BARE):
        turns.sign(contender, 8, 0.5)
    report.notes.append(f"The page has {len(turns.page):,} bytes; the bare site serves the same.")
    return turns


def visit(load: Load) -> Result:
    """Put one load on, from a process of its own."""
    return Result(**json.loads(python("-m", "bench.http_client", json.dumps(asdict(load)))))


def measured(result: Result, meter: Meter) -> dict[str, float]:
    """A turn as a row of the report."""
    done = max(result.done, 1)
    return {
        "per second": result.done / result.wall,
        "p50 ms": result.p50,
        "p95 ms": result.p95,
        "p99 ms": result.p99,
        "errors": result.errors,
        **{f"{name} CPU ms": 1000 * spent / done for name, spent in meter.cpu.items()},
        "client % of a core": 100 * result.cpu / result.wall,
        "others % of machine": 100 * meter.others,
    }


def signed_with_letter(servers: Servers, like: str) -> list[str]:
    """Addresses that have a signature and its letter that asks to confirm, once for each."""
    rows = servers.query(
        "SELECT p.email FROM signatures_signature g JOIN signatures_supporter p"
        " ON p.id = g.supporter_id JOIN signatures_letter l ON l.signature_id = g.id"
        " WHERE l.kind = 'confirm' AND p.email LIKE %s",
        like,
    )
    return [email for (email,) in rows]
