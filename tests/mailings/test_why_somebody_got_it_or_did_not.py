"""“Why did, or didn't, this person get this?” is answered from the rows that decided it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from mailings.drafting import draft_from_update
from mailings.explaining import why
from mailings.models import CatchUp, MailEvent, Mailing, Recipient, Segment
from mailings.pumping import pump
from signatures.leaving import unsubscribe
from signatures.models import CampaignMute, Signature, Subscription, Supporter, Suppression
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(headline="Save the pond")


@pytest.fixture
def person(campaign: Campaign) -> Supporter:
    sign_up(campaign, 2)
    person = sign_up(campaign, 1)[0]
    yesterday = timezone.now() - timedelta(days=1)
    Subscription.objects.filter(supporter=person).update(subscribed_at=yesterday)
    Signature.objects.filter(supporter=person).update(counted_at=yesterday)
    return person


@pytest.fixture
def mailing(campaign: Campaign, person: Supporter, smtp_sink: SMTPSink) -> Mailing:
    return scheduled_mailing(make_update(campaign))


def leaves(person: Supporter, campaign: Campaign) -> None:
    unsubscribe(
        supporter_id=person.pk,
        organization_id=campaign.organization_id,
        via="unsubscribe link of mailing 7",
    )


def complains(person: Supporter, campaign: Campaign) -> None:
    Suppression.objects.suppress(person.email_hash, Suppression.Reason.COMPLAINT)


def mutes(person: Supporter, campaign: Campaign) -> None:
    CampaignMute.objects.create(supporter=person, campaign=campaign)


def rests(person: Supporter, campaign: Campaign) -> None:
    until = timezone.now() + timedelta(days=29)
    Subscription.objects.filter(supporter=person).update(rests_until=until)


def withdraws(person: Supporter, campaign: Campaign) -> None:
    Signature.objects.filter(supporter=person).update(state=Signature.State.WITHDRAWN)


def never_agreed(person: Supporter, campaign: Campaign) -> None:
    Subscription.objects.filter(supporter=person).delete()


IN_THE_WAY: list[tuple[Callable[[Supporter, Campaign], None], str]] = [
    (leaves, "Their Activism mail ended at "),
    (leaves, "(unsubscribe link of mailing 7)"),
    (complains, ": complained."),
    (mutes, "They want nothing more about “Save the pond” since "),
    (rests, " for a pause until "),
    (withdraws, "Their signature under “Save the pond” does not count: withdrawn by the signer."),
    (never_agreed, "They never agreed to Activism mail."),
]


@pytest.mark.parametrize(("happens", "said"), IN_THE_WAY)
def test_what_stands_in_the_way_is_told_before_and_after_it_went_out(
    mailing: Mailing,
    campaign: Campaign,
    person: Supporter,
    happens: Callable[[Supporter, Campaign], None],
    said: str,
) -> None:
    assert why(mailing=mailing, supporter=person).because == [
        "Nothing stands in the way: they get it when it goes out."
    ]
    happens(person, campaign)
    before = why(mailing=mailing, supporter=person)
    pump()
    # Within this test's one transaction, now() stands still.
    Mailing.objects.update(started_at=timezone.now())
    mailing.refresh_from_db()
    after = why(mailing=mailing, supporter=person)

    assert mailing.state == Mailing.State.SENDING
    assert (before.got, after.got) == (None, False)
    for answer in (before, after):
        assert len(answer.because) == 1
        assert said in answer.because[0]


@pytest.mark.parametrize(
    ("row", "got", "said"),
    [
        ({"status": 0}, None, "It is still to leave."),
        ({"status": 3, "code": 250}, True, "The mail server took it at "),
        ({"status": 4, "code": 550}, False, "(550)"),
        ({"status": 5, "code": 451, "attempts": 2}, None, "Put off after 2 tries (451)."),
        ({"status": 6, "code": 1}, False, "A catch-up brings it to them later."),
        ({"status": 7}, None, "Nobody knows: since "),
        ({"status": 8, "code": 250}, True, "It was delivered"),
        ({"status": 9, "code": 550}, False, "came back (550)"),
        ({"status": 10}, True, "called it spam"),
    ],
)
def test_every_fate_of_a_mail_has_its_words(
    mailing: Mailing, person: Supporter, row: dict[str, Any], got: bool | None, said: str
) -> None:
    pump()
    own = Recipient.objects.filter(mailing=mailing, supporter=person)
    own.update(done_at=timezone.now(), **row)
    answer = why(mailing=mailing, supporter=person)
    assert answer.got is got
    assert said in answer.because[0]


def test_who_left_before_their_mail_left_learns_both(
    mailing: Mailing, campaign: Campaign, person: Supporter
) -> None:
    pump()
    leaves(person, campaign)
    Recipient.objects.filter(supporter=person).update(status=6, done_at=timezone.now())
    answer = why(mailing=mailing, supporter=person)
    assert "just before their mail" in answer.because[0]
    assert "Their Activism mail ended" in answer.because[1]


def test_who_came_later_is_told_of_the_catch_up(mailing: Mailing, campaign: Campaign) -> None:
    pump()
    gone_out = timezone.now() - timedelta(hours=1)
    Mailing.objects.update(started_at=gone_out, finished_at=gone_out, state=Mailing.State.SENT)
    mailing.refresh_from_db()
    late = sign_up(campaign, 1)[0]
    said = " ".join(why(mailing=mailing, supporter=late).because)
    assert "They joined at " in said
    assert "after it had gone out" in said
    assert "a catch-up brings it to them." in said


def test_a_segment_that_somebody_is_not_in_is_told_in_its_words(
    mailing: Mailing, campaign: Campaign, person: Supporter
) -> None:
    rules = {"version": 1, "all": [[{"is": "country", "country": "NZ"}]]}
    segment = Segment.objects.create(
        organization=campaign.organization, name="Far away", rules=rules
    )
    mailing.unschedule()
    Mailing.objects.update(segment=segment)
    mailing = Mailing.objects.get()
    assert why(mailing=mailing, supporter=person).because == [
        "They are not in its segment: People who gave NZ as their country."
    ]


def test_what_came_of_it_stands_in_the_order_in_which_it_happened(
    mailing: Mailing, campaign: Campaign, person: Supporter
) -> None:
    pump()
    now = timezone.now()
    MailEvent.objects.create(
        provider="test",
        digest=b"1" * 32,
        kind=MailEvent.Kind.DELIVERED,
        mailing_number=mailing.pk,
        supporter_number=person.pk,
        happened_at=now - timedelta(minutes=5),
    )
    other = make_campaign(organization=campaign.organization, headline="Save the wood")
    signature = make_signature(other, email=person.email)
    Signature.objects.filter(pk=signature.pk).update(mailing_number=mailing.pk)
    trail = why(mailing=mailing, supporter=person).trail
    assert [line.partition(": ")[2] for line in trail] == ["delivered", "signed “Save the wood”"]


@pytest.fixture
def staff(client: Client, campaign: Campaign) -> Client:
    user = make_staff(organization=campaign.organization)
    user.groups.add(Group.objects.get(name="Organizers"))
    client.force_login(user)
    return client


def ask(staff: Client, mailing: Mailing, address: str) -> str:
    """What the page says once the address was typed and sent."""
    page = reverse("admin:mailings_mailing_why", args=[mailing.pk])
    return staff.post(page, {"address": address}, follow=True).content.decode()


def test_staff_type_an_address_on_the_mailing_or_read_it_on_the_person(
    staff: Client, mailing: Mailing, person: Supporter
) -> None:
    pump()
    assert "not known yet" in ask(staff, mailing, person.email.upper())
    nobody = ask(staff, mailing, "nobody@example.org")
    assert "Nobody with this address has signed anything of yours." in nobody
    assert 'value="nobody@example.org"' in nobody, "what was typed stays"
    own = reverse("admin:signatures_supporter_change", args=[person.pk])
    assert "It is still to leave." in staff.get(own).content.decode()


def test_no_address_of_a_person_stands_in_the_address_of_a_page(
    staff: Client, mailing: Mailing, person: Supporter
) -> None:
    page = reverse("admin:mailings_mailing_why", args=[mailing.pk])
    led_to = staff.post(page, {"address": person.email})
    assert led_to["Location"] == f"{page}?person={person.pk}"
    assert person.email in staff.get(led_to["Location"]).content.decode()
    assert person.email not in staff.get(page, {"address": person.email}).content.decode()
    for nonsense in ("x", "-1", "9" * 30, ""):
        assert staff.get(page, {"person": nonsense}).status_code == 200


def test_of_what_has_not_gone_out_nobody_is_told_that_they_did_not_get_it(
    staff: Client, mailing: Mailing, campaign: Campaign, person: Supporter
) -> None:
    draft = draft_from_update(update=make_update(campaign, title="More"), user=make_staff())
    for what in (draft, mailing):
        said = ask(staff, what, person.email)
        assert f"It has not gone out yet: {person.email}" in said
        assert "they get it when it goes out" in said
        assert "did not get it" not in said
    leaves(person, campaign)
    said = ask(staff, draft, person.email)
    assert "It has not gone out yet" in said
    assert "Their Activism mail ended at " in said


def test_t16_nothing_is_told_of_people_and_mailings_of_others(
    staff: Client, mailing: Mailing
) -> None:
    stranger = make_signature(make_campaign()).supporter
    page = reverse("admin:mailings_mailing_why", args=[mailing.pk])
    assert "Nobody with this address" in ask(staff, mailing, stranger.email)
    assert stranger.email not in staff.get(page, {"person": stranger.pk}).content.decode()
    theirs = Mailing.objects.create(
        organization=make_campaign().organization, scope=mailing.scope, subject="Theirs"
    )
    for view in ("why", "catch_up"):
        assert (
            staff.get(reverse(f"admin:mailings_mailing_{view}", args=[theirs.pk])).status_code
            == 404
        )


def test_staff_catch_a_mailing_up_with_the_number_they_see_and_take_it_back(
    staff: Client, mailing: Mailing, campaign: Campaign
) -> None:
    Mailing.objects.update(state=Mailing.State.SENT, finished_at=timezone.now())
    page = reverse("admin:mailings_mailing_catch_up", args=[mailing.pk])
    assert "Catch up 3 people" in staff.get(page).content.decode()
    sign_up(campaign, 1)
    response = staff.post(page, {"count": "3"})
    assert response.status_code == 422
    assert "Their number has changed since you looked" in response.content.decode()
    assert not CatchUp.objects.exists()

    campaign.organization.typed_count_above = 3
    campaign.organization.save()
    assert "Type the number of people" in staff.post(page, {"count": "4"}).content.decode()
    told = staff.post(page, {"count": "4", "typed": "4"}, follow=True).content.decode()
    assert "Until then you can take it back" in told
    back = reverse("admin:mailings_mailing_take_back_catch_up", args=[mailing.pk])
    assert staff.get(back).status_code == 405
    assert "nobody else gets it" in staff.post(back, follow=True).content.decode()
    assert CatchUp.objects.get().ended == "taken_back"
