"""Organizers take a campaign from step to step; where people lose something, they are asked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

FORM = "campaign_form"


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False)


@pytest.fixture
def staff(client: Client, draft: Campaign) -> Client:
    client.force_login(make_organizer(draft.organization))
    return client


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def step_url(campaign: Campaign, step: str) -> str:
    return reverse("admin:campaigns_campaign_step", args=[campaign.pk, step])


def take(staff: Client, campaign: Campaign, step: str, **typed: str) -> str:
    """Press the button on the page of a step; what the next page says."""
    said = words(staff.post(step_url(campaign, step), typed, follow=True))
    campaign.refresh_from_db()
    return said


def logged(campaign: Campaign) -> list[str]:
    entries = LogEntry.objects.filter(object_id=campaign.pk).order_by("pk")
    return [entry.get_change_message() for entry in entries]


@pytest.mark.parametrize(
    ("step", "typed", "state"),
    [
        ("close", {}, "closed"),
        ("deliver", {"outcome": "Handed over."}, "delivered"),
        ("win", {"outcome": "They stopped."}, "won"),
        ("lose", {"outcome": "They go on."}, "lost"),
        ("withdraw", {"outcome": "It named the wrong company."}, "withdrawn"),
    ],
)
def test_the_end_is_asked_about_first_then_made_and_logged(staff, draft, step, typed, state):
    draft.publish()
    asked = words(staff.get(step_url(draft, step)))
    assert "Back, and change nothing" in asked
    draft.refresh_from_db()
    assert draft.state == "open"
    said = take(staff, draft, step, **typed)
    assert draft.state == state
    assert draft.outcome == typed.get("outcome", "")
    assert logged(draft)[-1] in said
    # The same button on a page that somebody left open.
    before = len(logged(draft))
    assert "Somebody was faster" in take(staff, draft, step, **typed)
    assert len(logged(draft)) == before


def test_a_step_saves_what_was_typed_beside_it_before_it_asks(staff, draft):
    draft.publish()
    answer = save(staff, change_url(draft), FORM, headline="Tell Amazon: Now", _step="close")
    draft.refresh_from_db()
    assert (draft.headline, draft.state) == ("Tell Amazon: Now", "open")
    assert answer.redirect_chain[-1][0] == step_url(draft, "close")


def test_what_cannot_be_saved_takes_no_step(staff, draft):
    answer = save(staff, change_url(draft), FORM, headline="", _publish="1")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert answer.context["adminform"].form.errors["headline"]


def test_only_the_steps_that_lead_on_are_offered(staff, draft):
    def offered() -> set[str]:
        page = staff.get(change_url(draft))
        return {step.name for step in page.context["steps"]}

    assert offered() == {"publish", "schedule"}
    draft.publish()
    assert offered() == {"close", "deliver", "win", "lose", "withdraw"}
    draft.win()
    assert offered() == {"lose", "reopen", "withdraw"}


def test_withdrawing_needs_a_note(staff, draft):
    draft.publish()
    answer = staff.post(step_url(draft, "withdraw"), {"outcome": " "})
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.state == "open"


def test_a_campaign_is_scheduled_in_its_own_time_zone_and_told_in_both(staff, draft):
    Campaign.objects.filter(pk=draft.pk).update(time_zone="America/New_York")
    said = take(staff, draft, "schedule", opens_at="2031-07-01T18:00")
    assert draft.state == "scheduled"
    assert draft.opens_at == datetime(2031, 7, 1, 22, 0, tzinfo=UTC)
    assert "1 Jul 2031, 18:00 (America/New York), which is 22:00 UTC" in said
    assert "Unschedule" in said
    save(staff, change_url(draft), FORM, _step="unschedule")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert logged(draft)[-1].startswith("Unscheduled")


@pytest.mark.parametrize(
    ("opens_at", "says"),
    [
        ("2020-01-01T10:00", "This time has passed."),
        ("", "This field is required."),
        ("soon", "Enter a valid date/time."),
        # Clocks in New York jump from 2 to 3 that night.
        ("2031-03-09T02:30", "there is no 02:30. Choose 01:30 or earlier, or 03:30 or later."),
        ("2031-11-02T01:30", "clocks go back in America/New York, so 01:30 comes twice."),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_in_words(staff, draft, opens_at, says):
    Campaign.objects.filter(pk=draft.pk).update(time_zone="America/New_York")
    answer = staff.post(step_url(draft, "schedule"), {"opens_at": opens_at})
    assert answer.status_code == 422
    assert says in words(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_f22_the_closing_time_is_typed_in_the_zone_of_the_campaign(staff, draft):
    save(staff, change_url(draft), FORM, time_zone="Europe/London", closes_at="2031-07-01T18:00")
    draft.refresh_from_db()
    assert draft.closes_at == datetime(2031, 7, 1, 17, 0, tzinfo=UTC)
    page = staff.get(change_url(draft))
    assert form_on(page, FORM)["closes_at"] == ["2031-07-01T18:00"]
    assert "18:00 (Europe/London), which is 17:00 UTC" in words(page)
    # Saved again untouched, it stays the same moment.
    save(staff, change_url(draft), FORM)
    draft.refresh_from_db()
    assert draft.closes_at == datetime(2031, 7, 1, 17, 0, tzinfo=UTC)


def test_a_closing_time_in_the_past_is_refused(staff, draft):
    answer = save(staff, change_url(draft), FORM, closes_at="2020-01-01T10:00")
    assert "This time has passed." in words(answer)


def test_a_worker_that_closes_it_while_somebody_edits_is_not_undone(staff, draft):
    draft.publish()
    page = form_on(staff.get(change_url(draft)), FORM)
    draft.close()
    staff.post(change_url(draft), page | {"headline": "Tell Amazon: Now", "_save": "1"})
    draft.refresh_from_db()
    assert (draft.headline, draft.state) == ("Tell Amazon: Now", "closed")


def test_a_closed_campaign_is_opened_again(staff, draft):
    draft.publish()
    draft.close()
    said = take(staff, draft, "reopen")
    assert draft.state == "open" and draft.closed_at is None
    assert "the page takes signatures" in said


def test_nothing_is_opened_again_past_its_closing_time(staff, draft):
    draft.publish()
    draft.close()
    Campaign.objects.filter(pk=draft.pk).update(closes_at=timezone.now() - timedelta(days=1))
    assert "Its closing time has passed" in take(staff, draft, "reopen")
    assert draft.state == "closed"


def test_somebody_who_may_only_look_takes_no_step(client, draft):
    user = make_organizer(draft.organization, "reader")
    user.groups.clear()
    user.user_permissions.add(*_permissions("view_campaign"))
    client.force_login(user)
    page = client.get(change_url(draft))
    assert page.status_code == 200 and page.context["steps"] == []
    assert client.post(step_url(draft, "publish")).status_code == 403
    assert client.get(reverse("admin:campaigns_campaign_copy", args=[draft.pk])).status_code == 403
    check = reverse("admin:campaigns_campaign_check", args=[draft.pk])
    assert client.post(check).status_code == 403
    assert client.get(reverse("admin:campaigns_campaign_texts", args=[draft.pk])).status_code == 200


def test_the_landing_page_names_what_is_scheduled(staff, draft):
    draft.schedule(timezone.now() + timedelta(days=1))
    assert f"{draft.headline} scheduled" in words(staff.get(reverse("admin:index")))


def test_an_unknown_step_is_not_found(staff, draft):
    assert staff.get(step_url(draft, "explode")).status_code == 404


def _permissions(*names: str):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names, content_type__app_label="campaigns")


def test_whoever_tells_the_end_is_led_to_telling_it_those_who_signed(staff, draft):
    draft.publish()
    response = staff.post(step_url(draft, "win"), {"outcome": "They stopped."}, follow=True)
    link = f"{reverse('admin:campaigns_update_add')}?campaign={draft.pk}"
    assert f'Tell those who signed: <a href="{link}">' in response.content.decode()
    assert staff.get(link).status_code == 200


def test_a_win_says_what_was_won(staff, draft):
    draft.publish()
    answer = staff.post(step_url(draft, "win"), {"outcome": " "})
    assert answer.status_code == 422
    assert "Say what was won: it stands first on the page." in words(answer)
    draft.refresh_from_db()
    assert draft.state == "open"
    take(staff, draft, "win", outcome="They stopped.")
    assert draft.state == "won"
    emptied = save(staff, change_url(draft), FORM, outcome="")
    assert "Say what was won: it stands first on the page." in words(emptied)
    draft.refresh_from_db()
    assert draft.outcome == "They stopped."
