"""`python -m bench` measures everything, in about twenty minutes; `--quick` the core, in two."""

import argparse
import os
import sys
import time
from dataclasses import dataclass

from bench import exporting, flash, mailing, reading, signing, turns
from bench.report import Report, machine
from bench.servers import Servers, running
from deploy.local.programs import CHECKOUT

LATEST = CHECKOUT / "var" / "bench" / "latest.json"
PARTS = ("signing", "reading", "flash", "mailing", "exporting")


@dataclass(frozen=True)
class Plan:
    """How much of each part; None: not at all."""

    signing: signing.Plan
    reading: reading.Plan
    flash: flash.Plan | None
    mailing: mailing.Plan
    exporting: exporting.Plan | None


QUICK = Plan(
    signing=signing.Plan(visitors=(1, 50), existing=0, rounds=3, seconds=1.2),
    reading=reading.Plan(visitors=(1, 50), rounds=3, seconds=1.0),
    flash=None,
    mailing=mailing.Plan(people=2_000, stock=200, rounds=2, beside_letters=8_000, far=0),
    exporting=None,
)
FULL = Plan(
    signing=signing.Plan(visitors=(1, 50, 200), existing=10_000_000, rounds=4, seconds=3.0),
    reading=reading.Plan(visitors=(1, 50), rounds=5, seconds=2.0),
    flash=flash.Plan(seconds=60.0),
    mailing=mailing.Plan(
        people=10_000,
        stock=1_000,
        rounds=3,
        beside_letters=30_000,
        far=100,
        far_with_quota=6_000,
    ),
    exporting=exporting.Plan(signatures=1_000_000, rounds=2),
)
# `--quick --only flash`, or exporting: asked for by name, a short one.
SHORT_FLASH = flash.Plan(seconds=10.0)
SHORT_EXPORT = exporting.Plan(signatures=100_000, rounds=2)


def main() -> int:
    """Run, print, keep; 1 when a ledger does not match."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the core, in under two minutes")
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        with running() as servers:
            report = Report(
                options.quick, machine(servers.folder, servers.query("SHOW server_version")[0][0])
            )
            _warn_of_load(report)
            _measure(servers, report, QUICK if options.quick else FULL, options.only)
    except KeyboardInterrupt:
        print("Stopped; nothing is left running.", file=sys.stderr)
        return 130
    report.notes.append(f"All of it took {time.monotonic() - began:.0f} s.")
    report.write(LATEST)
    print(f"\n{report.text()}\n\nKept in {LATEST.relative_to(CHECKOUT)}.")
    return 0 if report.counts else 1


def _measure(servers: Servers, report: Report, plan: Plan, only: str | None) -> None:
    """Each part, or the one that was asked for by name."""
    if only in (None, "signing", "reading"):
        sites = turns.ready(servers, report)
        if only != "reading":
            signing.measure(sites, plan.signing)
        if only != "signing":
            reading.measure(sites, plan.reading)
        report.ledgers += sites.ledgers()
    if only == "flash" or (only is None and plan.flash):
        flash.measure(servers, report, plan.flash or SHORT_FLASH)
    if only in (None, "mailing"):
        mailing.measure(servers, report, plan.mailing)
    if only == "exporting" or (only is None and plan.exporting):
        exporting.measure(servers, report, plan.exporting or SHORT_EXPORT)


def _warn_of_load(report: Report) -> None:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 4:
        report.notes.append(
            f"Something else was running (load {load:.1f} on {cores} cores before the start):"
            " trust ratios and CPU times, not rates."
        )


if __name__ == "__main__":
    sys.exit(main())
