"""Who has done nothing for a year is asked once, and what they do then is their answer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from mailings.list_health import silence
from mailings.list_health.silence import ask_the_silent, end_unanswered
from mailings.models import Mailing, Recipient
from postroom.links import make_token
from signatures.leaving import pause, unsubscribe
from signatures.letters.outbox import Outbox
from signatures.models import ConsentEvent, Letter, Subscription, Suppression
from tests.factories import make_campaign, make_signature
from tests.mailings.making import sign_up

pytestmark = pytest.mark.django_db
YEARS_AGO = timezone.now() - timedelta(days=800)


@pytest.fixture
def campaign():
    campaign = make_campaign()
    campaign.organization.asks_the_silent = True
    campaign.organization.save()
    return campaign


def silent(campaign, people=1, mails=6):
    """People who signed long ago, got so many mails since, and did nothing."""
    readers = sign_up(campaign, people)
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE signatures_signature SET created_at = %s, confirmed_at = %s",
            "UPDATE signatures_subscription SET subscribed_at = %s WHERE %s IS NOT NULL",
        ):
            cursor.execute(statement, [YEARS_AGO, YEARS_AGO])
    scope = campaign.organization.scopes.get(key="activism")
    for n in range(mails):
        mailing = Mailing.objects.create(
            organization=campaign.organization, scope=scope, subject=f"{n}"
        )
        Recipient.objects.bulk_create(
            Recipient(
                mailing=mailing,
                lane=0,
                seq=seq,
                supporter=reader,
                subscription=reader.subscriptions.get(),
                status=Recipient.Status.SENT,
                done_at=timezone.now() - timedelta(days=30),
            )
            for seq, reader in enumerate(readers, start=1)
        )
    return readers


def live(reader):
    return Subscription.objects.live().filter(supporter=reader).exists()


def a_month_passes():
    month = timedelta(days=31)
    letters = Letter.objects.filter(kind="stay")
    letters.update(created_at=F("created_at") - month, sent_at=F("sent_at") - month)
    Subscription.objects.update(asked_to_stay_at=F("asked_to_stay_at") - month)


def stay_page_of(reader, campaign):
    return reverse("stay", args=[make_token("stay", reader.pk, campaign.organization_id)])


def test_the_silent_are_asked_once_by_a_letter_with_both_answers(campaign, smtp_sink):
    (reader,) = silent(campaign)
    assert [ask_the_silent(), ask_the_silent()] == [1, 0]
    Outbox().drain()
    (mail,) = smtp_sink.to(reader.email)
    assert mail.message["Subject"].startswith("Do you still want mail from")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/stay/" in mail.text
    assert "/unsubscribe/" in mail.text
    assert campaign.organization.postal_address in mail.text


def test_who_says_yes_stays_and_that_is_on_record(client, campaign, smtp_sink):
    (reader,) = silent(campaign)
    ask_the_silent()
    page = stay_page_of(reader, campaign)
    assert client.get(page).status_code == 200
    assert Subscription.objects.get().asked_to_stay_at
    for _ in range(3):
        assert "You stay. Thank you!" in client.post(page, {"stay": "1"}).content.decode()
    assert ConsentEvent.objects.filter(supporter=reader, choice="agreed").count() == 1
    a_month_passes()
    assert end_unanswered() == 0
    assert ask_the_silent() == 0


def test_who_says_no_leaves_at_once(client, campaign):
    (reader,) = silent(campaign)
    ask_the_silent()
    page = client.post(stay_page_of(reader, campaign), {"leave": "1"}).content.decode()
    assert "You are unsubscribed." in page
    assert not live(reader)
    Outbox().drain()
    assert Letter.objects.get(kind="stay").reason == "answered meanwhile"


def test_no_answer_within_a_month_ends_it_and_yes_brings_it_back(client, campaign, smtp_sink):
    (reader,) = silent(campaign)
    ask_the_silent()
    Outbox().drain()
    assert end_unanswered() == 0
    a_month_passes()
    assert [end_unanswered(), end_unanswered()] == [1, 0]
    assert not live(reader)
    said = ConsentEvent.objects.get(supporter=reader)
    assert (said.choice, said.via) == ("left", "no answer to whether to stay")
    client.post(stay_page_of(reader, campaign), {"stay": "1"})
    assert live(reader)


def test_yes_does_not_bring_back_who_left_by_themselves(client, campaign):
    (reader,) = silent(campaign)
    ask_the_silent()
    unsubscribe(supporter_id=reader.pk, organization_id=campaign.organization_id, via="link")
    client.post(stay_page_of(reader, campaign), {"stay": "1"})
    assert not live(reader)


def test_who_never_got_the_letter_is_not_ended(campaign):
    (reader,) = silent(campaign)
    ask_the_silent()
    a_month_passes()
    assert end_unanswered() == 0
    assert live(reader)


def test_whoever_signs_meanwhile_stays(campaign, smtp_sink):
    (reader,) = silent(campaign)
    ask_the_silent()
    Outbox().drain()
    a_month_passes()
    make_signature(make_campaign(organization=campaign.organization), email=reader.email)
    assert end_unanswered() == 0


def test_who_did_something_or_got_few_mails_or_rests_is_not_asked(campaign):
    silent(campaign, mails=5)
    (active, resting, blocked) = silent(campaign, people=3)
    ConsentEvent.objects.create(supporter=active, choice="agreed", scope_ids=[1], via="test")
    pause(supporter_id=resting.pk, organization_id=campaign.organization_id)
    Suppression.objects.suppress(blocked.email_hash, "complaint")
    assert ask_the_silent() == 0


def test_nobody_is_asked_where_the_organization_does_not_want_it(campaign):
    silent(campaign)
    campaign.organization.asks_the_silent = False
    campaign.organization.save()
    assert ask_the_silent() == 0


def test_a_few_hundred_a_day_are_asked_and_the_others_tomorrow(campaign, monkeypatch):
    monkeypatch.setattr(silence, "ASKED_A_DAY", 2)
    silent(campaign, people=3)
    assert [ask_the_silent(), ask_the_silent()] == [2, 0]
    Letter.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert ask_the_silent() == 1
