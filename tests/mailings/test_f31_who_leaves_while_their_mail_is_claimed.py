"""Whatever ends mail to somebody after it was claimed, and before it is sent, keeps it away."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mailings.arriving import read_waiting, take_in
from mailings.events import apply_waiting, store
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from postroom.events import Event, EventKind
from postroom.messages import MessageKey
from signatures.erasing import erase
from signatures.leaving import pause, unsubscribe
from signatures.models import Letter, Supporter
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.mailings.providers import key_of

pytestmark = pytest.mark.django_db


def leave(mailing: Mailing, reader: Supporter) -> None:
    unsubscribe(
        supporter_id=reader.pk, organization_id=mailing.organization_id, via="preferences page"
    )


def leave_by_mail(mailing: Mailing, reader: Supporter) -> None:
    take_in(raw=b"From: reader@example.org\r\n\r\n", recipient=f"u+{key_of(mailing, reader)}@x.org")
    read_waiting()


def be_erased(mailing: Mailing, reader: Supporter) -> None:
    erase(supporter_id=reader.pk)


def rest(mailing: Mailing, reader: Supporter) -> None:
    pause(supporter_id=reader.pk, organization_id=mailing.organization_id)


def complain_of_another(mailing: Mailing, reader: Supporter) -> None:
    """Of a letter that they had before."""
    letter = Letter.objects.create(
        kind="receipt",
        supporter=reader,
        signature=reader.signatures.get(),
        sent_at=datetime.now(UTC),
    )
    key = MessageKey("l", (letter.pk,))
    store([Event("esp", f"{letter.pk}", EventKind.COMPLAINED, key, datetime.now(UTC))])
    apply_waiting()


@pytest.mark.parametrize("act", [leave, leave_by_mail, be_erased, rest, complain_of_another])
def test_f31_their_own_claimed_mail_does_not_go_out(
    act: Callable[[Mailing, Supporter], None], smtp_sink: Any
) -> None:
    campaign = make_campaign()
    goes, stays = sign_up(campaign, 2)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    smtp_sink.mails.clear()
    act(mailing, goes)
    send_slice(lane=0)
    assert [mail.recipients for mail in smtp_sink.mails] == [[stays.email]]
    assert statuses(mailing) == {"sent": 1, "skipped": 1}
