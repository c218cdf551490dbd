"""Letters: what leaves, to whom, within which limits, and what happens when mail is down."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from signatures.confirming import confirm, disown, typed_in
from signatures.letters.outbox import Outbox
from signatures.models import Letter, Signature, Suppression
from signatures.signing import send_link_again
from tests.factories import make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox():
    box = Outbox()
    yield box
    box.close()


@pytest.fixture
def campaign():
    return make_campaign(headline="Tell Amazon: Stop")


def pass_time(**period):
    """Everything in the outbox becomes that much older."""
    ago = timedelta(**period)
    Letter.objects.update(
        created_at=F("created_at") - ago, due_at=F("due_at") - ago, sent_at=F("sent_at") - ago
    )


def test_the_confirmation_has_one_button_and_both_ways_out(outbox, smtp_sink, campaign):
    signature = make_signature(campaign, email="ada@example.org", confirmed=False)
    outbox.drain()
    mail = smtp_sink.wait(1, to="ada@example.org")[0]
    assert mail.message["Subject"] == "Confirm your signature: Tell Amazon: Stop"
    assert mail.message["From"] == f"{campaign.organization.name} <updates@example.org>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    for part in (mail.text, mail.html):
        assert f"{settings.SITE_URL}/confirm/" in part
        assert f"{settings.SITE_URL}/not-me/" in part
        assert "[[" not in part
    assert signature.letters.get().sent_at


def test_a_headline_that_looks_like_a_hole_is_a_headline(outbox, smtp_sink):
    make_signature(make_campaign(headline="Stop [[everything]] now"), confirmed=False)
    outbox.drain()
    mail = smtp_sink.wait(1)[0]
    # An unseen joiner between the brackets keeps them from being read as a hole.
    subject = mail.message["Subject"].replace("\u2060", "")
    assert subject == "Confirm your signature: Stop [[everything]] now"
    assert "Stop [[everything]] now" in mail.text.replace("\u2060", "")


def test_t02_a_letter_holds_nothing_that_the_visitor_typed(outbox, smtp_sink):
    campaign = make_campaign(asks_comment=True)
    make_signature(campaign, email="ada@example.org", name="BUY PILLS", confirmed=False)
    outbox.drain()
    assert b"PILLS" not in smtp_sink.wait(1)[0].body


def test_the_receipt_follows_the_confirmation_and_says_how_to_take_it_back(
    outbox, smtp_sink, campaign
):
    make_signature(campaign, email="ada@example.org")
    outbox.drain()
    mail = smtp_sink.wait(1)[0]
    assert "Thank you" in mail.text
    assert f"{settings.SITE_URL}/not-me/" in mail.text
    assert f"{settings.SITE_URL}/preferences/" in mail.text


def test_the_receipt_asks_to_pass_it_on_while_it_takes_signatures(outbox, smtp_sink, campaign):
    make_signature(campaign, email="ada@example.org")
    outbox.drain()
    late = make_signature(campaign, email="bea@example.org", confirmed=False)
    Letter.objects.filter(signature=late).delete()
    campaign.close()
    confirm(signature_id=late.pk, typed=typed_in(late))
    outbox.drain()
    (mail,) = smtp_sink.wait(1, to="ada@example.org")
    (after,) = smtp_sink.wait(1, to="bea@example.org")
    for part, then in ((mail.text, after.text), (mail.html, after.html)):
        assert "Ask one more person" in part and "source=share-letter" in part
        assert "takes no more signatures" in then and "source=share-letter" not in then


def test_a_letter_goes_once(outbox, smtp_sink, campaign):
    make_signature(campaign, confirmed=False)
    for _ in range(3):
        outbox.drain()
    assert len(smtp_sink.mails) == 1


def test_t02_asking_again_brings_one_letter_in_ten_minutes_and_five_ever(
    outbox, smtp_sink, campaign
):
    make_signature(campaign, email="ada@example.org", confirmed=False)
    for _ in range(10):
        for _ in range(3):
            send_link_again(campaign=campaign, email="ada@example.org")
        outbox.drain()
    assert len(smtp_sink.mails) == 1
    for _ in range(10):
        pass_time(minutes=11)
        outbox.drain()
        send_link_again(campaign=campaign, email="ada@example.org")
    assert len(smtp_sink.mails) == 5


def test_t02_nobody_gets_more_than_ten_letters_a_day_and_none_is_lost(outbox, smtp_sink):
    organization = make_organization()
    for _ in range(14):
        campaign = make_campaign(organization=organization)
        make_signature(campaign, email="victim@example.org", confirmed=False)
    outbox.drain()
    assert len(smtp_sink.mails) == 10
    pass_time(hours=25)
    outbox.drain()
    assert len(smtp_sink.mails) == 14


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_a_suppressed_address_gets_no_letter(outbox, smtp_sink, campaign, reason):
    signature = make_signature(campaign, confirmed=False)
    Suppression.objects.create(email_hash=signature.supporter.email_hash, reason=reason)
    outbox.drain()
    assert not smtp_sink.mails
    assert signature.letters.get().reason == f"suppressed: {reason}"


def test_after_not_me_no_letter_about_that_campaign_and_one_a_day_about_others(
    outbox, smtp_sink, campaign
):
    signature = make_signature(campaign, email="ada@example.org", confirmed=False)
    disown(signature_id=signature.pk)
    outbox.drain()
    assert not smtp_sink.mails
    for _ in range(3):
        other = make_campaign(organization=campaign.organization)
        make_signature(other, email="ada@example.org", confirmed=False)
    outbox.drain()
    assert len(smtp_sink.mails) == 1


def test_f19_an_address_that_does_not_exist_is_suppressed(outbox, smtp_sink, campaign):
    signature = make_signature(campaign, email="gone@example.org", confirmed=False)
    smtp_sink.reply("RCPT", "550 5.1.1 no such user", recipient="gone@example.org")
    outbox.drain()
    assert signature.letters.get().dropped_at
    assert Suppression.objects.get().reason == "hard_bounce"


def test_f18_a_letter_refused_for_now_goes_later_and_is_no_bounce(outbox, smtp_sink, campaign):
    make_signature(campaign, email="full@example.org", confirmed=False)
    smtp_sink.reply("RCPT", "452 4.2.2 full", recipient="full@example.org", times=1)
    outbox.drain()
    assert not smtp_sink.mails
    assert not Suppression.objects.exists()
    pass_time(minutes=2)
    outbox.drain()
    assert len(smtp_sink.mails) == 1


def test_f16_with_the_mail_server_away_letters_wait_and_then_all_go(outbox, smtp_sink, campaign):
    for _ in range(5):
        make_signature(campaign, confirmed=False)
    smtp_sink.stop()
    try:
        outbox.drain()
        assert Letter.objects.unsent().count() == 5
    finally:
        smtp_sink.start()
    pass_time(minutes=1)
    outbox.drain()
    assert len(smtp_sink.mails) == 5


def test_f20_a_letter_whose_fate_is_unknown_is_sent_again(outbox, smtp_sink, campaign):
    make_signature(campaign, confirmed=False)
    smtp_sink.drop("END", recorded=True, times=1)
    outbox.drain()
    pass_time(minutes=2)
    outbox.drain()
    assert len(smtp_sink.mails) == 2
    assert not Letter.objects.unsent().exists()


def test_f12_a_letter_that_cannot_be_written_is_set_aside_and_the_others_go(
    outbox, smtp_sink, campaign
):
    poisoned = make_signature(campaign, confirmed=False)
    type(poisoned.supporter).objects.update(email="a\r\nBcc: v@example.org")
    make_signature(campaign, confirmed=False)
    outbox.drain()
    assert len(smtp_sink.mails) == 1
    assert poisoned.letters.get().reason.startswith("cannot be written")


def test_what_a_dead_worker_had_claimed_is_due_again(outbox, smtp_sink, campaign):
    make_signature(campaign, confirmed=False)
    Letter.objects.update(claimed_until=timezone.now() + timedelta(minutes=1), attempts=1)
    outbox.drain()
    assert not smtp_sink.mails
    Letter.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    outbox.drain()
    assert len(smtp_sink.mails) == 1


def test_a_confirmed_signature_needs_no_confirmation_letter(outbox, smtp_sink, campaign):
    signature = make_signature(campaign, confirmed=False)
    now = timezone.now()
    Signature.objects.filter(pk=signature.pk).update(
        state="counted", counted_at=now, confirmed_at=now
    )
    outbox.drain()
    assert not smtp_sink.mails


def test_f20_a_letter_that_may_have_come_twice_is_not_sent_a_third_time(
    outbox, smtp_sink, campaign
):
    make_signature(campaign, confirmed=False)
    smtp_sink.drop("END", recorded=True)
    for _ in range(5):
        outbox.drain()
        pass_time(minutes=2)
    assert len(smtp_sink.mails) == 2
    assert Letter.objects.get().reason == "unknown twice"


def test_f12_a_sender_that_is_refused_holds_up_nobody_else(outbox, smtp_sink, campaign):
    refused = make_campaign(organization=make_organization(from_address="bad@example.com"))
    make_signature(refused, confirmed=False)
    for _ in range(3):
        make_signature(campaign, confirmed=False)
    smtp_sink.reply("MAIL", "550 5.7.1 not yours", times=1)
    for _ in range(4):
        outbox.drain()
        pass_time(seconds=1)
    assert len(smtp_sink.mails) == 3
    assert Letter.objects.unsent().get().signature.campaign == refused


def test_f12_an_address_that_no_mail_can_go_to_holds_up_nobody_else(outbox, smtp_sink, campaign):
    organization = make_organization(from_address='"a b"@example.com')
    poisoned = make_signature(make_campaign(organization=organization), confirmed=False)
    make_signature(campaign, confirmed=False)
    for _ in range(4):
        outbox.drain()
        pass_time(minutes=2)
    assert len(smtp_sink.mails) == 1
    assert poisoned.letters.get().dropped_at


def test_a_letter_that_had_to_wait_its_turn_for_days_is_still_sent(outbox, smtp_sink, campaign):
    make_signature(campaign, confirmed=False)
    pass_time(days=4)
    outbox.drain()
    assert len(smtp_sink.mails) == 1


def test_a_second_press_a_moment_later_brings_no_second_letter(outbox, smtp_sink, campaign):
    make_signature(campaign, email="ada@example.org", confirmed=False)
    outbox.drain()
    for _ in range(3):
        send_link_again(campaign=campaign, email="ada@example.org")
    assert Letter.objects.count() == 1


def test_who_signs_again_is_told_so_and_can_still_take_it_back(outbox, smtp_sink, campaign):
    make_signature(campaign, email="ada@example.org")
    outbox.drain()
    pass_time(minutes=11)
    send_link_again(campaign=campaign, email="ada@example.org")
    outbox.drain()
    mail = smtp_sink.wait(2, to="ada@example.org")[-1]
    for part in (mail.text, mail.html):
        assert "You have already signed." in part
        assert "Thank you for signing" not in part
        assert f"{settings.SITE_URL}/not-me/" in part
