"""Staff see which sources are gone, have links checked, and accept archived copies."""

import socket
import time
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from celery import current_app
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Source
from tests.campaigns.admin_pages import form_on, save, words
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

COPY = "https://web.archive.org/web/20180522/https://news.example/"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(organization=make_organization(checks_links=True))


@pytest.fixture
def source(campaign: Campaign) -> Source:
    return Source.objects.create(
        campaign=campaign,
        key="wong-2018",
        title="Recipe for authoritarianism",
        url="https://news.example/",
        fail_count=3,
        http_status=404,
        checked_at=timezone.now(),
        check_due_at=timezone.now() + timedelta(days=1),
    )


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def press_check(staff: Client, campaign: Campaign) -> str:
    return words(
        staff.post(reverse("admin:campaigns_source_check", args=[campaign.pk]), follow=True)
    )


def test_a_source_that_is_gone_is_told_wherever_somebody_looks(staff, campaign, source):
    for url in (reverse("admin:index"), change_url(campaign), _list()):
        assert "gone" in words(staff.get(url)).lower(), url
        assert "wong-2018" in words(staff.get(url)) or source.title in words(staff.get(url)), url
    assert "404" in words(staff.get(_list()))


def _list(query: str = "") -> str:
    return reverse("admin:campaigns_source_changelist") + query


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [("gone", True), ("failing", True), ("suggested", False), ("unchecked", False)],
)
def test_the_list_finds_sources_by_their_state(staff, source, query, is_listed):
    page = staff.get(_list(f"?health={query}"))
    assert (source.title in words(page)) is is_listed


def test_the_button_on_the_campaign_has_its_links_checked(staff, campaign, source):
    page = BeautifulSoup(staff.get(change_url(campaign)).content, "html.parser")
    button = page.find("button", string="Check links now")
    assert button.find_parent("form")["method"] == "post"
    assert "1 link is being checked. Look again in a minute" in press_check(staff, campaign)
    source.refresh_from_db()
    assert source.check_due_at is None


def test_a_get_has_nothing_checked(staff, campaign, source):
    assert staff.get(reverse("admin:campaigns_source_check", args=[campaign.pk])).status_code == 405
    source.refresh_from_db()
    assert source.check_due_at is not None


def test_f07_with_the_broker_hanging_the_button_answers_at_once_and_honestly(
    staff, campaign, source
):
    before = current_app.conf.broker_url
    press_check(staff, campaign)  # what is imported once is imported
    with socket.create_server(("127.0.0.1", 0)) as silent:
        current_app.conf.broker_url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        try:
            start = time.perf_counter()
            response = staff.post(reverse("admin:campaigns_source_check", args=[campaign.pk]))
            took = time.perf_counter() - start
        finally:
            current_app.conf.broker_url = before
    assert took < 2  # a page of the admin; the bell itself is given 50 ms
    assert "The queue does not answer just now" in words(staff.get(response.url))
    source.refresh_from_db()
    assert source in Source.objects.due()  # so the next beat takes it


def test_without_the_organizations_leave_the_button_says_what_to_do(staff, campaign, source):
    campaign.organization.checks_links = False
    campaign.organization.save()
    assert "has not switched on “check the links of sources”" in press_check(staff, campaign)
    source.refresh_from_db()
    assert source.check_due_at is not None


def test_an_organizer_switches_checking_on(staff, campaign):
    campaign.organization.checks_links = False
    campaign.organization.save()
    url = reverse("admin:campaigns_organization_change", args=[campaign.organization.pk])
    save(staff, url, "organization_form", checks_links="on")
    campaign.organization.refresh_from_db()
    assert campaign.organization.checks_links


def test_somebody_who_may_only_look_cannot_ask(client, campaign, source):
    looker = User.objects.create_user("bob", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_source"))
    campaign.organization.memberships.create(user=looker)
    client.force_login(looker)
    url = reverse("admin:campaigns_source_check", args=[campaign.pk])
    assert client.post(url).status_code == 403
    act(client, "check_now", source)
    source.refresh_from_db()
    assert source.check_due_at is not None


def act(staff: Client, action: str, *sources: Source) -> str:
    chosen = {"action": action, "_selected_action": [source.pk for source in sources]}
    return words(staff.post(_list(), chosen, follow=True))


def test_links_are_checked_from_the_list_too(staff, source):
    assert "1 link is being checked" in act(staff, "check_now", source)


def test_a_copy_that_was_found_is_accepted_by_hand(staff, source):
    Source.objects.update(archive_suggestion=COPY)
    assert "look at it, then accept it" in words(staff.get(_list()))
    assert "1 archived copy stands" in act(staff, "accept_copies", source)
    source.refresh_from_db()
    assert (source.archive_url, source.archive_suggestion) == (COPY, "")
    assert "0 archived copies" in act(staff, "accept_copies", source)


def test_a_copy_that_somebody_chose_is_never_replaced(staff, source):
    Source.objects.update(archive_url="https://archive.example/mine", archive_suggestion=COPY)
    act(staff, "accept_copies", source)
    source.refresh_from_db()
    assert source.archive_url == "https://archive.example/mine"


def test_another_address_begins_anew(staff, campaign, source):
    Source.objects.update(archive_suggestion=COPY)
    new = "https://news.example/moved"
    save(staff, change_url(campaign), "campaign_form", **{"sources-0-url": new})
    source.refresh_from_db()
    assert source.url == new
    assert (source.fail_count, source.checked_at, source.check_due_at) == (0, None, None)
    assert source.archive_suggestion == ""


def test_another_title_keeps_what_is_known(staff, campaign, source):
    save(staff, change_url(campaign), "campaign_form", **{"sources-0-title": "Recipe"})
    source.refresh_from_db()
    assert (source.title, source.fail_count) == ("Recipe", 3)


def test_a_paywall_is_called_what_it_is(staff, source):
    Source.objects.update(http_status=403, fail_count=0)
    assert "not open to everyone" in words(staff.get(_list()))


def test_the_list_needs_no_more_questions_for_more_sources(
    staff, campaign, source, django_assert_max_num_queries
):
    for number in range(20):
        Source.objects.create(campaign=campaign, key=f"s{number}", title="x", url="https://a.b")
    with django_assert_max_num_queries(14):
        assert staff.get(_list()).status_code == 200


def test_sources_are_written_on_their_campaign_alone(staff, source):
    page = staff.get(reverse("admin:campaigns_source_change", args=[source.pk]))
    assert page.status_code == 200
    assert "title" not in form_on(page, "source_form")
    assert staff.get(reverse("admin:campaigns_source_add")).status_code == 403
