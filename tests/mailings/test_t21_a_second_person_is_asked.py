"""Who may approve a mailing to many is asked by a button, told by mail, and finds it waiting."""

import pytest
from django.test import Client
from django.urls import reverse

from mailings.models import OrganizerNotice
from mailings.telling import send_notices
from mailings.welcoming.starting import draft_step
from tests.campaigns.admin_pages import save, words
from tests.mailings.making import sign_up
from tests.mailings.office import Office, State
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

BUTTON = "Ask for approval"
WAITS = "Waits for your approval"


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    made = Office(smtp_sink)
    made.asks_for_second_person(above=2)
    made.proof()
    return made


def start_page(client: Client) -> str:
    return words(client.get(reverse("admin:index")))


def told(office: Office) -> list[tuple[str, str]]:
    """Address and text of the mails about approvals that arrived."""
    send_notices()
    mails = [mail for mail in office.sink.mails if "asks you to" in str(mail.message["Subject"])]
    return [(mail.recipients[0], mail.text) for mail in mails]


def test_t21_who_may_approve_gets_one_mail_that_names_who_asks(office: Office) -> None:
    boss, _desk = office.hire("Senders")
    office.hire("Authors")
    assert BUTTON in office.client.get(office.page).content.decode()
    said = office.press("ask", count=3)
    assert f"Asked: {boss}." in said
    assert f"asked for approval {office.user} {boss}" in said
    assert "They were asked at" in said
    assert office.state == State.PROOFED
    [(address, text)] = told(office)
    assert address == boss.email
    assert "3 people would get it" in text
    assert office.page in text


def test_t21_who_presses_twice_asks_once_and_another_text_is_asked_about_anew(
    office: Office,
) -> None:
    office.hire("Senders")
    for _press in range(2):
        assert "Asked:" in office.press("ask", count=3)
    assert len(told(office)) == 1
    assert office.mailing.acts.filter(name="asked").count() == 1

    save(office.client, office.page, "mailing_form", subject="Other words")
    assert "They were asked at" not in words(office.client.get(office.page))
    office.proof()
    office.press("ask", count=3)
    assert len(told(office)) == 2
    sign_up(office.campaign, 1)
    office.press("ask", count=4)
    assert len(told(office)) == 3


def test_t21_it_stands_first_on_the_start_page_of_who_may_approve_and_of_nobody_else(
    office: Office,
) -> None:
    _boss, desk = office.hire("Senders")
    _author, writing = office.hire("Authors")
    assert WAITS not in start_page(desk)
    office.press("ask", count=3)
    seen = start_page(desk)
    assert seen.index(WAITS) < seen.index("Open campaigns")
    assert f"{WAITS} {office.mailing.subject} update 3 people" in seen
    assert WAITS not in start_page(office.client)
    assert WAITS not in start_page(writing)
    assert WAITS not in start_page(Office(office.sink).hire("Senders")[1])

    assert "Approved." in office.press("approve", desk, count=3)
    assert WAITS not in start_page(desk)


def test_t21_a_text_that_was_changed_waits_for_nobody_until_it_is_asked_about(
    office: Office,
) -> None:
    _boss, desk = office.hire("Senders")
    office.press("ask", count=3)
    save(office.client, office.page, "mailing_form", subject="Other words")
    assert WAITS not in start_page(desk)


def test_t21_nobody_is_asked_what_needs_no_second_person_proof_or_number(office: Office) -> None:
    assert "Nobody else here may yet" in office.press("ask", count=3)
    assert BUTTON not in office.client.get(office.page).content.decode()
    office.hire("Senders")
    assert "Press the button that says how many" in office.press("ask")
    office.asks_for_second_person(above=3)
    assert "Nobody else has to approve it" in office.press("ask", count=3)
    assert BUTTON not in office.client.get(office.page).content.decode()
    office.asks_for_second_person(above=2)
    save(office.client, office.page, "mailing_form", subject="Other words")
    assert "proof of this text first" in office.press("ask", count=3)
    assert not OrganizerNotice.objects.filter(kind="approval").exists()


def test_t21_who_may_approve_it_themselves_has_no_button_to_ask(office: Office) -> None:
    _boss, desk = office.hire("Organizers")
    page = desk.get(office.page).content.decode()
    assert "Approve it for 3 people" in page
    assert BUTTON not in page


def test_t21_who_may_switch_on_a_welcome_is_asked_by_the_same_button(office: Office) -> None:
    scope = office.organization.scopes.get(key="activism")
    step = draft_step(
        scope=scope, days=0, subject="Welcome", body="<p>Hello.</p>", user=office.user
    )
    office.mailing = step.mailing
    office.proof()
    sender, desk = office.hire("Senders")
    office.hire("Editors")
    assert BUTTON in office.client.get(office.page).content.decode()
    assert f"Asked: {sender}." in office.press("ask", count=3)
    [(address, text)] = told(office)
    assert address == sender.email
    assert "switch it on if it is right" in text
    assert f"{WAITS} Welcome" in start_page(desk)
    assert "It is on" in office.press("switch_on_step", desk)
    assert WAITS not in start_page(desk)
