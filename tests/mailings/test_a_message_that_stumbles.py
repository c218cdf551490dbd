"""A mistake of ours costs nobody but whose message stumbles over it, and nobody gets two."""

import copy
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from mailings import ledger
from mailings.explaining import why
from mailings.fencing import prepare_session
from mailings.models import Chunk, Deferral, Mailing, MailingContent, Recipient, content_digest
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.models import Signature
from tests.factories import make_campaign
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_update, scheduled_mailing, sign_up, statuses
from tests.rig.http_provider import Provider, email_url, fields, playing, takes_it
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

OPEN, DONE = Chunk.State.OPEN, Chunk.State.DONE


@pytest.fixture
def freeze(smtp_sink: SMTPSink) -> Callable[[int], Mailing]:
    """Makes a mailing that so many people are owed, in one chunk; its proof is forgotten."""

    def freeze(people: int) -> Mailing:
        campaign = make_campaign()
        sign_up(campaign, people)
        frozen = scheduled_mailing(make_update(campaign))
        pump()
        smtp_sink.mails.clear()
        return frozen

    return freeze


def store(content: MailingContent, layout: dict[str, Any]) -> None:
    content.layout = layout
    content.digest = content_digest(bytes(content.skeleton), layout)
    content.save()


def broken(layout: dict[str, Any]) -> dict[str, Any]:
    """The same, where the text part asks for something that nobody has."""
    layout = copy.deepcopy(layout)
    slot = next(slot for slot in layout["slots"] if slot[1] == "text")
    slot[2] = "vanished"
    return layout


def in_broken_german(mailing: Mailing, people: int) -> None:
    """The last so many of its readers signed in German, and the German mail is broken."""
    signed = Signature.objects.filter(campaign=mailing.campaign).order_by("-supporter")[:people]
    german = mailing.campaign.statements.create(language="de", text="Hört auf.")
    Signature.objects.filter(pk__in=signed.values("pk")).update(statement=german)
    content = mailing.contents.get()
    content.pk, content.language, content._state.adding = None, "de", True
    store(content, broken(content.layout))


def test_what_cannot_be_written_is_put_off_and_the_others_get_theirs(
    freeze: Callable[[int], Mailing], smtp_sink: SMTPSink, caplog: pytest.LogCaptureFixture
) -> None:
    mailing = freeze(6)
    in_broken_german(mailing, 2)

    with caplog.at_level(logging.ERROR):
        assert send_slice(lane=0) is False

    assert statuses(mailing) == {"deferred": 2, "sent": 4}
    assert Chunk.objects.get().state == DONE
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert caplog.text.count("KeyError: 'vanished'") == 2
    assert "@example.org" not in caplog.text
    put_off = Recipient.objects.filter(status=Recipient.Status.DEFERRED)[0]
    [said] = why(mailing=mailing, supporter=put_off.supporter).because
    assert "could not be written or handed over" in said
    assert "Next try" in said
    assert_invariants()


def test_a_mail_that_nobody_can_be_written_pauses_the_mailing_and_goes_on_once_it_is_mended(
    freeze: Callable[[int], Mailing], smtp_sink: SMTPSink
) -> None:
    mailing = freeze(6)
    content = mailing.contents.get()
    whole = content.layout
    store(content, broken(whole))

    send_slice(lane=0)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "3 messages could not be written" in mailing.pause_reason
    assert "before you resume" in mailing.pause_reason
    assert statuses(mailing) == {"deferred": 3, "pending": 3}
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.cursor, chunk.token) == (OPEN, 3, None)

    store(content, whole)
    mailing.resume()
    Deferral.objects.update(next_attempt_at=Now() - timedelta(minutes=1))
    pump()
    send_slice(lane=0)

    assert statuses(mailing) == {"sent": 6}
    assert len(smtp_sink.mails) == 6
    assert_invariants()


def test_a_mailing_whose_texts_are_gone_is_paused_and_says_so(
    freeze: Callable[[int], Mailing],
) -> None:
    mailing = freeze(2)
    mailing.contents.all().delete()

    send_slice(lane=0)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "could not be read" in mailing.pause_reason
    assert Chunk.objects.get().state == OPEN
    assert statuses(mailing) == {"pending": 2}


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    """The provider that EMAIL_URL names."""
    with playing() as mine:
        settings.EMAIL_URL = email_url(mine.url)
        yield mine


def takes_it_in_strange_words(provider: Provider) -> None:
    """It has the mail, and says so in a way that django-anymail stumbles over."""
    provider.say(200, {"id": "<made-up@example.org>", "message": 7})


def test_what_stumbles_while_it_is_handed_over_is_unknown_and_never_sent_again(
    provider: type[Provider], freeze: Callable[[int], Mailing], caplog: pytest.LogCaptureFixture
) -> None:
    mailing = freeze(5)
    second = Recipient.objects.get(mailing=mailing, seq=2).supporter.email
    provider.requests.clear()

    def answer(request: Provider) -> None:
        to = fields(request.requests[-1])["to"]
        (takes_it_in_strange_words if to == second else takes_it)(request)

    provider.answer = answer
    for _ in range(2):
        send_slice(lane=0)
        pump()

    assert "AttributeError" in caplog.text
    assert statuses(mailing) == {"sent": 4, "unknown": 1}
    addresses = sorted(mailing.recipients.values_list("supporter__email", flat=True))
    assert sorted(fields(each)["to"] for each in provider.requests) == addresses
    assert_invariants()


def test_a_way_out_on_which_everything_stumbles_pauses_the_mailing(
    provider: type[Provider], freeze: Callable[[int], Mailing]
) -> None:
    mailing = freeze(5)
    provider.requests.clear()
    provider.answer = takes_it_in_strange_words

    send_slice(lane=0)

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert statuses(mailing) == {"unknown": 3, "pending": 2}
    assert len(provider.requests) == 3
    assert Chunk.objects.get().state == OPEN
    provider.answer = takes_it
    mailing.resume()
    pump()
    send_slice(lane=0)
    assert statuses(mailing) == {"unknown": 3, "sent": 2}
    assert len(provider.requests) == 5
    prepare_session()
    assert ledger.claim(lane=0) is None
    assert_invariants()
