"""A mailing goes by a provider's HTTP interface as by a mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.http_provider import Provider, email_url, fields, playing
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    """The provider that EMAIL_URL names."""
    with playing() as mine:
        settings.EMAIL_URL = email_url(mine.url)
        yield mine


@pytest.fixture
def mailing(smtp_sink: SMTPSink, provider: type[Provider]) -> Mailing:
    """Three people are owed it; its proof went the same way."""
    campaign = make_campaign()
    sign_up(campaign, 3)
    frozen = scheduled_mailing(make_update(campaign))
    pump()
    assert len(provider.requests) == 1
    provider.requests.clear()
    return frozen


def test_everyone_gets_it_once(mailing: Mailing, provider: type[Provider]) -> None:
    send_slice(lane=0, connections=2)

    assert statuses(mailing) == {"sent": 3}
    addresses = mailing.recipients.values_list("supporter__email", flat=True)
    assert sorted(fields(each)["to"] for each in provider.requests) == sorted(addresses)


def test_a_provider_that_asks_for_patience_gets_it(
    mailing: Mailing, provider: type[Provider]
) -> None:
    provider.answer = lambda request: request.say(429, {"message": "too many requests"})

    send_slice(lane=0)

    assert len(provider.requests) == 1
    assert statuses(mailing) == {"pending": 3}
    assert pump() == {}, "the lane rests"


def test_what_nobody_knows_the_fate_of_is_never_sent_again(
    mailing: Mailing, provider: type[Provider]
) -> None:
    provider.answer = Provider.hang_up

    send_slice(lane=0)
    pump()
    send_slice(lane=0)

    assert statuses(mailing) == {"unknown": 3}
    assert len(provider.requests) == 3
