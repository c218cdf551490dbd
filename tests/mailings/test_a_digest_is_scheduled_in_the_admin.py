"""When the next digest goes is chosen in one field, and comes back as it was chosen."""

import pytest
from django.urls import reverse

from mailings.models import DigestSchedule
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def test_a_moment_is_one_field_with_a_label(client):
    campaign = make_campaign()
    client.force_login(make_organizer(campaign.organization))
    scope = campaign.organization.scopes.get(key="activism")
    typed = {"scope": scope.pk, "active": "on", "due_at": "2026-12-24T18:30"}
    answer = client.post(reverse("admin:mailings_digestschedule_add"), typed)
    assert answer.status_code == 302
    schedule = DigestSchedule.objects.get()
    assert f"{schedule.due_at:%Y-%m-%d %H:%M %Z}" == "2026-12-24 18:30 UTC"
    page = client.get(reverse("admin:mailings_digestschedule_change", args=[schedule.pk]))
    assert 'type="datetime-local" name="due_at" value="2026-12-24T18:30:00"' in (
        page.content.decode()
    )
