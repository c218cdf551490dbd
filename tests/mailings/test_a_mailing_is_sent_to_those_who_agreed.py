"""From one click on an update to everybody's mailbox."""

import pytest

from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.leaving import pause, unsubscribe
from signatures.models import CampaignMute, Signature, Suppression
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def test_everyone_who_agreed_gets_the_update_once(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    readers = sign_up(campaign, 7)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()

    assert pump() == {0: 1}
    send_slice(lane=0)
    pump()

    assert sorted(mail.recipients[0] for mail in smtp_sink.mails) == sorted(
        reader.email for reader in readers
    )
    mailing.refresh_from_db()
    assert mailing.state == mailing.State.SENT
    assert statuses(mailing) == {"sent": 7}


def test_whoever_left_muted_or_is_blocked_gets_nothing(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    stays, left, muted, blocked, withdrew = sign_up(campaign, 5)
    unsubscribe(supporter_id=left.pk, organization_id=campaign.organization_id, via="test")
    CampaignMute.objects.create(supporter=muted, campaign=campaign)
    Suppression.objects.create(email_hash=blocked.email_hash, reason="complaint")
    Signature.objects.filter(supporter=withdrew).update(state="withdrawn")
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()

    pump()
    send_slice(lane=0)

    assert [mail.recipients for mail in smtp_sink.mails] == [[stays.email]]
    assert statuses(mailing) == {"sent": 1}


def test_whoever_leaves_after_the_audience_was_frozen_is_skipped(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    stays, leaves, mutes, complains = sign_up(campaign, 4)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    unsubscribe(supporter_id=leaves.pk, organization_id=campaign.organization_id, via="test")
    CampaignMute.objects.create(supporter=mutes, campaign=campaign)
    Suppression.objects.create(email_hash=complains.email_hash, reason="complaint")

    send_slice(lane=0)

    assert [mail.recipients for mail in smtp_sink.mails] == [[stays.email]]
    assert statuses(mailing) == {"sent": 1, "skipped": 3}


def test_whoever_takes_a_break_gets_nothing_before_the_freeze_or_after_it(
    smtp_sink: SMTPSink,
) -> None:
    campaign = make_campaign()
    stays, paused, pauses = sign_up(campaign, 3)
    pause(supporter_id=paused.pk, organization_id=campaign.organization_id)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    pause(supporter_id=pauses.pk, organization_id=campaign.organization_id)

    send_slice(lane=0)

    assert [mail.recipients for mail in smtp_sink.mails] == [[stays.email]]
    assert statuses(mailing) == {"sent": 1, "skipped": 1}
