"""What only staff or a worker needs is not in the memory of every web process."""

import subprocess
import sys

from django.conf import settings

HEAVY = {"anymail.webhooks", "bs4", "campaigns.importing.parsing", "dns.resolver", "requests"}
START = """
import sys
from advocacy.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
print(*sys.modules)
"""


def test_a_web_process_starts_without_what_no_visitor_needs():
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", START],
        cwd=settings.BASE_DIR,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    imported = set(said.split())
    assert "signatures.signing" in imported
    assert not HEAVY & imported
