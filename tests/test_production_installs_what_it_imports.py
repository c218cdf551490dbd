"""Whoever installs for production, or for a laptop, gets all that the product imports.

The tests' own packages are at hand whenever tests run, so a missing line would show nowhere else.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest

from tests.test_architecture import MAY_IMPORT, OUTSIDE, ROOT, files, imports

INSTALLED = packages_distributions()
NAMED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def normalized(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named_in(requirements: str) -> set[str]:
    """Distributions that a file of requirements names, and the files that it takes in."""
    text = (ROOT / requirements).read_text()
    found = {normalized(name) for name in NAMED.findall(text)}
    for other in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        found |= named_in(other)
    return found


def missing(room: str, requirements: str) -> Iterator[str]:
    ours = set(MAY_IMPORT) | OUTSIDE | {"manage"}
    named = named_in(requirements)
    for path in files(room):
        for package in {*imports(path)} - ours - sys.stdlib_module_names:
            if not named & {normalized(one) for one in INSTALLED.get(package, [])}:
                yield f"{path.relative_to(ROOT)} imports {package}"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_production_installs_what_the_product_imports(room):
    assert not set(missing(room, "requirements.txt"))


def test_a_laptop_installs_what_starts_the_site_there():
    assert not set(missing("deploy", "requirements-local.txt"))
