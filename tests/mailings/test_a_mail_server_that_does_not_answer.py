"""A mail server that leaves a message without an answer holds up as little as possible."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from mailings.models import Chunk, Lane, Mailing, Recipient
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.welcoming.growing import grow_all
from mailings.welcoming.starting import draft_step, switch_on
from signatures.leaving import unsubscribe
from signatures.models import Supporter
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import (
    make_lane,
    make_staff,
    make_update,
    scheduled_mailing,
    sign_up,
    statuses,
    wait_until,
)
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db(transaction=True)


def first_of(mailing: Mailing) -> str:
    """The address of the first recipient."""
    return Recipient.objects.get(mailing=mailing, seq=1).supporter.email


@pytest.fixture
def freeze(smtp_sink: SMTPSink) -> Callable[[int], Mailing]:
    """Makes a mailing that so many people are owed; its proof is forgotten."""

    def freeze(people: int) -> Mailing:
        campaign = make_campaign()
        make_lane()
        # With many connections the chunks are small.
        Lane.objects.update(max_connections=20)
        sign_up(campaign, people)
        frozen = scheduled_mailing(make_update(campaign))
        pump()
        smtp_sink.mails.clear()
        return frozen

    return freeze


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Runs something in a thread of its own, with its own session of the database."""
    threads = []

    def start(act: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            finally:
                connections.close_all()

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return threads[-1]

    yield start
    for thread in threads:
        thread.join()


def test_f15_a_worker_that_stops_does_not_wait_for_it(
    freeze: Callable[[int], Mailing], smtp_sink: SMTPSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailings.sending.GIVES_UP_AFTER", 0.3)
    mailing = freeze(40)
    smtp_sink.stall("END", recipient=first_of(mailing))
    smtp_sink.latency = 0.01
    stopping = threading.Event()
    threading.Timer(0.5, stopping.set).start()
    began = time.monotonic()

    send_slice(lane=0, connections=2, stopping=stopping.is_set)

    assert time.monotonic() - began < 3
    found = statuses(mailing)
    assert found["unknown"] == 1
    assert found["sent"] == len(smtp_sink.mails)
    assert not Chunk.objects.filter(state=Chunk.State.LEASED).exists()
    assert_invariants()


def test_while_one_waits_the_others_of_its_slice_go_on(
    freeze: Callable[[int], Mailing],
    smtp_sink: SMTPSink,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr("mailings.sending.STALLS_AFTER", 0.2)
    monkeypatch.setattr("mailings.ways_out.DOT_SECONDS", 2.0)
    settings.MAILING_SLICE_SECONDS = 0.5
    mailing = freeze(100)
    smtp_sink.chunking = False
    smtp_sink.stall("END", recipient=first_of(mailing))
    smtp_sink.latency = 0.005
    began = time.monotonic()

    send_slice(lane=0, connections=2)

    assert statuses(mailing)["unknown"] == 1
    last = max(mail.monotonic for mail in smtp_sink.mails)
    assert last - began > 1, "half a second after the end of the slice"
    assert_invariants()


def test_a_slice_leaves_no_connection_open(
    freeze: Callable[[int], Mailing], smtp_sink: SMTPSink
) -> None:
    freeze(200)
    smtp_sink.latency = 0.01
    stopping = threading.Event()
    threading.Timer(0.3, stopping.set).start()

    assert send_slice(lane=0, connections=4, stopping=stopping.is_set)

    # Another host may have the lane's connections now.
    wait_until(lambda: smtp_sink.open_connections == 0, timeout=2)


def test_t09_a_connection_is_opened_before_consent_is_asked_for(
    freeze: Callable[[int], Mailing],
    smtp_sink: SMTPSink,
    beside: Callable[[Callable[[], object]], threading.Thread],
) -> None:
    mailing = freeze(4)
    Lane.objects.update(per_second=5, max_connections=1)
    smtp_sink.delay("CONNECT", 0.8)
    people = list(Supporter.objects.filter(mailings_received__mailing=mailing).order_by("pk"))

    def hang_up_and_leave() -> None:
        smtp_sink.wait(1)
        smtp_sink.hang_up()
        time.sleep(0.4)
        for person in people:
            unsubscribe(
                supporter_id=person.pk,
                organization_id=mailing.organization_id,
                via="test",
            )

    beside(hang_up_and_leave)
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 1, "skipped": 3}
    assert len(smtp_sink.mails) == 1


def test_what_was_reworded_meanwhile_goes_out_in_its_new_words_alone(
    smtp_sink: SMTPSink,
    beside: Callable[[Callable[[], object]], threading.Thread],
) -> None:
    make_lane()
    campaign, writer = make_campaign(), make_staff()
    step = draft_step(
        scope=campaign.organization.scopes.get(key="activism"),
        days=0,
        subject="Welcome",
        body="<p>Old words.</p>",
        user=writer,
    )
    send_proof(mailing=step.mailing, user=writer)
    assert switch_on(step=step, user=writer)
    sign_up(campaign, 6)
    grow_all()
    pump()
    smtp_sink.mails.clear()
    smtp_sink.delay("END", 2, times=1)

    sending = beside(lambda: send_slice(lane=0))
    time.sleep(0.7)
    mailing = Mailing.objects.get(pk=step.mailing_id)
    assert mailing.pause(by=writer)
    assert mailing.reword(by=writer)
    assert mailing.edit(by=writer, body="<p>Brand new words.</p>")
    send_proof(mailing=mailing, user=writer)
    step.refresh_from_db()
    assert switch_on(step=step, user=writer)
    sending.join()
    pump()
    send_slice(lane=0)

    texts = [mail.text for mail in smtp_sink.mails if mail.recipients[0].startswith("reader")]
    assert len(texts) == 6
    assert sum("Old words" in text for text in texts) <= 1, "the one that was under way"
    assert_invariants()
