"""The confirm link: inert to scanners, one button, what it submits is what stands."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from campaigns.models import ConsentNotice, Tally
from postroom.links import make_token
from signatures.counting import refresh_tallies
from signatures.leaving import unsubscribe
from signatures.models import ConsentEvent, Signature, Subscription, Suppression
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending(campaign):
    return make_signature(campaign, email="ada@example.org", name="Silly Name", confirmed=False)


def link(purpose, *ids):
    return reverse(purpose, args=[make_token(purpose, *ids)])


def counted(campaign):
    refresh_tallies()
    return Tally.objects.get(campaign=campaign).counted


def test_t03_looking_at_the_link_changes_nothing(client, pending):
    for _ in range(3):
        page = client.get(link("confirm", pending.pk))
        assert page.status_code == 200
    client.head(link("confirm", pending.pk))
    pending.refresh_from_db()
    assert pending.state == "pending"
    html = page.content.decode()
    assert "Silly Name" in html
    assert "<script" not in html


def test_t03_the_button_counts_once_however_often_it_is_pressed(client, pending, campaign):
    answers = [
        client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"}) for _ in range(2)
    ]
    assert answers[0].status_code == answers[1].status_code == 200
    assert "Confirmed." in answers[0].content.decode()
    assert "Confirmed." in answers[1].content.decode()
    assert counted(campaign) == 1
    assert pending.letters.filter(kind="receipt").count() == 1


def test_who_confirms_is_in_the_number_they_are_told_at_once(client, pending, campaign):
    for number in range(3):
        make_signature(campaign, email=f"before{number}@example.org")
    refresh_tallies()
    answer = client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    assert "4 people have signed so far, and you are one of them" in answer.content.decode()


def test_an_old_link_says_that_the_signature_was_taken_back(client, pending):
    client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    client.post(link("withdraw", pending.pk))
    page = client.get(link("confirm", pending.pk))
    assert "You took this signature back, and it does not count." in page.content.decode()
    pending.refresh_from_db()
    assert pending.state == "withdrawn"


def test_what_the_button_submits_is_what_is_stored(client, pending):
    client.post(link("confirm", pending.pk), {"name": "Ada Lovelace", "consent": ""})
    pending.refresh_from_db()
    assert (pending.name, pending.consents) == ("Ada Lovelace", False)
    pending.supporter.refresh_from_db()
    assert pending.supporter.name == "Ada Lovelace"
    event = ConsentEvent.objects.get()
    assert (event.choice, event.notice) == ("declined", pending.notice)
    assert not Subscription.objects.exists()


def test_agreeing_subscribes_to_the_scopes_of_the_notice_that_was_shown(client, pending):
    client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    subscriptions = Subscription.objects.live().order_by("scope__key")
    assert [one.scope.key for one in subscriptions] == ["activism", "offers"]
    assert {one.signature_id for one in subscriptions} == {pending.pk}
    event = ConsentEvent.objects.get()
    assert event.choice == "agreed"
    assert sorted(event.scope_ids) == sorted(one.scope_id for one in subscriptions)


def test_a_mistake_on_the_confirm_page_is_said_and_nothing_is_lost(client, pending):
    page = client.post(link("confirm", pending.pk), {"name": " ", "consent": "on"})
    assert page.status_code == 422
    assert "Enter your name." in page.content.decode()
    pending.refresh_from_db()
    assert pending.state == "pending"


def test_t03_not_me_beats_an_earlier_and_a_later_confirmation(client, pending, campaign):
    client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    assert "Removed" not in client.get(link("not-me", pending.pk)).content.decode()
    assert counted(campaign) == 1
    client.post(link("not-me", pending.pk))
    assert counted(campaign) == 0
    again = client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    assert "Removed" in again.content.decode()
    assert counted(campaign) == 0
    assert Suppression.objects.get().reason == "not_me"
    assert not Subscription.objects.mailable().exists()


def test_pressing_not_me_twice_is_one_removal(client, pending, campaign):
    make_signature(campaign)
    for _ in range(2):
        assert client.post(link("not-me", pending.pk)).status_code == 200
    assert counted(campaign) == 1


def test_confirming_another_campaign_lifts_not_me_for_bulk_mail(client, pending, campaign):
    client.post(link("not-me", pending.pk))
    other = make_campaign(organization=campaign.organization)
    make_signature(other, email="ada@example.org")
    assert Subscription.objects.mailable().count() == 2


def test_an_implicit_notice_does_not_bring_back_who_has_left(campaign):
    first = make_signature(campaign, email="ada@example.org")
    unsubscribe(
        supporter_id=first.supporter_id, organization_id=campaign.organization_id, via="test"
    )
    implicit = make_campaign(organization=campaign.organization, kind=ConsentNotice.Kind.IMPLICIT)
    make_signature(implicit, email="ada@example.org")
    assert not Subscription.objects.live().exists()
    explicit = make_campaign(organization=campaign.organization)
    make_signature(explicit, email="ada@example.org")
    assert Subscription.objects.live().count() == 2


@pytest.mark.parametrize("made_for", ["not-me", "unsubscribe", "preferences"])
def test_t04_a_link_of_another_purpose_confirms_nothing(client, pending, made_for):
    token = make_token(made_for, pending.pk)
    page = client.post(reverse("confirm", args=[token]), {"name": "Ada", "consent": "on"})
    assert page.status_code == 400
    pending.refresh_from_db()
    assert pending.state == "pending"


@pytest.mark.parametrize("damage", [lambda t: t[:-3], lambda t: t.upper(), lambda t: "", str.lower])
def test_b93_a_damaged_link_leads_to_a_page_that_helps(client, pending, damage):
    token = damage(make_token("confirm", pending.pk))
    page = client.get(f"/confirm/{token}/" if token else "/confirm/")
    assert page.status_code == 400
    assert "This link is not complete" in page.content.decode()


@pytest.mark.parametrize("tail", [".", ">", "=3D", ")", "&utm_source=x", "%0a", "%2f"])
def test_b93_what_a_mail_program_leaves_behind_a_link_does_no_harm(client, pending, tail):
    token = make_token("confirm", pending.pk)
    assert client.get(f"/confirm/{token}{tail}/").status_code == 200


def test_token_pages_are_private_and_say_no_referrer_to_others(client, pending):
    page = client.get(link("confirm", pending.pk))
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"


def test_a_consent_event_is_never_changed_or_deleted(client, pending):
    client.post(link("confirm", pending.pk), {"name": "Ada"})
    for change in (
        lambda: ConsentEvent.objects.update(choice="agreed"),
        lambda: ConsentEvent.objects.all().delete(),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()


def test_a_signed_statement_is_never_changed(pending):
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        type(pending.statement).objects.filter(pk=pending.statement_id).update(text="Other")


def test_one_person_has_one_signature_by_constraint(pending):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signatures_signature (campaign_id, supporter_id, statement_id, notice_id,
                consents, name, postal_code, country, comment, referrer_code, state)
            SELECT campaign_id, supporter_id, statement_id, notice_id, consents, name, postal_code,
                country, comment, referrer_code, state FROM signatures_signature
            """
        )
    assert Signature.objects.count() == 1


def test_a_disowned_signature_leaves_no_subscription_behind(client, pending, campaign):
    client.post(link("confirm", pending.pk), {"name": "Ada", "consent": "on"})
    client.post(link("not-me", pending.pk))
    other = make_campaign(organization=campaign.organization)
    make_signature(other, email="ada@example.org", consents=False)
    assert not Subscription.objects.mailable().exists()
    assert ConsentEvent.objects.filter(choice="left").count() == 1


def test_a_link_that_lost_its_last_slash_still_works(client, pending):
    address = link("confirm", pending.pk).removesuffix("/")
    assert client.get(address).status_code == 200
    assert "Confirmed." in client.post(address, {"name": "Ada"}).content.decode()


def test_t04_no_token_stands_in_a_log(client, pending, caplog):
    from advocacy.logs import MaskTokens

    client.post(link("confirm", pending.pk), {"name": ""})
    assert caplog.records
    for record in caplog.records:
        MaskTokens().filter(record)
        assert link("confirm", pending.pk)[9:30] not in record.getMessage()
