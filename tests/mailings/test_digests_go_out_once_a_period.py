"""The round-up of a scope: what is new, once a period, and nothing when nothing is new."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, MailScope
from mailings.digesting.periods import after
from mailings.digesting.waking import wake, wake_due
from mailings.drafting import draft_from_update
from mailings.models import DigestSchedule, Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update, sign_up
from tests.rig.smtp_sink import SMTPSink


def due_schedule(scope: MailScope) -> DigestSchedule:
    return DigestSchedule.objects.create(scope=scope, due_at=timezone.now() - timedelta(minutes=1))


def long_open(*campaigns: Campaign) -> None:
    """No news to anyone any more."""
    for campaign in campaigns:
        Campaign.objects.filter(pk=campaign.pk).update(
            published_at=timezone.now() - timedelta(days=200)
        )


@pytest.mark.django_db
def test_news_of_two_campaigns_is_one_mail_with_sources_of_each(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    other = make_campaign(organization=campaign.organization, headline="Save the library")
    readers = sign_up(campaign, 2)
    make_update(campaign)
    make_update(other, title="The council listens", body="<p>They met us.</p>")
    schedule = due_schedule(campaign.organization.scopes.get(key="activism"))

    [mailing] = wake_due()
    pump()
    send_slice(lane=0)

    assert [mail.recipients[0] for mail in smtp_sink.mails] == [r.email for r in readers]
    text = smtp_sink.mails[0].text
    assert "They stopped for a year." in text
    assert "The council listens" in text
    assert "They met us." in text
    assert smtp_sink.mails[0].message["Subject"] == "The council listens, and 2 more"
    schedule.refresh_from_db()
    assert schedule.due_at > timezone.now()
    assert mailing.kind == Mailing.Kind.DIGEST


@pytest.mark.django_db
def test_nothing_new_sends_nothing_and_moves_on() -> None:
    campaign = make_campaign()
    long_open(campaign)
    sign_up(campaign, 1)
    draft_from_update(update=make_update(campaign), user=make_staff())
    make_update(campaign, title="Old", published_at=timezone.now() - timedelta(days=70))
    make_update(campaign, title="Draft", published_at=None)
    schedule = due_schedule(campaign.organization.scopes.get(key="activism"))

    assert wake_due() == []

    schedule.refresh_from_db()
    assert schedule.due_at > timezone.now()
    assert not Mailing.objects.filter(kind=Mailing.Kind.DIGEST).exists()


@pytest.mark.django_db
def test_a_draft_left_lying_keeps_no_news_from_anyone() -> None:
    campaign = make_campaign()
    sign_up(campaign, 1)
    draft_from_update(update=make_update(campaign), user=make_staff())
    Mailing.objects.update(created_at=timezone.now() - timedelta(days=8))
    due_schedule(campaign.organization.scopes.get(key="activism"))

    assert len(wake_due()) == 1


@pytest.mark.django_db
def test_a_scope_without_a_cadence_and_a_sleeping_schedule_are_not_woken() -> None:
    campaign = make_campaign()
    make_update(campaign)
    activism, offers = campaign.organization.scopes.order_by("key")
    MailScope.objects.filter(pk=activism.pk).update(cadence=MailScope.Cadence.NONE)
    due_schedule(activism)
    DigestSchedule.objects.create(scope=offers, due_at=timezone.now(), active=False)

    assert wake_due() == []


@pytest.mark.django_db
def test_a_digest_that_cannot_be_sent_stays_a_draft_that_says_why() -> None:
    campaign = make_campaign()
    campaign.organization.postal_address = ""
    campaign.organization.save()
    make_update(campaign)
    due_schedule(campaign.organization.scopes.get(key="activism"))

    [mailing] = wake_due()

    assert mailing.state == Mailing.State.DRAFT
    assert "postal address" in mailing.pause_reason


@pytest.mark.django_db(transaction=True)
def test_f15_many_beats_make_one_digest() -> None:
    campaign = make_campaign()
    make_update(campaign)
    schedule = due_schedule(campaign.organization.scopes.get(key="activism"))

    def beat() -> Mailing | None:
        try:
            return wake(schedule=DigestSchedule.objects.get(pk=schedule.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beats:
        made = [beat.result() for beat in [beats.submit(beat) for _ in range(4)]]

    assert sum(mailing is not None for mailing in made) == 1
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "cadence", "expected"),
    [
        ((2026, 1, 31), "monthly", (2026, 2, 28)),
        ((2026, 12, 15), "monthly", (2027, 1, 15)),
        ((2026, 11, 30), "quarterly", (2027, 2, 28)),
        ((2026, 12, 28), "weekly", (2027, 1, 4)),
    ],
)
def test_a_period_is_as_long_as_the_cadence_says(
    day: tuple[int, int, int], cadence: str, expected: tuple[int, int, int]
) -> None:
    assert after(datetime(*day, 9, tzinfo=UTC), cadence) == datetime(*expected, 9, tzinfo=UTC)
