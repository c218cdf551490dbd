"""A mailing may say it in several languages and ways; each reader gets one of them."""

from typing import Any

import pytest
from django.db import connection

from campaigns.models import Statement
from mailings.composing import compile_content, freeze_content
from mailings.models import Chunk, Mailing, MailingContent
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.models import Signature
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(smtp_sink: SMTPSink) -> Mailing:
    """Four people are owed it. It speaks English, and German in two variants."""
    campaign = make_campaign()
    sign_up(campaign, 4)
    frozen = scheduled_mailing(make_update(campaign))
    own = compile_content(frozen)
    freeze_content(own, says(own, "de", 0, "Auf Deutsch"), says(own, "en", 1, "In other words"))
    pump()
    smtp_sink.mails.clear()
    return frozen


def says(own: MailingContent, language: str, variant: int, subject: str) -> MailingContent:
    """The same content in another language or variant, told by its subject."""
    before, after = f"Subject: {own.mailing.subject}".encode(), f"Subject: {subject}".encode()
    grown = len(after) - len(before)
    at = bytes(own.skeleton).index(before)
    slots = [[end + grown if end > at else end, *slot] for end, *slot in own.layout["slots"]]
    return MailingContent(
        mailing=own.mailing,
        language=language,
        variant=variant,
        skeleton=bytes(own.skeleton).replace(before, after),
        layout=own.layout | {"slots": slots},
        digest=own.digest,
    )


def sign_in(language: str, mailing: Mailing, seq: int) -> None:
    """The recipient signed the text of this language."""
    assert mailing.campaign
    text = Statement.objects.create(
        campaign=mailing.campaign, version=2, language=language, text="…"
    )
    mine = Signature.objects.filter(supporter=mailing.recipients.get(seq=seq).supporter)
    mine.update(statement=text)


def subjects(mailing: Mailing, sink: SMTPSink) -> list[Any]:
    """What each recipient read, in their order."""
    addresses = mailing.recipients.order_by("seq").values_list("supporter__email", flat=True)
    return [sink.to(address)[0].message["Subject"] for address in addresses]


def test_who_signed_in_german_reads_german(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    sign_in("de", mailing, seq=2)

    send_slice(lane=0)

    own = mailing.subject
    assert subjects(mailing, smtp_sink) == [own, "Auf Deutsch", own, own]


def test_who_signed_in_a_language_that_it_does_not_speak_reads_its_own(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    sign_in("es", mailing, seq=2)

    send_slice(lane=0)

    assert subjects(mailing, smtp_sink) == [mailing.subject] * 4


def test_a_variant_stays_the_same_when_it_is_tried_again(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    Chunk.objects.update(variant=1)
    smtp_sink.reply("RCPT", "451 4.2.1 later", times=2)
    send_slice(lane=0)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailings_deferral SET next_attempt_at = now()")
    pump()
    send_slice(lane=0)

    assert subjects(mailing, smtp_sink) == ["In other words"] * 4
