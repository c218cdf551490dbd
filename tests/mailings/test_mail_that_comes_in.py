"""Whatever comes in by the door is stored first, then read for what it is, and never answered."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.urls import reverse

from mailings.arriving import forget_old, read_waiting, take_in
from mailings.events import apply_waiting
from mailings.explaining import why
from mailings.mailbox import look_into_mailbox
from mailings.models import ArrivedMail, MailEvent, Recipient, Reply
from mailings.pumping import freeze_audience
from mailings.reporting import sum_up
from postroom.imap import MailboxTrouble
from postroom.inbound import sort
from signatures.erasing import erase
from signatures.models import ConsentEvent, Letter, Subscription, Suppression
from signatures.own_data import sections_of
from tests.conftest import _test_environment
from tests.corpus import cases
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.mailings.providers import KEY, basic, key_of
from tests.rig.imap_server import ImapServer

pytestmark = pytest.mark.django_db
CASES = {case["name"]: case for case in cases("mails/coming_in")}


HOSTILE = {
    "half a declaration": b"Content-Type: text/html\n\n" + b"<![" * 1000,
    "NUL in the sender": b"From: <a\0b@news.example>\n\nHello.",
    "half a character in the text": b"Content-Type: text/plain; charset=unicode_escape\n\n\\ud800",
    "half a character in the subject": b"Subject: =?utf-7?q?+2AA-?=\n\nHello.",
    "parameters": b'Content-Type: text/plain; charset="' + b'\\";' * 100_000 + b"\n\nHello.",
    "a boundary": b'Content-Type: multipart/mixed; boundary="' + b'\\";' * 100_000 + b"\n\nHello.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_t34_a_hostile_mail_keeps_nobody_elses_waiting(name, mailing, reader):
    take_in(raw=HOSTILE[name], recipient="r+x@citizens.example")
    leaving = f"From: {reader.email}\nSubject: unsubscribe\n\nunsubscribe"
    take_in(raw=leaving.encode(), recipient=f"u+{key_of(mailing, reader)}@citizens.example")
    began = time.monotonic()
    while read_waiting():
        pass
    assert time.monotonic() - began < 3
    assert not ArrivedMail.objects.filter(read_at=None).exists()
    assert not Subscription.objects.filter(supporter=reader, unsubscribed_at=None).exists()


@pytest.fixture
def reader():
    return sign_up(make_campaign(), 1)[0]


@pytest.fixture
def mailing(reader, smtp_sink):
    """A mailing that this reader got."""
    campaign = reader.signatures.get().campaign
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    mailing.recipients.update(status=Recipient.Status.SENT, code=250)
    return mailing


@pytest.fixture
def come_in(mailing, reader):
    """Takes in a mail of the corpus about this reader's copy, twice, and lets it take effect."""

    def take(name):
        key = key_of(mailing, reader)
        raw, to = (with_key(CASES[name][field], key) for field in ("mail", "to"))
        for _ in range(2):
            take_in(raw=raw.encode(), recipient=to)
        while read_waiting():
            pass
        apply_waiting()
        return ArrivedMail.objects.get()

    return take


def with_key(text, key):
    return text.lstrip("\n").replace("{key}", key).replace("{KEY}", key.upper())


@pytest.mark.parametrize("name", CASES)
def test_each_mail_is_known_for_what_it_is(name):
    from postroom.messages import find_message_key, message_key

    case, key = CASES[name], message_key("m", 7, 12)
    raw = with_key(case["mail"], key).replace("\n", "\r\n").encode("utf-8")
    arrival = sort(raw, recipient=with_key(case["to"], key))
    assert arrival.kind == case["kind"]
    assert arrival.key == (find_message_key(key) if case.get("ours", True) else None)
    if "event" in case:
        assert (arrival.event or "none") == case["event"]
    for field in ("status", "subject", "text"):
        if field in case:
            assert getattr(arrival, field) == case[field]


def test_a_bounce_by_mail_keeps_further_mail_away(come_in, mailing, reader):
    assert come_in("RFC 3464, Postfix, no such user").kind == "bounce"
    assert MailEvent.objects.get().outcome == "applied"
    assert Recipient.objects.get(mailing=mailing).status == Recipient.Status.BOUNCED
    assert Suppression.objects.get().reason == "hard_bounce"


def test_a_forged_bounce_keeps_nothing_away(come_in):
    assert come_in("a forged key").kind == "bounce"
    assert not Suppression.objects.exists()


def test_a_complaint_by_mail_ends_everything(come_in, reader):
    come_in("RFC 5965, abuse")
    assert Suppression.objects.get().reason == "complaint"
    assert not Subscription.objects.live().filter(supporter=reader).exists()


def test_t20_a_mail_to_unsubscribe_is_one_departure(come_in, reader):
    come_in("an empty mail to the address of List-Unsubscribe")
    assert not Subscription.objects.live().filter(supporter=reader).exists()
    assert ConsentEvent.objects.filter(choice="left").count() == 1


def test_who_unsubscribes_by_mail_has_left_by_that_mailing(come_in, mailing, reader):
    assert sum_up(mailing).left == 0
    come_in("an empty mail to the address of List-Unsubscribe")
    assert sum_up(mailing).left == 1
    assert "unsubscribed by mail" in " ".join(why(mailing=mailing, supporter=reader).trail)


def test_a_reply_is_kept_for_the_organization_that_wrote(come_in, mailing, reader):
    come_in("somebody writes back")
    reply = Reply.objects.get()
    assert reply.organization == mailing.organization
    assert (reply.supporter, reply.mailing_number) == (reader, mailing.pk)
    assert reply.sender == "reader@example.org"


def test_what_somebody_wrote_is_part_of_what_is_held_about_them(come_in, reader):
    come_in("somebody writes back")
    held = {section.key: rows for section, rows in sections_of(reader)}
    assert held["replies"][0]["text"] == "When do we unsubscribe from fossil fuels?"


def test_a_reply_to_nobody_we_know_is_of_no_organization_where_there_are_several(come_in):
    make_campaign()
    come_in("to nobody that we know: kept, of no organization")
    assert Reply.objects.get().organization is None


def test_nothing_that_comes_in_is_answered(come_in, smtp_sink):
    smtp_sink.forget()
    come_in("out of office, to the address that bounces go to")
    assert not smtp_sink.mails
    assert not Letter.objects.exists()


def test_t22_an_erased_persons_mail_goes_with_them(come_in, reader):
    come_in("somebody writes back")
    erase(supporter_id=reader.pk)
    assert not Reply.objects.exists()
    assert not ArrivedMail.objects.exists()


def test_what_came_in_is_deleted_after_its_time(come_in):
    come_in("somebody writes back")
    forget_old(days=1)
    assert Reply.objects.exists()
    ArrivedMail.objects.update(arrived_at="2020-01-01T00:00Z")
    forget_old(days=1)
    assert not Reply.objects.exists()


@pytest.fixture
def mailbox(settings):
    server = ImapServer()
    settings.INBOUND_URL = server.url
    yield server
    server.stop()


def test_a_mailbox_is_emptied_of_what_is_new(mailbox):
    mailbox.mails = [b"Subject: one\r\n\r\n1", b"x" * (2 * 1024 * 1024)]
    look_into_mailbox()
    look_into_mailbox()
    assert mailbox.seen == {1, 2}
    kept = ArrivedMail.objects.order_by("pk")
    assert [bytes(one.raw) for one in kept] == [mailbox.mails[0], b"x" * 1024 * 1024]
    assert sum("FETCH" in command for command in mailbox.commands) == 2


def test_a_mailbox_that_hangs_up_loses_nothing(mailbox):
    mailbox.mails = [b"Subject: one\r\n\r\n1"]
    mailbox.breaks_at = "STORE"
    with pytest.raises(MailboxTrouble):
        look_into_mailbox()
    mailbox.breaks_at = ""
    look_into_mailbox()
    assert ArrivedMail.objects.count() == 1
    assert mailbox.seen == {1}


def test_a_wrong_password_says_so_and_names_nobody(mailbox, settings):
    settings.INBOUND_URL = mailbox.url.replace("secret", "guess")
    with pytest.raises(MailboxTrouble) as trouble:
        look_into_mailbox()
    assert "reader" not in str(trouble.value)


def test_another_machines_mailbox_is_not_read_in_the_clear(settings):
    settings.INBOUND_URL = "imap://reader:secret@mail.example/INBOX"
    with pytest.raises(MailboxTrouble, match="imaps"):
        look_into_mailbox()


def run_receive_mail(raw, environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "receive_mail", *arguments],
        input=raw,
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=30,
        check=False,
    ).returncode


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_hands_mails_over_and_tries_again_when_it_must():
    environment = _test_environment()
    raw = b"From: reader@example.org\r\n\r\nHello"
    assert run_receive_mail(raw, environment | {"ORIGINAL_RECIPIENT": "r+x@mail.example"}) == 0
    kept = ArrivedMail.objects.get()
    assert (bytes(kept.raw), kept.recipient) == (raw, "r+x@mail.example")
    away = environment | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    assert run_receive_mail(raw, away, "r+x@mail.example") == os.EX_TEMPFAIL
    assert run_receive_mail(b" \n", environment) == os.EX_DATAERR


RAW = "From: reader@example.org\r\nSubject: Re: News\r\n\r\nHello"


def hand_on(client, provider, body, **more):
    return client.post(reverse("mail-in-webhook", args=[provider]), body, **more).status_code


def test_a_provider_hands_mails_on_and_each_is_kept_once(client, settings):
    settings.MAIL_WEBHOOKS = {"mailgun": KEY, "postmark": "postmark:a word", "mailtrap": "key"}
    moment = str(int(time.time()))
    signature = hmac.digest(KEY.encode(), f"{moment}token".encode(), hashlib.sha256).hex()
    block = {"timestamp": moment, "token": "token", "signature": signature}
    form = {"recipient": "r+x@mail.example", "sender": "reader@example.org", "body-mime": RAW}
    for _ in range(2):
        assert hand_on(client, "mailgun", form | block) == 200
    assert hand_on(client, "mailgun", form | block | {"signature": "0"}) == 400
    letter = json.dumps({"RawEmail": RAW, "OriginalRecipient": "u+x@mail.example", "Headers": []})
    as_json = {"content_type": "application/json"}
    assert hand_on(client, "postmark", letter, **as_json, **basic("postmark:a word")) == 200
    assert hand_on(client, "postmark", letter, **as_json, **basic("postmark:another")) == 400
    assert hand_on(client, "mailtrap", "{}", **as_json) == 404
    kept = ArrivedMail.objects.order_by("pk").values_list("recipient", flat=True)
    assert list(kept) == ["r+x@mail.example", "u+x@mail.example"]
    assert b"Subject: Re: News" in bytes(ArrivedMail.objects.last().raw)
