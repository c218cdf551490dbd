"""A mailing that too many addresses send back, or too many readers complain of, pauses itself."""

import pytest
from django.db import connection

from mailings.models import Recipient
from mailings.pumping import freeze_audience, pump
from mailings.rates import pause_if_troubled, running_rates
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up

pytestmark = pytest.mark.django_db
Status = Recipient.Status


@pytest.fixture
def under_way(smtp_sink):
    """A mailing to 400 people, of which the first chunk's cursor has come to the 300th."""
    campaign = make_campaign()
    sign_up(campaign, 400)
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    reach(mailing, 300)
    return mailing


def reach(mailing, seq):
    mailing.chunks.update(cursor=seq)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailings_recipient SET status = 3, code = 250, done_at = clock_timestamp()"
            " WHERE mailing_id = %s AND seq <= %s AND status = 0",
            [mailing.pk, seq],
        )


def becomes(mailing, status, code, *, people, start=1):
    chosen = mailing.recipients.filter(seq__gte=start, seq__lt=start + people)
    chosen.update(status=status, code=code)


def paused(mailing):
    mailing.refresh_from_db()
    return mailing.state == "paused"


def test_t21_more_than_one_address_in_twenty_that_does_not_exist_pauses_it(under_way):
    becomes(under_way, Status.BOUNCED, 550, people=15)
    assert not pause_if_troubled(under_way.pk)
    becomes(under_way, Status.FAILED, 550, people=1, start=16)
    pump()
    assert paused(under_way)
    assert "16 of the last 300 mails were refused for good" in under_way.pause_reason


def test_t21_full_mailboxes_are_no_reason_to_pause(under_way):
    becomes(under_way, Status.BOUNCED, 450, people=200)
    assert not pause_if_troubled(under_way.pk)


def test_t21_two_complaints_in_the_first_thousand_pause_it_and_one_does_not(under_way):
    becomes(under_way, Status.COMPLAINED, 250, people=1)
    assert not pause_if_troubled(under_way.pk)
    becomes(under_way, Status.COMPLAINED, 250, people=1, start=2)
    assert pause_if_troubled(under_way.pk)
    assert paused(under_way)
    assert "2 of the last 300 readers" in under_way.pause_reason


def test_t21_whoever_resumes_it_is_not_stopped_by_what_is_past(under_way):
    becomes(under_way, Status.COMPLAINED, 250, people=5)
    assert pause_if_troubled(under_way.pk)
    under_way.refresh_from_db()
    assert under_way.resume()
    with connection.cursor() as cursor:  # the transaction of a test has one moment
        cursor.execute("UPDATE mailings_mailing SET resumed_at = clock_timestamp()")
    assert not pause_if_troubled(under_way.pk)
    reach(under_way, 320)
    assert running_rates(under_way.pk).mails == 20
    becomes(under_way, Status.COMPLAINED, 250, people=2, start=310)
    assert pause_if_troubled(under_way.pk)
