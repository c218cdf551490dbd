"""A campaign that ends leaves a draft of its last mail, and its organizers hear of it."""

import pytest

from campaigns.models import Campaign
from mailings.models import ClosingMail, Mailing, OrganizerNotice
from mailings.promising.closing import draft_closing_mails
from tests.factories import make_campaign
from tests.mailings.making import reachable_organizer, sign_up

pytestmark = pytest.mark.django_db


def ended_campaign(**fields: str) -> Campaign:
    campaign = make_campaign(**fields)  # type: ignore[arg-type]
    sign_up(campaign, 3)
    return campaign


def test_a_win_drafts_an_update_and_its_mailing_and_nothing_goes_by_itself() -> None:
    campaign = ended_campaign(headline="Stop it")
    organizer = reachable_organizer(campaign.organization)
    campaign.win(outcome="They <stopped>.")
    [closing] = draft_closing_mails()
    assert draft_closing_mails() == []
    assert closing.update.title == "We won: Stop it"
    assert "They &lt;stopped&gt;." in closing.update.body
    assert closing.update.published_at is None
    assert closing.mailing.state == Mailing.State.DRAFT
    assert closing.mailing.campaign == campaign
    notice = OrganizerNotice.objects.get(user=organizer)
    assert "Tell the signers how it ended" in notice.subject


def test_a_later_end_puts_away_what_was_drafted_for_an_earlier_one() -> None:
    campaign = ended_campaign()
    campaign.close()
    [closed] = draft_closing_mails()
    campaign.win()
    [won] = draft_closing_mails()
    closed.mailing.refresh_from_db()
    assert closed.mailing.state == Mailing.State.CANCELLED
    assert won.mailing.state == Mailing.State.DRAFT
    assert won.update.title.startswith("We won")


def test_what_nobody_signed_ended_long_ago_or_is_open_has_none() -> None:
    make_campaign().close()
    ended_campaign()
    long_ago = ended_campaign()
    long_ago.close()
    Campaign.objects.filter(pk=long_ago.pk).update(closed_at="2020-01-01T00:00Z")
    assert draft_closing_mails() == []
    assert not ClosingMail.objects.exists()
