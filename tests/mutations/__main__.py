"""`make mutations`: break each guard in a copy of the tree, and see the tests turn red.

Exit status 1 when some guard can be broken without a test that notices, or when the tests fail with
nothing broken.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutations import ROOT, Guard, guards

PASSED, FAILED = 0, 1  # pytest's own exit statuses; any other means that it could not run


def main() -> int:
    """Prints one line for each guard."""
    known = guards()
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        tree = _copy(Path(folder))
        every_test = sorted({test for guard in known for test in guard.tests})
        if _run(tree, every_test) != PASSED:
            print("The tests fail with nothing broken: mend that first.")
            return 1
        missed = [guard for guard in known if not _is_noticed(tree, guard)]
    print(f"{len(known) - len(missed)} of {len(known)} broken guards were noticed.")
    return 1 if missed else 0


def _copy(folder: Path) -> Path:
    """The files that git knows, as they stand now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    tree = folder / "tree"
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = ROOT / name, tree / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return tree


def _is_noticed(tree: Path, guard: Guard) -> bool:
    path = tree / guard.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(guard.line, guard.broken), encoding="utf-8")
    try:
        status = _run(tree, guard.tests)
    finally:
        path.write_text(whole, encoding="utf-8")
    verdict = {PASSED: "NOT NOTICED", FAILED: "noticed"}.get(status, f"could not run ({status})")
    print(f"{verdict:12} {guard.keeps}  [{guard.file}]", flush=True)
    return status == FAILED


def _run(tree: Path, tests: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-x", "--no-header", *tests]
    return subprocess.run(command, cwd=tree, capture_output=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
