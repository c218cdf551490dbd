"""Visitors fast enough for nginx: `wrk`, a client in C that many systems have as a package."""

import json
import resource
import shutil
import subprocess
from pathlib import Path

from bench.http_client import Result

ADVICE = "wrk is not installed (apt-get install wrk)"
_SAY = """
done = function(summary, latency)
  local bad = summary.errors
  io.stderr:write(string.format(
    '{"done": %d, "errors": %d, "wall": %f, "p50": %f, "p95": %f, "p99": %f}',
    summary.requests - bad.status,
    bad.connect + bad.read + bad.write + bad.status + bad.timeout,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
"""


def is_there() -> bool:
    """Whether this machine has it."""
    return shutil.which("wrk") is not None


def visit(folder: Path, url: str, visitors: int, seconds: float) -> Result:
    """Ask for one address again and again. It counts whole seconds."""
    script = folder / "say.lua"
    script.write_text(_SAY)
    before = _spent()
    said = subprocess.run(
        ["wrk", "-t1", f"-c{visitors}", f"-d{max(round(seconds), 1)}s", "-s", script, url],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ).stderr
    return Result(**json.loads(said), cpu=_spent() - before)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
