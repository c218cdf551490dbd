"""Who mails an update a second time reads that people have had it, and by which mailing."""

import pytest
from django.urls import reverse

from mailings.drafting import draft_from_update
from mailings.models import Mailing
from tests.campaigns.admin_pages import words
from tests.mailings.making import scheduled_mailing, sign_up
from tests.mailings.office import Office
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    """Its update has gone out to the three who signed."""
    office = Office(smtp_sink)
    office.mailing.delete()
    office.mailing = scheduled_mailing(office.update, user=office.user)
    assert len(office.reached()) == 3
    return office


def begin(office: Office) -> str:
    return reverse("admin:mailings_mailing_from_update", args=[office.update.pk])


def test_it_is_said_with_a_link_before_a_second_draft_is_made(office: Office) -> None:
    page = office.client.get(begin(office))
    assert "This update has gone out before, or is about to: Amazon pauses sales" in words(page)
    assert f'href="{office.page}"' in page.content.decode()


def test_a_draft_that_is_for_nobody_says_who_has_had_it_and_by_what(office: Office) -> None:
    page = office.client.post(begin(office), follow=True)
    said = words(page)
    assert "0 people" in said
    assert "All 3 people whom it is for have had this update already, by Amazon pauses" in said
    assert "Nobody gets it twice; “Catch up” there brings it to those who join later." in said
    assert f'href="{office.page}"' in page.content.decode()


def test_a_draft_for_those_who_came_since_tells_of_the_others(office: Office) -> None:
    sign_up(office.campaign, 2)
    said = words(office.client.post(begin(office), follow=True))
    assert "2 people" in said
    assert "3 people besides have had this update already, by Amazon pauses sales" in said


def test_of_what_nobody_has_had_nothing_is_said(office: Office) -> None:
    Mailing.objects.all().update(state="cancelled", started_at=None)
    office.mailing = draft_from_update(update=office.update, user=office.user)
    for page in (begin(office), office.page):
        assert "this update" not in words(office.client.get(page)).lower().replace(
            "mail this update", ""
        )
