"""One update, several mailings: whoever has it gets it no more. A proof is for one audience."""

import pytest

from mailings import audience
from mailings.audience import freeze_page
from mailings.composing import CannotBeSent
from mailings.drafting import draft_from_update
from mailings.models import Mailing, Recipient
from mailings.proofing import send_proof
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db(transaction=True)


def send(mailing: Mailing) -> None:
    while freeze_page(mailing.pk):
        pass
    send_slice(lane=0)


def test_mailing_an_update_again_reaches_only_those_who_came_since(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    update = make_update(campaign)
    send(scheduled_mailing(update=update))
    newcomers = sign_up(campaign, 2)
    again = scheduled_mailing(update=update)
    smtp_sink.mails.clear()
    send(again)
    assert {mail.recipients[0] for mail in smtp_sink.mails} == {one.email for one in newcomers}


def test_two_mailings_of_one_update_scheduled_at_once_share_nobody() -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    update = make_update(campaign)
    mailings = [scheduled_mailing(update=update) for _ in range(2)]
    for mailing in mailings:
        while freeze_page(mailing.pk):
            pass
    assert Recipient.objects.count() == 3


def test_a_proof_stands_for_its_audience_too() -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    other = make_campaign(organization=campaign.organization)
    sign_up(other, 3)
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign), user=user)
    send_proof(mailing=mailing, user=user)
    Mailing.objects.filter(pk=mailing.pk).update(campaign=other)
    mailing.refresh_from_db()
    with pytest.raises(CannotBeSent):
        schedule_mailing(mailing=mailing, expected_count=audience.count(mailing))


def test_a_marker_without_its_source_keeps_an_update_from_being_mailed() -> None:
    campaign = make_campaign()
    sign_up(campaign, 1)
    update = make_update(campaign, body='<p>So.<sup data-source="nosuch-1999"></sup></p>')
    user = make_staff()
    mailing = draft_from_update(update=update, user=user)
    with pytest.raises(CannotBeSent, match="nosuch-1999"):
        send_proof(mailing=mailing, user=user)


def test_what_an_organizer_writes_is_never_filled_in(smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    organization = campaign.organization
    organization.postal_address = "1 [[unsubscribe_token]] Street"
    organization.save()
    campaign.sources.create(key="x", title="T [[to]]", url="https://evil.example/?a=[[to]]")
    reader = sign_up(campaign, 1)[0]
    update = make_update(campaign, body='<p>[[to]]<sup data-source="x"></sup></p>')
    send(scheduled_mailing(update=update))
    mail = smtp_sink.to(reader.email)[-1]
    for part in (mail.text, mail.html):
        assert reader.email not in part
