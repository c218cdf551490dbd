"""A catch-up to more people than one may decide over waits until somebody else approves it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.models import CatchUp, Mailing
from mailings.seconding import SLIGHT_GROWTH
from tests.campaigns.admin_pages import words
from tests.mailings.making import scheduled_mailing, sign_up
from tests.mailings.office import Office
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
BUTTON = 'value="Approve it for 5 people"'


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    """A mailing that a colleague wrote has gone out to three; five more have joined since, which
    are too many for one person to decide over."""
    office = Office(smtp_sink)
    office.mailing.delete()
    author, _client = office.hire("Authors")
    office.mailing = scheduled_mailing(office.update, user=author)
    assert len(office.reached()) == 3
    office.asks_for_second_person(above=4)
    sign_up(office.campaign, 5)
    smtp_sink.forget()
    return office


def page(office: Office, name: str) -> str:
    return reverse(f"admin:mailings_mailing_{name}", args=[office.mailing.pk])


def ask(office: Office, client: Client) -> str:
    """Ask for the catch-up; what the mailing's page says then."""
    typed = {"count": "5", "typed": "5"}
    return words(client.post(page(office, "catch_up"), typed, follow=True))


def approve(office: Office, client: Client, shown: CatchUp | None = None) -> str:
    """Press the button that the page shows, or showed for another catch-up."""
    shown = shown or CatchUp.objects.order_by("pk").last()
    typed = {"catch_up": shown.pk if shown else ""}
    return words(client.post(page(office, "second_catch_up"), typed, follow=True))


def reached(office: Office) -> set[str]:
    """Who has got it once every hold is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailings_catchup SET starts_at = now() - interval '1 second'"
            " WHERE starts_at IS NOT NULL"
        )
    return set(office.reached())


def test_nobody_gets_it_by_the_word_of_one_person(office: Office) -> None:
    shown = words(office.client.get(page(office, "catch_up")))
    assert "More than 4 people would get it: it waits until somebody else approves it." in shown
    said = ask(office, office.client)
    assert "Asked for: 5 people. It waits until somebody else approves it." in said
    assert f"{office.user} asked at" in said
    assert BUTTON not in office.client.get(office.page).content.decode(), "not for who asked"
    assert not reached(office)
    assert "another approves it" in approve(office, office.client)
    assert not reached(office)


def test_it_goes_after_the_hold_once_another_has_approved_it(office: Office) -> None:
    second, client = office.hire("Organizers")
    assert f"These may: {second}." in ask(office, office.client)
    assert BUTTON in client.get(office.page).content.decode()
    said = approve(office, client)
    assert "Approved: 5 people get it after the hold." in said
    assert "Until then you can take it back" in said
    assert not set(office.reached()), "it is held from then on"
    assert len(reached(office) - office.signers) == 5


def test_t21_one_that_replaced_the_one_on_the_page_is_not_approved_unseen(office: Office) -> None:
    _second, client = office.hire("Organizers")
    ask(office, office.client)
    [seen] = CatchUp.objects.all()
    office.client.post(page(office, "take_back_catch_up"))
    ask(office, office.client)

    assert "waits for nobody's word any more" in approve(office, client, seen)

    assert CatchUp.objects.open().get().waits


def test_of_the_two_one_wrote_no_part_of_it(office: Office) -> None:
    other, client = office.hire("Organizers")
    Mailing.objects.filter(pk=office.mailing.pk).update(edited_by=other)
    Mailing.objects.filter(pk=office.mailing.pk).update(created_by=office.user)
    assert "Nobody else here may yet" in ask(office, office.client)
    assert "another approves it" in approve(office, client)
    _third, client = office.hire("Organizers")
    assert "Approved: 5 people" in approve(office, client)


def test_one_that_grew_while_it_waited_is_asked_for_again(office: Office) -> None:
    ask(office, office.client)
    sign_up(office.campaign, SLIGHT_GROWTH + 1)
    _second, client = office.hire("Organizers")
    assert "Many more would get it than when it was asked for" in approve(office, client)
    assert not reached(office)


def test_who_may_not_approve_mailings_is_no_second_person(office: Office) -> None:
    ask(office, office.client)
    _author, client = office.hire("Authors")
    assert client.post(page(office, "second_catch_up")).status_code == 403
    assert client.get(page(office, "second_catch_up")).status_code == 405


def test_few_are_caught_up_by_the_word_of_one(office: Office) -> None:
    office.asks_for_second_person(above=5)
    assert "Catching up 5 people after the hold." in ask(office, office.client)
    assert len(reached(office) - office.signers) == 5


def test_the_log_names_who_asked_for_how_many_who_approved_it_and_what_came_of_it(
    office: Office,
) -> None:
    ask(office, office.client)
    office.client.post(page(office, "take_back_catch_up"))
    ask(office, office.client)
    second, client = office.hire("Organizers")
    approve(office, client)
    reached(office)
    log = words(office.client.get(office.page)).partition("What was done")[2]
    assert f"asked for a catch-up {office.user} 5 people" in log
    assert f"took the catch-up back {office.user}" in log
    assert f"approved the catch-up {second}" in log
    assert "caught up by itself 5 people" in log
    assert "began to go out by itself 3 people" in log, "as many as then, not as now"


def test_the_page_says_how_old_it_is_after_a_month(office: Office) -> None:
    assert "days ago" not in words(office.client.get(page(office, "catch_up")))
    long_ago = timezone.now() - timedelta(days=351)
    Mailing.objects.update(started_at=long_ago, finished_at=long_ago)
    assert "It went out 351 days ago" in words(office.client.get(page(office, "catch_up")))
    ask(office, office.client)
    _second, client = office.hire("Organizers")
    assert "The mailing went out 351 days ago." in words(client.get(office.page))


BEGUN = "2026-11-01T12:00Z"


@pytest.mark.parametrize(
    "claims",
    [
        {"needs_second": True, "starts_at": BEGUN},
        {"needs_second": True, "snapshot_after": 1},
        {"starts_at": None},
        {"by_second_person": True, "seconded_by": "who asked", "starts_at": BEGUN},
        {"by_second_person": True, "written_by": "both", "starts_at": BEGUN},
    ],
    ids=[
        "begins alone",
        "has begun alone",
        "waits for nobody",
        "one is both",
        "both wrote it",
    ],
)
def test_the_database_lets_no_catch_up_begin_by_the_word_of_one(
    office: Office, claims: dict[str, Any]
) -> None:
    second, _client = office.hire("Organizers")
    given = {"seconded_by": second} | claims
    if given["seconded_by"] == "who asked":
        given["seconded_by"] = office.user
    if given.get("written_by"):
        given["written_by"] = [office.user.pk, second.pk]
    with pytest.raises(IntegrityError, match="catch_up_"), transaction.atomic():
        CatchUp.objects.create(mailing=office.mailing, asked_by=office.user, counted=5, **given)
