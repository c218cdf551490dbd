"""The number that is counted, the audience, the last look before a mail and the answer to “why?”
agree on who may get it, in whatever state a person is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from mailings import audience
from mailings.drafting import draft_from_campaign
from mailings.explaining import why
from mailings.models import Mailing, Recipient
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from signatures.erasing import erase
from signatures.leaving import unsubscribe
from signatures.models import CampaignMute, Subscription, Supporter, Suppression
from tests.factories import make_campaign, make_signature
from tests.mailings.making import (
    hurry,
    make_lane,
    make_staff,
    make_update,
    scheduled_mailing,
    sign_up,
)
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

State = Callable[[Supporter, Campaign], object]
REASON = Suppression.Reason


def has_done_nothing(person: Supporter, campaign: Campaign) -> None:
    pass


def has_left(person: Supporter, campaign: Campaign) -> None:
    unsubscribe(
        supporter_id=person.pk, organization_id=campaign.organization_id, via="preferences page"
    )


def has_left_other_mail(person: Supporter, campaign: Campaign) -> None:
    other = campaign.organization.scopes.exclude(key="activism")[0]
    Subscription.objects.create(
        supporter=person, scope=other, unsubscribed_at=timezone.now(), rests_until=in_days(9)
    )


def in_days(days: int) -> Any:
    return timezone.now() + timedelta(days=days)


def rests(person: Supporter, campaign: Campaign) -> None:
    Subscription.objects.filter(supporter=person).update(rests_until=in_days(30))


def has_rested(person: Supporter, campaign: Campaign) -> None:
    Subscription.objects.filter(supporter=person).update(rests_until=in_days(-1))


def blocked(reason: str) -> State:
    def block(person: Supporter, campaign: Campaign) -> None:
        said = campaign.pk if reason == REASON.NOT_ME else None
        Suppression.objects.suppress(person.email_hash, reason, campaign_id=said)

    block.__name__ = f"is_blocked_{reason}"
    return block


def was_blocked(person: Supporter, campaign: Campaign) -> None:
    blocked(REASON.HARD_BOUNCE)(person, campaign)
    Suppression.objects.filter(email_hash=bytes(person.email_hash)).update(lifted_at=in_days(0))


def has_muted(person: Supporter, campaign: Campaign) -> None:
    CampaignMute.objects.create(supporter=person, campaign=campaign)


def has_muted_another(person: Supporter, campaign: Campaign) -> None:
    has_muted(person, make_campaign(organization=campaign.organization))


def is_erased(person: Supporter, campaign: Campaign) -> None:
    erase(supporter_id=person.pk)


MAY: list[State] = [
    has_done_nothing,
    has_left_other_mail,
    has_rested,
    was_blocked,
    has_muted_another,
]
MAY_NOT: list[State] = [
    has_left,
    rests,
    has_muted,
    is_erased,
    *(blocked(reason) for reason in REASON.values if reason != REASON.ERASED),
]
OF_A_CAMPAIGN: list[State] = [has_muted]


def answers(
    mailing: Mailing, early: Supporter, late: Supporter, act: Callable[[Supporter], object]
) -> dict[str, bool]:
    """Whether each of those who are asked says that a person may get the mailing.

    `act` puts `early` into a state before the audience is written down, and `late` after it.
    """
    before = audience.count(mailing)
    act(early)
    subscribed = Subscription.objects.mailable().filter(scope=mailing.scope)
    found = {
        "the count": audience.count(mailing) == before,
        "the reasons": why(mailing=mailing, supporter=early).because[0].startswith("Nothing"),
        "the model": subscribed.filter(supporter=early).exists(),
    }
    pump()
    found["the audience"] = Recipient.objects.filter(mailing=mailing, supporter=early).exists()

    act(late)
    send_slice(lane=0)
    status = Recipient.objects.get(mailing=mailing, supporter=late).status
    assert status in {Recipient.Status.SENT, Recipient.Status.SKIPPED}
    found["the fence"] = status == Recipient.Status.SENT
    # The first sentence says what became of it, those behind it why.
    found["the reasons afterwards"] = len(why(mailing=mailing, supporter=late).because) == 1
    return found


@pytest.mark.parametrize(
    ("state", "may"),
    [(state, True) for state in MAY] + [(state, False) for state in MAY_NOT],
    ids=lambda value: getattr(value, "__name__", f"may {value}"),
)
def test_all_agree_on_a_person_who(state: State, may: bool, smtp_sink: SMTPSink) -> None:
    campaign = make_campaign()
    early, late = sign_up(campaign, 2)
    mailing = scheduled_mailing(make_update(campaign))

    found = answers(mailing, early, late, lambda person: state(person, campaign))

    if state in OF_A_CAMPAIGN:
        # The model knows of no mailing, and so of no campaign.
        del found["the model"]
    assert set(found.values()) == {may}, found


def test_all_agree_on_a_person_who_has_signed_what_an_ask_asks_for(smtp_sink: SMTPSink) -> None:
    other = make_campaign()
    early, late = sign_up(other, 2)
    asked = make_campaign(organization=other.organization)
    make_lane()
    user = make_staff()
    mailing = draft_from_campaign(campaign=asked, user=user)
    send_proof(mailing=mailing, user=user)
    assert schedule_mailing(mailing=mailing, expected_count=2, typed=2)
    hurry(mailing)

    found = answers(mailing, early, late, lambda person: make_signature(asked, email=person.email))

    del found["the model"]
    assert set(found.values()) == {False}, found
