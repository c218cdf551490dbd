"""T7: what people typed is text in every screen of staff, in a browser that would run anything."""

import pytest
from django.test import Client
from django.urls import reverse

from signatures.models import Signature
from signatures.staff.exporting import Chosen, ask
from tests.campaigns.admin_pages import make_organizer
from tests.corpus import cases
from tests.factories import make_campaign, make_signature
from tests.journeys.editor import log_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Scripts that ran would set this: alert is what the corpus calls.
WATCH = "window.ran = []; window.alert = what => window.ran.push(String(what));"


def typed_in_corpus() -> list[str]:
    """Every text of B1 to B20 that a column can hold."""
    found = [str(case["typed"]) for case in cases("names") if isinstance(case.get("typed"), str)]
    return [text for text in found if 0 < len(text) <= 255 and "\x00" not in text]


def test_t07_no_screen_of_staff_runs_what_a_signer_typed(open_page, live_site):
    campaign = make_campaign()
    texts = typed_in_corpus()
    assert len(texts) > 15
    for text in texts:
        signature = make_signature(campaign)
        Signature.objects.filter(pk=signature.pk).update(
            name=text, comment=text, referrer_code=text[:64], postal_code=text[:20]
        )
    # CSP would stop most of it; here nothing does but escaping.
    page = open_page(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page.add_init_script(WATCH)
    user = make_organizer(campaign.organization)
    log_in(page, user)
    some = Signature.objects.order_by("pk")[:3]
    addresses = [
        reverse("admin:signatures_signature_changelist"),
        reverse("admin:signatures_campaign_overview", args=[campaign.pk]),
        reverse("admin:signatures_campaign_wave", args=[campaign.pk]) + "?look=1&since=2020-01-01",
        *(reverse("admin:signatures_signature_change", args=[one.pk]) for one in some),
        *(reverse("admin:signatures_signature_state", args=[one.pk, "reject"]) for one in some),
    ]
    for address in addresses:
        answer = page.goto(address)
        assert answer and answer.status == 200, address
        assert page.evaluate("window.ran") == [], address
    page.goto(addresses[0])
    assert "<script>alert(1)</script>" in page.locator("#result_list").inner_text()


def test_t07_an_export_is_no_page():
    campaign = make_campaign()
    signature = make_signature(campaign)
    Signature.objects.filter(pk=signature.pk).update(name="<script>alert(1)</script>")
    user = make_organizer(campaign.organization)
    export, token = ask(
        campaign=campaign, user=user, purpose="x", file_format="csv", chosen=Chosen()
    )
    client = Client()
    client.force_login(user)
    answer = client.post(reverse("admin:signatures_export_download", args=[export.pk, token]))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"<script>alert(1)</script>" in answer.getvalue()
