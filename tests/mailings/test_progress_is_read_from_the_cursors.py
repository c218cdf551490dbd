"""What the page says while a mailing goes out."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailings.models import Chunk, Deferral, Mailing, Recipient, Trial
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


def test_the_speed_is_that_of_the_last_minute() -> None:
    mailing = mailing_halfway()

    progress = progress_of(mailing)

    assert progress.done == 250
    assert progress.per_second == pytest.approx(2, rel=0.1)
    assert progress.time_left == pytest.approx(timedelta(seconds=125), abs=timedelta(seconds=10))
    Recipient.objects.update(done_at=timezone.now() - timedelta(minutes=2))
    assert progress_of(mailing).sentence == "250 of 500 done, 250 left."


def test_a_pause_is_said_and_no_time_left() -> None:
    mailing = mailing_halfway()
    assert mailing.pause("Paused by Ada.")

    assert progress_of(mailing).sentence == "250 of 500 done, 250 left. Paused."


def test_while_the_first_few_are_watched_it_says_until_when(settings: Any) -> None:
    settings.MAILING_CANARY_WATCH_SECONDS = 60
    mailing = mailing_halfway()
    Chunk.objects.create(mailing=mailing, lane=0, lo=251, hi=500, wave=1)
    Chunk.objects.filter(lo=1).update(hi=250)
    assert " a second." in progress_of(mailing).sentence

    Chunk.objects.filter(lo=1).update(state=Chunk.State.DONE)
    mailing.wave_done_at = timezone.now()

    until = (mailing.wave_done_at + timedelta(minutes=1)).astimezone(mailing.zone)
    said = progress_of(mailing).sentence
    assert said.startswith("250 of 500 done, 250 left. Watching the first 250 until ")
    assert f"{until:%H:%M}" in said


def test_a_trial_says_when_its_winner_is_chosen() -> None:
    mailing = mailing_halfway()
    Chunk.objects.filter(lo=1).update(hi=250, state=Chunk.State.DONE)
    Chunk.objects.create(mailing=mailing, lane=0, lo=251, hi=500, wave=1)
    Trial.objects.create(mailing=mailing, share=50, hours=30)
    mailing.wave_done_at = timezone.now()

    chosen = (mailing.wave_done_at + timedelta(hours=30)).astimezone(mailing.zone)
    assert f"left. The winner is chosen at {chosen.day} {chosen:%b, %H:%M}" in (
        progress_of(mailing).sentence
    )
    mailing.trial.winner, mailing.trial.decided_at = 1, timezone.now()
    mailing.trial.save()
    assert "winner" not in progress_of(mailing).sentence


def mailing_halfway() -> Mailing:
    """250 of 500 done in an hour, half of them evenly within the last minute."""
    campaign = make_campaign()
    mailing = Mailing.objects.create(
        organization=campaign.organization,
        scope=campaign.organization.scopes.get(key="activism"),
        campaign=campaign,
        subject="News",
        state=Mailing.State.SENDING,
        audience_size=500,
        started_at=timezone.now() - timedelta(hours=1),
    )
    Chunk.objects.create(mailing=mailing, lane=0, lo=1, hi=500, state=1, cursor=250)
    readers = sign_up(campaign, 250)
    Recipient.objects.bulk_create(
        Recipient(
            mailing=mailing,
            lane=0,
            seq=seq,
            supporter=reader,
            subscription_id=seq,
            status=Recipient.Status.SENT,
            done_at=timezone.now() - timedelta(seconds=(250 - seq) * 0.48),
        )
        for seq, reader in enumerate(readers, start=1)
    )
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
