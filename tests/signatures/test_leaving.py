"""Unsubscribing and preferences: one press, at once, for good, and never by looking."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postroom.links import make_token
from signatures import links
from signatures.erasing import erase
from signatures.leaving import choose, pause, unsubscribe
from signatures.models import CampaignMute, ConsentEvent, Subscription
from signatures.staff.state_changing import reject
from tests.factories import make_campaign, make_signature
from tests.signatures.meanwhile import Tab, just_before, until_a_statement_waits_for_a_lock

pytestmark = pytest.mark.django_db
UNDONE = "undone after unsubscribing"


@pytest.fixture
def supporter(campaign):
    return make_signature(campaign, email="ada@example.org").supporter


@pytest.fixture
def leave(campaign, supporter):
    token = make_token("unsubscribe", supporter.pk, campaign.organization_id, campaign.pk, 7)
    return reverse("unsubscribe", args=[token])


@pytest.fixture
def preferences(campaign, supporter):
    token = make_token("preferences", supporter.pk, campaign.organization_id)
    return reverse("preferences", args=[token])


def live():
    return Subscription.objects.live().count()


def test_t20_looking_at_the_link_changes_nothing(client, leave):
    assert client.get(leave).status_code == client.head(leave).status_code == 200
    assert live() == 2


def test_t20_one_click_of_a_mail_program_ends_every_subscription(client, leave):
    response = client.post(
        leave,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        HTTP_ORIGIN="null",
        HTTP_SEC_FETCH_SITE="cross-site",
    )
    assert response.status_code == 200
    assert not response.cookies
    assert live() == 0


def test_t20_a_hundred_presses_are_one_departure(client, leave):
    for _ in range(100):
        assert client.post(leave).status_code == 200
    assert ConsentEvent.objects.filter(choice="left").count() == 1


def test_t20_people_who_are_long_gone_are_unsubscribed(client, campaign):
    token = make_token("unsubscribe", 10**9, campaign.organization_id, 0, 7)
    response = client.post(reverse("unsubscribe", args=[token]))
    assert response.status_code == 200
    assert "You are unsubscribed." in response.content.decode()


def test_leaving_one_organization_leaves_the_others_alone(client, leave):
    other = make_campaign()
    make_signature(other, email="ada@example.org")
    client.post(leave)
    assert {one.scope.organization for one in Subscription.objects.live()} == {other.organization}


def test_who_only_tires_of_one_campaign_can_say_so_after_leaving(client, leave, campaign):
    page = client.post(leave).content.decode()
    assert "Leave only this petition" in page
    response = client.post(leave, {"only_campaign": "1"}, follow=True)
    assert response.status_code == 200
    assert live() == 2
    assert CampaignMute.objects.get().campaign == campaign
    assert ConsentEvent.objects.order_by("-pk")[0].choice == "agreed"


def test_preferences_set_exactly_what_the_page_says(client, preferences, campaign):
    activism = campaign.organization.scopes.get(key="activism")
    client.post(preferences, {"scope": [activism.pk]})
    assert [one.scope.key for one in Subscription.objects.live()] == ["activism"]
    assert CampaignMute.objects.count() == 1
    client.post(preferences, {"scope": [activism.pk], "follow": [campaign.pk]})
    assert not CampaignMute.objects.exists()
    page = client.get(preferences).content.decode()
    assert page.count("checked") == 2


def test_preferences_can_bring_a_subscription_back(client, leave, preferences, campaign):
    client.post(leave)
    offers = campaign.organization.scopes.get(key="offers")
    client.post(preferences, {"scope": [offers.pk]})
    assert [one.scope.key for one in Subscription.objects.live()] == ["offers"]


def test_preferences_ignore_what_is_not_of_the_organization(client, preferences):
    foreign = make_campaign()
    scope = foreign.organization.scopes.first()
    client.post(preferences, {"scope": [scope.pk, "x", "9" * 30], "follow": [foreign.pk]})
    assert not Subscription.objects.filter(scope=scope).exists()


def test_nothing_at_all_is_one_button(client, preferences):
    client.post(preferences, {"unsubscribe_all": "1"})
    assert live() == 0


def test_the_link_in_a_mailing_offers_its_own_campaign(client, campaign, supporter):
    make_campaign(organization=campaign.organization)
    token = links.unsubscribe_token(
        supporter_id=supporter.pk,
        organization_id=campaign.organization_id,
        campaign_id=campaign.pk,
        mailing_id=99,
    )
    page = client.post(links.address(links.UNSUBSCRIBE, token)).content.decode()
    assert campaign.headline in page
    assert "99" in ConsentEvent.objects.get(choice="left").via


def test_second_thoughts_about_one_organization_do_not_touch_another(client, leave, supporter):
    other = make_campaign()
    make_signature(other, email="ada@example.org")
    client.post(leave)
    unsubscribe(
        supporter_id=supporter.pk, organization_id=other.organization_id, via="another link"
    )
    client.post(leave, {"only_campaign": "1"})
    assert Subscription.objects.live().count() == 2
    assert not Subscription.objects.live().filter(scope__organization=other.organization).exists()


def choose_nothing(person, campaign):
    choose(
        supporter_id=person.pk,
        organization_id=campaign.organization_id,
        scope_ids=[],
        muted_campaign_ids=[],
    )


def unsubscribe_all(person, campaign):
    unsubscribe(supporter_id=person.pk, organization_id=campaign.organization_id, via="test")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leaving", [unsubscribe_all, choose_nothing])
def test_who_leaves_in_one_tab_and_erases_in_another_gets_both(leaving):
    campaign = make_campaign()
    person = make_signature(campaign).supporter
    tabs = []

    def erase_meanwhile():
        tabs.append(Tab(lambda: erase(supporter_id=person.pk)))
        until_a_statement_waits_for_a_lock()

    with just_before('INSERT INTO "signatures_consentevent"', erase_meanwhile):
        leaving(person, campaign)
    tabs[0].done()
    person.refresh_from_db()
    assert person.erased_at
    assert live() == 0
    assert ConsentEvent.objects.filter(choice="left").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_erasure_and_staff_who_reject_do_not_block_each_other():
    """Whoever takes more than one row of a person: the person, the signatures, then the rest."""
    signature = make_signature(make_campaign())
    tabs = []

    def reject_meanwhile():
        tabs.append(Tab(lambda: reject(signature_ids=[signature.pk], reason="Bots.", user=None)))
        until_a_statement_waits_for_a_lock()

    with just_before('UPDATE "signatures_subscription"', reject_meanwhile):
        assert erase(supporter_id=signature.supporter_id)
    tabs[0].done()
    signature.refresh_from_db()
    assert (signature.state, signature.name) == ("rejected", "")


def test_t20_a_press_by_mistake_is_undone_by_a_press(client, leave):
    page = client.post(leave).content.decode()
    assert "Undo: subscribe me again" in page
    for _ in range(3):
        response = client.post(leave, {"undo": "1"}, follow=True)
        assert "What we may send you" in response.content.decode()
    assert live() == 2
    said = ConsentEvent.objects.order_by("pk").values_list("choice", "via")
    assert list(said)[-2:] == [("left", "unsubscribe link of mailing 7"), ("agreed", UNDONE)]


def test_t20_looking_again_after_leaving_says_so_and_changes_nothing(client, leave):
    client.post(leave)
    page = client.get(leave).content.decode()
    assert "You are unsubscribed." in page
    assert "Leave only this petition" in page
    assert live() == 0


def test_t20_what_was_left_long_ago_is_not_undone_by_an_old_page(client, leave, supporter):
    long_ago = timezone.now() - timedelta(days=2)
    scopes = [one.scope_id for one in Subscription.objects.all()]
    Subscription.objects.update(unsubscribed_at=long_ago)
    ConsentEvent.objects.create(
        supporter=supporter, choice="left", scope_ids=scopes, via="link", at=long_ago
    )
    response = client.post(leave, {"undo": "1"})
    assert "Undo" not in response.content.decode()
    assert live() == 0


def test_a_pause_rests_for_thirty_days_and_keeps_what_was_agreed(client, leave, preferences):
    response = client.post(leave, {"pause": "1"}, follow=True)
    assert "You are taking a break" in response.content.decode()
    assert live() == 2
    assert Subscription.objects.mailable().count() == 0
    until = Subscription.objects.live().values_list("rests_until", flat=True)
    assert {(moment - timezone.now()).days for moment in until if moment} == {29}
    response = client.post(preferences, {"end_pause": "1"}, follow=True)
    assert "Take a break" in response.content.decode()
    assert Subscription.objects.mailable().count() == 2


def test_a_pause_ends_by_itself_and_saving_choices_does_not_end_it(client, preferences, supporter):
    scopes = [one.scope_id for one in Subscription.objects.live()]
    organization_id = Subscription.objects.first().scope.organization_id
    pause(supporter_id=supporter.pk, organization_id=organization_id)
    client.post(preferences, {"scope": scopes})
    assert Subscription.objects.mailable().count() == 0
    Subscription.objects.update(rests_until=timezone.now())
    assert Subscription.objects.mailable().count() == 2


def test_there_is_nothing_to_pause_for_who_has_left(client, leave):
    client.post(leave)
    assert "You are unsubscribed." in client.post(leave, {"pause": "1"}).content.decode()
    assert live() == 0
