"""Over many people two decide: the second wrote no part of it, and the number agreed on holds."""

import pytest
from django.urls import reverse

from mailings.models import Segment
from mailings.scheduling import approve_mailing
from mailings.seconding import SLIGHT_GROWTH
from tests.campaigns.admin_pages import form_on, save, words
from tests.campaigns.languages import translate
from tests.mailings.making import sign_up
from tests.mailings.office import Office, State
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(smtp_sink: SMTPSink) -> Office:
    return Office(smtp_sink)


def test_t21_an_approval_is_not_carried_over_to_other_words_by_a_proof(office: Office) -> None:
    office.asks_for_second_person(above=2)
    read = office.update.body
    office.update.body = "<p>Quite another thing.</p>"
    office.update.save()
    office.proof()
    office.update.body = read
    office.update.save()
    office.proof()
    _boss, desk = office.hire("Senders")
    assert "Approved." in office.press("approve", desk, count=3)

    # Back to words that have a proof of their own, and no approval.
    office.update.body = "<p>Quite another thing.</p>"
    office.update.save()
    assert "proof of this text first" in office.press("send", count=3)
    assert office.state == State.DRAFT

    office.update.body = read
    office.update.save()
    office.proof()
    assert "Approved." in office.press("approve", desk, count=3)
    office.update.body = "<p>A third thing.</p>"
    office.update.save()
    office.proof()
    assert office.state == State.PROOFED
    assert "somebody who did not write it" in office.press("send", count=3)
    assert not office.reached()


def test_t21_who_writes_another_text_to_be_tried_is_not_its_second_person(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    _mallory, desk = office.hire("Organizers")
    typed = {
        "share": 50,
        "hours": 4,
        "measure": "signatures",
        "texts-TOTAL_FORMS": 1,
        "texts-INITIAL_FORMS": 0,
        "texts-0-subject": "What nobody else has read",
    }
    desk.post(f"{reverse('admin:mailings_trial_add')}?mailing={office.mailing.pk}", typed)
    assert office.state == State.DRAFT
    assert "A proof is on its way" in office.press("proof", desk)
    assert "somebody else approves it" in office.press("approve", desk, count=3)
    assert "somebody who did not write it" in office.press("send", desk, count=3)
    assert not office.reached()


def test_t21_who_edits_a_part_and_others_after_them_is_still_not_its_second_person(
    office: Office,
) -> None:
    office.asks_for_second_person(above=2)
    _mallory, desk = office.hire("Organizers")
    save(desk, office.page, "mailing_form", preheader="Words of another.")
    save(office.client, office.page, "mailing_form", subject="The last word")
    office.proof()
    assert "You wrote a part of it" in office.press("approve", desk, count=3)
    assert "somebody who did not write it" in office.press("send", desk, count=3)
    assert not office.reached()


def test_t21_an_approval_by_a_writer_is_not_that_of_a_second_person(office: Office) -> None:
    office.asks_for_second_person(above=2)
    mallory, desk = office.hire("Organizers")
    save(desk, office.page, "mailing_form", preheader="Words of another.")
    save(office.client, office.page, "mailing_form", subject="The last word")
    office.proof()
    office.mailing.refresh_from_db()
    assert approve_mailing(mailing=office.mailing, user=mallory, expected_count=3)
    assert not office.mailing.by_second_person
    assert {mallory.pk, office.user.pk} <= set(office.mailing.written_by)
    assert "somebody who did not write it" in office.press("send", desk, count=3)
    assert not office.reached()


def test_t21_who_edits_the_update_is_not_the_second_person_of_its_mail(office: Office) -> None:
    office.asks_for_second_person(above=2)
    _mallory, desk = office.hire("Organizers")
    page = reverse("admin:campaigns_update_change", args=[office.update.pk])
    save(desk, page, "update_form", body="<p>What nobody else has read.</p>")
    office.proof()
    assert "You wrote a part of it" in office.press("approve", desk, count=3)
    assert "somebody who did not write it" in office.press("send", desk, count=3)
    _boss, another = office.hire("Senders")
    assert "Approved." in office.press("approve", another, count=3)


def test_t21_who_edits_the_ask_of_the_campaign_is_not_the_second_person(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    _mallory, desk = office.hire("Organizers")
    page = reverse("admin:campaigns_campaign_change", args=[office.update.campaign_id])
    save(desk, page, "campaign_form", ask="Quite another ask.")
    office.update.campaign.refresh_from_db()
    assert office.update.campaign.ask == "Quite another ask."
    office.proof()
    assert "somebody else approves it" in office.press("approve", desk, count=3)
    _boss, other = office.hire("Senders")
    assert "Approved." in office.press("approve", other, count=3)


def test_t21_who_translates_the_ask_is_not_the_second_person(office: Office) -> None:
    office.asks_for_second_person(above=2)
    spanish = translate(office.campaign)
    office.proof()
    _mallory, desk = office.hire("Organizers")
    page = reverse("admin:campaigns_translation_change", args=[spanish.pk])
    save(desk, page, "translation_form", ask="Otra cosa.")
    spanish.refresh_from_db()
    assert spanish.ask == "Otra cosa."
    office.proof()
    assert "somebody else approves it" in office.press("approve", desk, count=3)


def test_t21_who_edits_the_organization_is_not_the_second_person(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    _mallory, desk = office.hire("Organizers")
    page = reverse("admin:campaigns_organization_change", args=[office.organization.pk])
    save(desk, page, "organization_form", postal_address="1 Other Road, Elsewhere")
    office.proof()
    assert "somebody else approves it" in office.press("approve", desk, count=3)


def test_t21_an_audience_that_came_to_need_a_second_person_waits_for_one(office: Office) -> None:
    office.asks_for_second_person(above=3)
    office.proof()
    office.press("send", count=3)
    sign_up(office.campaign, 5)
    assert not office.reached()
    assert office.state == State.PROOFED


def test_t21_who_edits_the_segment_is_no_second_person_and_takes_an_approval_back(
    office: Office,
) -> None:
    office.asks_for_second_person(above=2)
    segment = Segment.objects.create(organization=office.organization, name="All", most=3)
    save(office.client, office.page, "mailing_form", segment=segment.pk)
    office.proof()
    _boss, approver = office.hire("Senders")
    assert "Approved." in office.press("approve", approver, count=3)

    sign_up(office.campaign, 4)
    _mallory, desk = office.hire("Organizers")
    page = reverse("admin:mailings_segment_change", args=[segment.pk])
    desk.post(page, {"name": "All", "most": "6", "save": "1"})
    segment.refresh_from_db()
    assert segment.most == 6
    assert "proof of this text first" in office.press("send", count=6)
    assert office.state == State.DRAFT
    office.proof()
    assert "You wrote a part of it" in office.press("approve", desk, count=3)
    assert "somebody who did not write it" in office.press("send", desk, count=6)
    assert not office.reached()


def test_t21_who_needs_a_second_person_cannot_do_away_with_the_need(office: Office) -> None:
    office.asks_for_second_person(above=2)
    page = reverse("admin:campaigns_organization_change", args=[office.organization.pk])
    typed = form_on(office.client.get(page), "organization_form")
    assert "second_person_above" not in typed
    typed |= {"second_person_above": "", "typed_count_above": "1000000"}
    office.client.post(page, typed)
    office.organization.refresh_from_db()
    assert office.organization.second_person_above == 2
    assert office.organization.typed_count_above == 1000

    _owner, desk = office.hire("Owners")
    save(desk, page, "organization_form", second_person_above="5")
    office.organization.refresh_from_db()
    assert office.organization.second_person_above == 5
    history = reverse("admin:campaigns_organization_history", args=[office.organization.pk])
    assert "2 → 5" in words(desk.get(history))


def test_t21_an_audience_that_grew_while_the_mailing_waited_is_asked_about_again(
    office: Office,
) -> None:
    office.asks_for_second_person(above=50)
    office.proof()
    office.press("send", count=3)
    sign_up(office.campaign, 51)
    assert not office.reached()
    assert office.state == State.PROOFED
    page = words(office.client.get(office.page))
    assert "It was for 3 people when it was scheduled and would now reach 54" in page
    assert "somebody who did not write it" in office.press("send", count=54)

    _boss, desk = office.hire("Senders")
    office.press("approve", desk, count=54)
    office.press("send", count=54)
    assert sum(office.reached().values()) == 54


def test_t21_an_audience_that_grew_by_a_few_is_no_reason_to_wait(office: Office) -> None:
    office.proof()
    office.press("send", count=3)
    sign_up(office.campaign, 50)
    assert sum(office.reached().values()) == 53


def test_t21_an_approval_is_for_the_number_that_was_shown(office: Office) -> None:
    office.asks_for_second_person(above=2)
    office.proof()
    _boss, desk = office.hire("Senders")
    assert "Press the button that says how many" in office.press("approve", desk)
    assert "The audience has changed" in office.press("approve", desk, count=1)
    assert "Approved." in office.press("approve", desk, count=3)
    sign_up(office.campaign, SLIGHT_GROWTH + 1)

    many = SLIGHT_GROWTH + 4
    page = words(desk.get(office.page))
    assert f"approved it for 3 people. Now {many} would get it" in page
    assert "have it approved again" in office.press("send", count=many, typed=many)
    assert not office.reached()

    assert "Approved." in office.press("approve", desk, count=many)
    assert f"Scheduled for {many} people" in office.press("send", count=many, typed=many)
    assert len(office.reached()) == many
