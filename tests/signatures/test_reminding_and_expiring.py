"""What waits too long: one reminder after a day, gone after a month, as the mail promised."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from signatures.confirming import disown
from signatures.counting import restate, standing_of
from signatures.keeping import expiring
from signatures.keeping.expiring import expire, forget_used_links
from signatures.letters import reminding
from signatures.letters.outbox import Outbox
from signatures.letters.reminding import Reminders
from signatures.models import CountShard, DataAccess, Letter, Signature, Supporter, Suppression
from tests.factories import make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox():
    box = Outbox()
    yield box
    box.close()


def waiting(campaign, *, since, email="ada@example.org"):
    """A signature that has waited for so long, its first letter sent."""
    signature = make_signature(campaign, email=email, confirmed=False)
    Letter.objects.filter(signature=signature).update(
        sent_at=timezone.now() - since,
        created_at=timezone.now() - since,
        due_at=F("due_at") - since,
    )
    was = standing_of(signature)
    signature.created_at = timezone.now() - since
    signature.save(update_fields=["created_at"])
    restate(signature, was)
    return signature


def reminders():
    return Letter.objects.filter(kind="reminder")


DAY = timedelta(days=1, minutes=5)


def test_who_has_not_confirmed_after_a_day_is_reminded_once(campaign, outbox, smtp_sink):
    waiting(campaign, since=DAY)
    walk = Reminders()
    for _ in range(3):
        walk.remind()
        outbox.drain()
        Reminders().remind()
    (mail,) = smtp_sink.to("ada@example.org")
    assert mail.message["Subject"] == "Your signature still waits: Tell Amazon: Stop"
    for part in (mail.text, mail.html):
        assert "/confirm/" in part
        assert "/not-me/" in part
        assert "we delete it in 30 days" in " ".join(part.split())


@pytest.mark.parametrize("since", [timedelta(hours=23), timedelta(days=7, minutes=5)])
def test_not_before_a_day_and_never_after_a_week(campaign, since):
    waiting(campaign, since=since)
    Reminders().remind()
    assert not reminders().exists()


def test_a_walk_goes_on_where_it_stood_and_sees_who_has_become_due(campaign, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    for number in range(5):
        waiting(campaign, since=DAY, email=f"a{number}@example.org")
    walk = Reminders()
    assert [walk.remind() for _ in range(4)] == [2, 2, 1, 0]
    assert reminders().count() == 5
    late = waiting(campaign, since=timedelta(days=1), email="late@example.org")
    assert walk.remind() == 1
    assert reminders().filter(signature=late).exists()


def test_a_closed_campaign_reminds_nobody(campaign, outbox, smtp_sink):
    waiting(campaign, since=DAY)
    other = make_campaign(organization=campaign.organization)
    waiting(other, since=DAY, email="grace@example.org")
    campaign.close()
    Reminders().remind()
    assert [one.supporter.email for one in reminders()] == ["grace@example.org"]
    other.close()
    outbox.drain()
    assert not smtp_sink.mails


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_i3_nobody_whom_no_letter_may_reach_is_reminded(campaign, reason):
    signature = waiting(campaign, since=DAY)
    Suppression.objects.suppress(signature.supporter.email_hash, reason)
    Reminders().remind()
    assert not reminders().exists()


def test_who_said_not_me_anywhere_is_reminded_of_nothing(campaign, outbox, smtp_sink):
    waiting(campaign, since=DAY)
    other = make_signature(
        make_campaign(organization=campaign.organization), email="ada@example.org", confirmed=False
    )
    Reminders().remind()
    disown(signature_id=other.pk)
    outbox.drain()
    assert not smtp_sink.mails


def test_who_confirms_meanwhile_is_not_reminded(campaign, outbox, smtp_sink):
    signature = waiting(campaign, since=DAY)
    Reminders().remind()
    now = timezone.now()
    Signature.objects.filter(pk=signature.pk).update(
        state="counted", counted_at=now, confirmed_at=now
    )
    outbox.drain()
    assert not smtp_sink.mails


def test_t02_a_reminder_counts_among_the_ten_letters_of_a_day(outbox, smtp_sink):
    organization = make_organization()
    for _ in range(10):
        make_signature(
            make_campaign(organization=organization), email="ada@example.org", confirmed=False
        )
    waiting(make_campaign(organization=organization), since=DAY)
    Reminders().remind()
    outbox.drain()
    assert len(smtp_sink.mails) == 10
    assert reminders().get().due_at > timezone.now() + timedelta(hours=20)


MONTH = timedelta(days=31)


def test_what_nobody_confirmed_is_gone_after_a_month_and_the_numbers_follow(campaign):
    kept = make_signature(campaign)
    waiting(campaign, since=MONTH)
    assert expire() == 1
    assert [one.pk for one in Signature.objects.all()] == [kept.pk]
    assert not Supporter.objects.filter(email="ada@example.org").exists()
    shards = CountShard.objects.all()
    assert sum(shard.pending for shard in shards) == 0
    assert sum(shard.counted for shard in shards) == 1
    assert expire() == 0


def test_held_ones_go_as_well(campaign):
    signature = waiting(campaign, since=MONTH)
    was = standing_of(signature)
    signature.state = "held"
    signature.save(update_fields=["state"])
    restate(signature, was)
    assert expire() == 1
    assert sum(shard.held for shard in CountShard.objects.all()) == 0


def test_people_of_whom_something_else_is_held_stay(campaign):
    waiting(campaign, since=MONTH)
    make_signature(make_campaign(), email="ada@example.org")
    assert expire() == 1
    assert Supporter.objects.get().email == "ada@example.org"


def test_nothing_that_counts_or_is_younger_goes(campaign):
    waiting(campaign, since=timedelta(days=29))
    old = make_signature(campaign)
    Signature.objects.filter(pk=old.pk).update(created_at=timezone.now() - MONTH)
    assert expire() == 0
    assert Signature.objects.count() == 2


def test_a_batch_is_bounded(campaign, monkeypatch):
    monkeypatch.setattr(expiring, "BATCH", 2)
    for number in range(5):
        waiting(campaign, since=MONTH, email=f"a{number}@example.org")
    assert [expire() for _ in range(4)] == [2, 2, 1, 0]
    assert not Supporter.objects.exists()


def test_links_to_own_data_that_open_nothing_any_more_are_forgotten(campaign):
    person = make_signature(campaign).supporter
    DataAccess.objects.issue(person.pk)
    DataAccess.objects.issue(person.pk)
    DataAccess.objects.filter(pk=DataAccess.objects.first().pk).update(
        expires_at=timezone.now() - timedelta(hours=1)
    )
    forget_used_links()
    assert DataAccess.objects.count() == 1
