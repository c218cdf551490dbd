"""The house: imports point one way, and no app hides a wing that gathers anything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each room, and the rooms below it that it may know.
MAY_IMPORT = {
    "advocacy": {"mailings", "signatures", "campaigns", "postroom"},
    "mailings": {"signatures", "campaigns", "postroom"},
    "signatures": {"campaigns", "postroom"},
    "campaigns": set(),
    "postroom": set(),
}
OUTSIDE = {"tests", "bench", "deploy"}
GATHERS_ANYTHING = {"services", "utils", "helpers", "common", "misc", "stuff"}


def files(room: str) -> Iterator[Path]:
    return (ROOT / room).rglob("*.py")


def imports(path: Path) -> Iterator[str]:
    """Top-level package of everything that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield (node.module or "").split(".")[0]


def string_relations(path: Path) -> Iterator[str]:
    """Apps that model fields name by string: ForeignKey("campaigns.Campaign")."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in {"ForeignKey", "OneToOneField", "ManyToManyField"}:
            named = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "to")]
            for one in named:
                if isinstance(one, ast.Constant) and "." in str(one.value):
                    yield str(one.value).split(".")[0]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_point_one_way(room):
    forbidden = (set(MAY_IMPORT) | OUTSIDE) - MAY_IMPORT[room] - {room}
    wrong = {
        f"{path.relative_to(ROOT)} knows {name}"
        for path in files(room)
        for name in [*imports(path), *string_relations(path)]
        if name in forbidden
    }
    assert not wrong


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_module_gathers_anything(room):
    assert not {path for path in files(room) if path.stem in GATHERS_ANYTHING}


def test_the_test_sees_an_import_that_points_back(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from signatures.models import Letter\n")
    assert "signatures" in set(imports(bad))
    bad.write_text('x = models.ForeignKey("mailings.Mailing", on_delete=1)\n')
    assert set(string_relations(bad)) == {"mailings"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_nothing_in_a_template_is_called_safe(room):
    templates = (ROOT / room).rglob("*.html")
    assert not [path for path in templates if "|safe" in path.read_text()]
