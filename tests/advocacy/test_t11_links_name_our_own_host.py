"""T11, B63: whatever a request calls this host, every link names SITE_URL."""

import pytest
from django.conf import settings
from django.test import Client

from signatures.letters.outbox import Outbox
from signatures.models import Letter, Signature
from signatures.page_cache import pages
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

VARIANTS = [
    {"Host": "evil.example"},
    {"Host": f"{settings.SITE_HOST}.evil.example"},
    {"Host": f"{settings.SITE_HOST}:80@evil.example"},
    {"Host": f"evil.example/{settings.SITE_HOST}"},
    {"X-Forwarded-Host": "evil.example"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "https://evil.example/"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Server": "evil.example"},
]


@pytest.mark.parametrize("headers", VARIANTS, ids=lambda headers: "&".join(headers.values()))
def test_t11_no_header_changes_a_page_or_a_mail(smtp_sink, headers):
    campaign = make_campaign()
    pages._pages.clear()
    visitor = Client()
    page = visitor.get(campaign.get_absolute_url(), headers=headers)
    if page.status_code == 200:
        assert b"evil.example" not in page.content
        assert settings.SITE_URL.encode() in page.content
    else:
        assert page.status_code == 400
    everyone = Client().get(campaign.get_absolute_url())
    assert everyone.status_code == 200
    assert b"evil.example" not in everyone.content

    fields = {"name": "Ada", "email": "ada@example.org"}
    signed = visitor.post(campaign.get_absolute_url(), fields, headers=headers)
    assert signed.status_code == (303 if page.status_code == 200 else 400)
    assert "evil.example" not in signed.get("Location", "")
    if not Signature.objects.exists():
        assert not Letter.objects.exists()
        return
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    [mail] = smtp_sink.to("ada@example.org")
    assert "evil.example" not in mail.text + mail.html
    assert f"{settings.SITE_URL}/confirm/" in mail.text
