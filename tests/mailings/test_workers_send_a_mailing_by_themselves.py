"""The whole way with real workers: one click, and everybody has it seconds later."""

from typing import Any

import pytest

from mailings import audience
from mailings.drafting import draft_from_update
from mailings.proofing import send_proof
from mailings.scheduling import schedule_mailing
from tests.factories import make_campaign
from tests.mailings.driving import assert_kept_promise, is_sent
from tests.mailings.making import make_lane, make_staff, make_update, sign_up, wait_until
from tests.rig.programs import Worker
from tests.rig.smtp_sink import SMTPSink


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_bell_starts_a_mailing_and_the_last_slice_closes_it(
    celery_workers: dict[str, Worker], smtp_sink: SMTPSink, settings: Any
) -> None:
    settings.MAILING_HOLD_SECONDS = 0
    make_lane()
    campaign = make_campaign()
    sign_up(campaign, 50)
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign), user=user)
    send_proof(mailing=mailing, user=user)
    smtp_sink.mails.clear()

    schedule_mailing(mailing=mailing, expected_count=audience.count(mailing))

    smtp_sink.wait(50, timeout=10)
    wait_until(lambda: is_sent(mailing), timeout=5)
    assert_kept_promise(mailing, smtp_sink, most_unknown=0)
