"""A whole mailing under fire: workers are killed at random, the server refuses, people leave.

Twenty thousand sends and 24 kills; `SOAK_PEOPLE` and `SOAK_KILLS` make it more.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mailings.models import Lane
from signatures.leaving import unsubscribe
from signatures.models import Supporter
from tests.factories import make_campaign
from tests.mailings.driving import assert_kept_promise, drive
from tests.mailings.making import make_lane, make_update, scheduled_mailing, sign_up, statuses
from tests.rig.programs import Worker
from tests.rig.smtp_sink import SMTPSink

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(6 * 3600),
    pytest.mark.django_db(transaction=True),
]

PEOPLE = int(os.environ.get("SOAK_PEOPLE", "20000"))
KILLS = int(os.environ.get("SOAK_KILLS", "24"))
WORKERS, CONNECTIONS = 4, 8
# A killed worker is back after some seconds, so the mail server is slow enough (three replies
# a mail) for everything to last so many seconds a kill.
SECONDS_A_KILL = 2.5
LATENCY = SECONDS_A_KILL * KILLS * CONNECTIONS / (3 * PEOPLE)
# Of all: so many are refused for now once, for ever by the text, and so often the server vanishes
# after it has taken a mail.
# More refusals than one in a hundred of a chunk would pause it, as they should.
PUT_OFF, REFUSED, VANISHES, LEAVING = 0.05, 0.002, 0.0005, 0.1


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds instead of fifteen minutes, here and in the workers."""
    monkeypatch.setenv("MAILING_LEASE_SECONDS", "2")
    monkeypatch.setattr("django.conf.settings.MAILING_LEASE_SECONDS", 2)


@dataclass
class Killer:
    """Kills one worker after another at a random moment, and starts it again."""

    workers: list[Worker]
    sink: SMTPSink
    dice: random.Random
    kills: int = 0

    def now_and_then(self) -> None:
        """Kill one that is at work, when another share of the mails has come."""
        ready = [worker for worker in self.workers if worker.ready()]
        share = PEOPLE * (1 - LEAVING) / (KILLS + 1)
        due = len(self.sink.mails) > share * (self.kills + 0.5)
        if ready and due and self.kills < KILLS:
            time.sleep(self.dice.random() * 0.3)
            worker = self.dice.choice(ready)
            worker.kill()
            self.kills += 1
            # It gets ready while the others go on.
            worker.child.start()


def test_f11_thousands_of_sends_and_dozens_of_kills_mail_nobody_twice(
    smtp_sink: SMTPSink, start_worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("SOAK_SEED", random.randrange(10**6)))
    dice = random.Random(seed)
    make_lane()
    Lane.objects.update(max_connections=CONNECTIONS)
    campaign = make_campaign()
    readers = sign_up(campaign, PEOPLE)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    monkeypatch.setattr(smtp_sink, "keep_bodies", False)
    smtp_sink.latency = LATENCY
    make_trouble(smtp_sink, readers, dice)
    killer = Killer([start_worker("bulk") for _ in range(WORKERS)], smtp_sink, dice)
    leaving, left = dice.sample(readers, int(PEOPLE * LEAVING)), []

    def fire() -> None:
        killer.now_and_then()
        for reader in leaving[:20]:
            unsubscribe(
                supporter_id=reader.pk, organization_id=campaign.organization_id, via="test"
            )
            left.append((reader.email, time.time()))
        del leaving[:20]

    began = time.monotonic()
    drive(mailing, timeout=PEOPLE / 20 + 300, each_round=fire)

    print(
        f"seed {seed}: {killer.kills} kills, {statuses(mailing)}, {len(smtp_sink.mails)} accepted,"
        f" {len(left)} left meanwhile, {time.monotonic() - began:.0f} s"
    )
    assert killer.kills == KILLS
    vanished = int(PEOPLE * VANISHES)
    assert_kept_promise(
        mailing, smtp_sink, most_unknown=killer.kills * CONNECTIONS + vanished, left=left
    )


def make_trouble(sink: SMTPSink, readers: list[Supporter], dice: random.Random) -> None:
    """Refuse some for now, some for ever, and vanish now and then with a mail in hand."""
    for reader in dice.sample(readers, int(PEOPLE * PUT_OFF)):
        sink.reply("RCPT", "451 4.2.0 later", recipient=reader.email, times=1)
    # One of each so many in their order: by chance a chunk would have too many, and pause it.
    apart = int(1 / REFUSED)
    for begin in range(0, PEOPLE, apart):
        reader = dice.choice(readers[begin : begin + apart])
        sink.reply("END", "554 5.6.0 no", recipient=reader.email, times=1)
    for reader in dice.sample(readers, int(PEOPLE * VANISHES)):
        sink.drop("END", recipient=reader.email, times=1, recorded=True)
