"""The admin relaxes the content policy for its editor, and nothing else does."""

import re

import pytest
from django.urls import reverse

from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def test_the_import_map_of_the_editor_carries_the_nonce_of_its_response(admin_client):
    url = reverse("admin:campaigns_campaign_change", args=[make_campaign().pk])
    first, second = admin_client.get(url), admin_client.get(url)
    nonces = []
    for page in (first, second):
        policy = page.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy).group(1)
        assert f'<script type="importmap" nonce="{nonce}">' in page.content.decode()
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_the_admin_allows_inline_styles_and_no_inline_script(admin_client):
    policy = admin_client.get(reverse("admin:index")).headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe" not in policy.replace("style-src 'self' 'unsafe-inline'", "")


def test_a_public_page_allows_neither(client):
    policy = client.get(make_campaign().get_absolute_url()).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy and "nonce" not in policy
