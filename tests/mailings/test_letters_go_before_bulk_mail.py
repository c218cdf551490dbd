"""Letters go first: a confirmation does not wait for a mailing, whatever its size."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.letters.outbox import Outbox
from signatures.models import Letter
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.programs import Worker
from tests.rig.smtp_sink import SMTPSink


def under_way(people: int) -> tuple[Mailing, Campaign]:
    """A mailing to so many people that is being sent, and its campaign."""
    campaign = make_campaign()
    sign_up(campaign, people)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    return mailing, campaign


@pytest.mark.django_db
def test_bulk_mail_stands_aside_while_a_letter_waits(smtp_sink: SMTPSink, settings: Any) -> None:
    settings.MAILING_SLICE_SECONDS = 1.5
    mailing, campaign = under_way(3)
    make_signature(campaign, confirmed=False)
    Letter.objects.update(due_at=timezone.now() - timedelta(seconds=11))

    assert send_slice(lane=0, connections=2), "there is work left"
    assert statuses(mailing) == {"pending": 3}

    Outbox().drain()
    send_slice(lane=0, connections=2)
    assert statuses(mailing) == {"sent": 3}


@pytest.mark.django_db
def test_a_letter_that_is_due_just_now_holds_nothing_up(smtp_sink: SMTPSink) -> None:
    mailing, campaign = under_way(3)
    make_signature(campaign, confirmed=False)

    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 3}


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_confirmation_leaves_within_ten_seconds_while_bulk_runs_at_full_speed(
    smtp_sink: SMTPSink, celery_workers: dict[str, Worker]
) -> None:
    mailing, campaign = under_way(4_000)
    smtp_sink.mails.clear()
    smtp_sink.wait(50, timeout=30)

    make_signature(campaign, email="ada@elsewhere.example", confirmed=False)
    smtp_sink.wait(1, to="ada@elsewhere.example", timeout=10)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING, "it was running all the while"
