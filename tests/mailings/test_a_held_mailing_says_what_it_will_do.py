"""While a mailing is held, its page says to how many it goes, when, and how long is left."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from mailings.models import Mailing
from tests.campaigns.admin_pages import words
from tests.mailings.office import Office
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    office = Office(smtp_sink)
    office.proof()
    office.press("send", count="3")
    assert office.state == Mailing.State.SCHEDULED
    return office


def test_it_says_how_many_get_it_and_counts_the_hold_down(office: Office) -> None:
    told = re.compile(r"It is for 3 people; 9 minutes \d+ seconds? left\.")
    assert told.search(words(office.client.get(office.page)))
    progress = reverse("admin:mailings_mailing_progress", args=[office.mailing.pk])
    assert told.fullmatch(office.client.get(progress).json()["sentence"])

    Mailing.objects.update(starts_at=timezone.now())
    assert "It is about to begin" in office.client.get(progress).json()["sentence"]


def test_the_log_says_for_how_many_it_was_approved_and_scheduled(office: Office) -> None:
    log = words(office.client.get(office.page)).partition("What was done")[2]
    assert f"scheduled {office.user} 3 people" in log
    assert f"approved {office.user} 3 people" in log


def test_from_shows_the_address_that_is_used_where_nobody_chose_one(office: Office) -> None:
    name, address = office.organization.sender
    sender = f"{name} <{address}>"
    assert sender in words(office.client.get(office.page))
    office.press("unschedule")
    assert f"Empty: {sender}" in words(office.client.get(office.page)), "while it can be chosen too"

    office.organization.from_name = "<b>Example"
    office.organization.save()
    assert "Empty: &lt;b&gt;Example &lt;" in office.client.get(office.page).content.decode()
    name, address = office.organization.sender
    sender = f"{name} <{address}>"
    Mailing.objects.update(from_name="Ada Lovelace", state="sent")
    assert f"Ada Lovelace, {sender}" in words(office.client.get(office.page))
