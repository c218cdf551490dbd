"""`python -m bench` measures everything, in about ten minutes; `--quick` the core, in under two."""

import argparse
import os
import sys
import time

from bench import mailing, signing
from bench.report import Report, machine
from bench.servers import running
from deploy.local.programs import CHECKOUT

LATEST = CHECKOUT / "var" / "bench" / "latest.json"

QUICK = (
    signing.Plan(visitors=(1, 50), existing=(0,), rounds=3, seconds=1.6),
    mailing.Plan(people=2_000, stock=200, rounds=2, far=0),
)
FULL = (
    signing.Plan(visitors=(1, 50, 200), existing=(0, 100_000), rounds=4, seconds=3.0),
    mailing.Plan(people=10_000, stock=1_000, rounds=3, far=100),
)


def main() -> int:
    """Run, print, keep; 1 when a ledger does not match."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the core, in under two minutes")
    parser.add_argument("--only", choices=["signing", "mailing"], help="one half of it")
    options = parser.parse_args()
    sign_plan, mail_plan = QUICK if options.quick else FULL
    began = time.monotonic()
    try:
        with running() as servers:
            report = Report(
                options.quick, machine(servers.folder, servers.query("SHOW server_version")[0][0])
            )
            _warn_of_load(report)
            if options.only != "mailing":
                signing.measure(servers, report, sign_plan)
            if options.only != "signing":
                mailing.measure(servers, report, mail_plan)
    except KeyboardInterrupt:
        print("Stopped; nothing is left running.", file=sys.stderr)
        return 130
    report.notes.append(f"All of it took {time.monotonic() - began:.0f} s.")
    report.write(LATEST)
    print(f"\n{report.text()}\n\nKept in {LATEST.relative_to(CHECKOUT)}.")
    return 0 if report.counts else 1


def _warn_of_load(report: Report) -> None:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 4:
        report.notes.append(
            f"Something else was running (load {load:.1f} on {cores} cores before the start):"
            " trust ratios and CPU times, not rates."
        )


if __name__ == "__main__":
    sys.exit(main())
