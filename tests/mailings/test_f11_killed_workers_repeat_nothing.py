"""Workers die in the middle of a mailing, in every way that workers die."""

import os
import random
import time
from collections.abc import Callable

import pytest
import redis
from django.conf import settings

from mailings.models import Chunk, Recipient
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.working_off import REFUSED_TEXTS
from signatures.leaving import unsubscribe
from tests.factories import make_campaign
from tests.mailings.driving import assert_kept_promise, drive, wait_for_mails
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.programs import Worker
from tests.rig.smtp_sink import SMTPSink

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

CONNECTIONS = 4


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds instead of fifteen minutes, for the workers under test and for this process."""
    monkeypatch.setenv("MAILING_LEASE_SECONDS", "2")
    monkeypatch.setattr("django.conf.settings.MAILING_LEASE_SECONDS", 2)


def test_f11_kill_9_again_and_again_mails_nobody_twice_and_loses_nobody(
    smtp_sink: SMTPSink, start_worker: Callable[..., Worker]
) -> None:
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    dice = random.Random(seed)
    campaign = make_campaign()
    readers = sign_up(campaign, 2_000)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    for reader in dice.sample(readers, 60):
        smtp_sink.reply("RCPT", "451 4.2.0 later", recipient=reader.email, times=1)
    # One more in the same chunk would pause the mailing, as it should.
    for reader in dice.sample(readers, REFUSED_TEXTS):
        smtp_sink.reply("END", "554 5.6.0 no", recipient=reader.email)
    worker = start_worker("bulk")
    kills, left = 0, []
    leaving = dice.sample(readers, 200)

    def somebody_leaves() -> None:
        for reader in leaving[:10]:
            unsubscribe(
                supporter_id=reader.pk, organization_id=campaign.organization_id, via="test"
            )
            left.append((reader.email, time.time()))
        del leaving[:10]

    def kill_now_and_then() -> None:
        nonlocal kills
        somebody_leaves()
        if kills < 4 and len(smtp_sink.mails) > 350 * (kills + 0.5):
            time.sleep(dice.random() * 0.3)
            worker.kill()
            kills += 1
            worker.start()

    drive(mailing, timeout=60, each_round=kill_now_and_then)

    assert kills >= 3
    assert_kept_promise(mailing, smtp_sink, most_unknown=kills * CONNECTIONS, left=left)
    print(f"{kills} kills, {statuses(mailing)}, {len(smtp_sink.mails)} accepted")


def test_f23_a_deployment_in_the_middle_leaves_nothing_in_doubt(
    smtp_sink: SMTPSink, start_worker: Callable[..., Worker]
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 400)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    worker = start_worker("bulk")
    for many in (50, 200):
        pump()
        wait_for_mails(smtp_sink, many)
        worker.stop()
        assert not Chunk.objects.filter(state=Chunk.State.LEASED).exists()
        worker.start()
    drive(mailing, timeout=30)

    assert_kept_promise(mailing, smtp_sink, most_unknown=0)
    assert statuses(mailing) == {"sent": 400}


def test_a_worker_that_wakes_after_its_lease_sends_nothing_more(
    smtp_sink: SMTPSink, start_worker: Callable[..., Worker]
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 300)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    worker = start_worker("bulk")
    pump()
    wait_for_mails(smtp_sink, 50)
    worker.pause()
    time.sleep(2.2)

    def take_over() -> None:
        send_slice(lane=0)

    drive(mailing, timeout=30, each_round=take_over)
    worker.resume()
    time.sleep(1.0)

    assert_kept_promise(mailing, smtp_sink, most_unknown=CONNECTIONS)
    doubtful = Recipient.objects.filter(mailing=mailing, status=Recipient.Status.UNKNOWN)
    assert len(smtp_sink.mails) >= 300 - doubtful.count()
    assert worker.running


def test_f08_a_flushed_broker_loses_and_repeats_nothing(
    smtp_sink: SMTPSink, start_worker: Callable[..., Worker]
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 600)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    start_worker("bulk")
    pump()
    wait_for_mails(smtp_sink, 100)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    drive(mailing, timeout=30)

    assert_kept_promise(mailing, smtp_sink, most_unknown=0)
    assert statuses(mailing) == {"sent": 600}
