"""What the page says while a mailing goes out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailings.models import Chunk, Deferral, Mailing
from mailings.progress import Progress, in_words, progress_of
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def test_it_counts_what_is_left_and_who_waits(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    readers = sign_up(campaign, 10)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    mailing.refresh_from_db()
    assert progress_of(mailing).left == 10
    smtp_sink.reply("RCPT", "451 4.2.1 later", recipient=readers[3].email)

    send_slice(lane=0)

    progress = progress_of(mailing)
    assert (progress.done, progress.left, progress.waiting) == (9, 1, 1)
    Deferral.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    pump()
    assert (progress_of(mailing).left, progress_of(mailing).waiting) == (1, 0)


def test_the_time_left_leaves_pauses_out() -> None:
    mailing = scheduled_mailing_halfway()

    progress = progress_of(mailing)

    assert progress.done == 250
    assert progress.per_second == pytest.approx(5, rel=0.1)
    assert progress.time_left
    assert progress.time_left == pytest.approx(timedelta(seconds=50), abs=timedelta(seconds=5))


def scheduled_mailing_halfway() -> Mailing:
    """250 of 500 done in 50 seconds of sending and an hour of pause."""
    campaign = make_campaign()
    mailing = Mailing.objects.create(
        organization=campaign.organization,
        scope=campaign.organization.scopes.get(key="activism"),
        campaign=campaign,
        subject="News",
        state=Mailing.State.SENDING,
        audience_size=500,
        started_at=timezone.now() - timedelta(hours=1, seconds=50),
        paused_for=timedelta(hours=1),
    )
    Chunk.objects.create(mailing=mailing, lane=0, lo=1, hi=500, state=1, cursor=250)
    return mailing


def test_it_speaks_in_a_sentence() -> None:
    progress = Progress(total=12345, left=4144, waiting=12, per_second=210.04)

    assert progress.sentence == (
        "8,201 of 12,345 done, 4,144 left, 12 of them wait for another try, 210.0 a second,"
        " about 20 seconds to go."
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second"), (89, "89 seconds"), (240, "4 minutes"), (8400, "2 hours 20 minutes")],
)
def test_the_time_left_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == said
