"""Of all that is new, each reader gets what they did not have yet, in one mail that fits it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns.models import Campaign, Organization
from mailings.contents import Contents
from mailings.digesting.waking import wake_due
from mailings.models import Deferral, DigestSchedule, Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from signatures.models import CampaignMute, Signature, Subscription, Supporter
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization
from tests.mailings.driving import assert_invariants
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.moved_clock import MovedClock
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def old_campaign(organization: Organization, **fields: Any) -> Campaign:
    """Open for so long that it is no news itself."""
    campaign = make_campaign(organization=organization, **fields)
    Campaign.objects.filter(pk=campaign.pk).update(
        published_at=timezone.now() - timedelta(days=200)
    )
    return campaign


def send_digest(organization: Organization, scope: str = "activism") -> Mailing:
    DigestSchedule.objects.update_or_create(
        scope=organization.scopes.get(key=scope),
        defaults={"due_at": timezone.now() - timedelta(minutes=1)},
    )
    [mailing] = wake_due()
    pump()
    send_slice(lane=0)
    pump()
    assert_invariants()
    mailing.refresh_from_db()
    return mailing


def read(sink: SMTPSink, reader: Supporter) -> str:
    """The text of the one mail that came to this reader."""
    [mail] = sink.to(reader.email)
    return f"{mail.message['Subject']}\n{mail.text}"


def test_a_new_campaign_is_told_to_those_who_have_not_signed_it(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    old = old_campaign(organization)
    new = make_campaign(organization=organization, headline="Save the library")
    others, signers = sign_up(old, 2), sign_up(new, 2)

    mailing = send_digest(organization)

    assert mailing.audience_size == 2
    assert {mail.recipients[0] for mail in smtp_sink.mails} == {one.email for one in others}
    text = read(smtp_sink, others[0])
    assert text.startswith("Save the library\n")
    assert f"/sign/{new.slug}/as/" in text
    assert new.current_statement().text.split()[0] in text
    assert not smtp_sink.to(signers[0].email)


def test_an_outcome_is_told_once(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    campaign = old_campaign(organization, headline="Stop it")
    [reader] = sign_up(campaign, 1)
    campaign.win(outcome="They stopped for good.")

    send_digest(organization)

    text = read(smtp_sink, reader)
    assert text.startswith("Won: Stop it\n")
    assert "They stopped for good." in text
    DigestSchedule.objects.update(due_at=timezone.now())
    assert wake_due() == []


def test_each_reader_gets_another_mail_out_of_one_digest(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    first, second = (old_campaign(organization) for _ in range(2))
    make_update(first, title="First news", body="<p>One.</p>")
    make_update(second, title="Second news", body="<p>Two.</p>")
    everything, mutes_first, mutes_second, mutes_all = sign_up(first, 4)
    for reader, campaign in (
        (mutes_first, first),
        (mutes_second, second),
        (mutes_all, first),
        (mutes_all, second),
    ):
        CampaignMute.objects.create(supporter=reader, campaign=campaign)

    send_digest(organization)

    assert read(smtp_sink, everything).startswith("Second news, and 1 more\n")
    assert "First news" not in read(smtp_sink, mutes_first)
    assert read(smtp_sink, mutes_second).startswith("First news\n")
    assert "Second news" not in smtp_sink.to(mutes_second.email)[0].html
    assert not smtp_sink.to(mutes_all.email)


def test_whoever_is_in_two_scopes_gets_an_update_once(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    campaign = old_campaign(organization)
    both, offers_alone = sign_up(campaign, 2)
    activism, offers = organization.scopes.order_by("key")
    Subscription.objects.create(supporter=both, scope=offers)
    Subscription.objects.filter(supporter=offers_alone).update(scope=offers)
    make_update(campaign)

    send_digest(organization, "activism")
    send_digest(organization, "offers")

    assert read(smtp_sink, both)
    assert read(smtp_sink, offers_alone)


def test_an_update_that_was_mailed_by_itself_is_no_news(smtp_sink: SMTPSink) -> None:
    organization = make_organization(mails_a_day=None)
    campaign = old_campaign(organization)
    other = old_campaign(organization)
    [reader] = sign_up(campaign, 1)
    mailed = make_update(campaign, title="Mailed by itself")
    scheduled_mailing(mailed)
    pump()
    send_slice(lane=0)
    pump()
    make_update(other, title="Not mailed yet")
    smtp_sink.mails.clear()

    send_digest(organization)

    assert "Mailed by itself" not in read(smtp_sink, reader)


def test_a_retry_is_of_the_same_items(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    first, second = (old_campaign(organization) for _ in range(2))
    make_update(first, title="First news", body="<p>One.</p>")
    make_update(second, title="Second news", body="<p>Two.</p>")
    [reader] = sign_up(first, 1)
    CampaignMute.objects.create(supporter=reader, campaign=first)
    smtp_sink.reply("RCPT", "451 4.3.0 later", recipient=reader.email, times=1)
    send_digest(organization)
    Deferral.objects.update(next_attempt_at=timezone.now() - timedelta(hours=1))
    pump()
    send_slice(lane=0)
    assert "First news" not in read(smtp_sink, reader)


def test_copies_are_made_once_for_all_chunks_and_anew_when_the_words_change() -> None:
    organization = make_organization()
    campaign = old_campaign(organization)
    sign_up(campaign, 1)
    make_update(campaign)
    mailing = send_digest(organization)
    kept = Contents.of(mailing)
    assert Contents.of(mailing) is kept
    mailing.contents.update(digest=b"another".ljust(32))
    assert Contents.of(mailing) is not kept


def test_who_had_had_enough_mail_gets_the_news_with_the_next_digest(
    smtp_sink: SMTPSink, moved_clock: MovedClock
) -> None:
    organization = make_organization()
    busy, quiet = old_campaign(organization, headline="Busy"), old_campaign(organization)
    [capped], [other] = sign_up(busy, 1), sign_up(quiet, 1)
    scheduled_mailing(make_update(busy, title="A mail of its own"))
    pump()
    send_slice(lane=0)
    make_update(quiet, title="Nobody may miss this")
    first = send_digest(organization)
    assert (first.audience_size, len(smtp_sink.to(capped.email))) == (1, 1)

    moved_clock.advance(timedelta(days=31))
    [newcomer] = sign_up(quiet, 1)
    assert len(wake_due()) == 1
    pump()
    send_slice(lane=0)
    pump()

    later = smtp_sink.to(capped.email)[-1]
    assert later.message["Subject"] == "Nobody may miss this"
    assert [len(smtp_sink.to(one.email)) for one in (capped, other, newcomer)] == [2, 1, 0]
    assert_invariants()

    # Once everybody has it, nothing is new.
    moved_clock.advance(timedelta(days=31))
    assert wake_due() == []


def test_an_update_of_its_own_that_found_somebody_capped_comes_with_the_next_digest(
    smtp_sink: SMTPSink, moved_clock: MovedClock
) -> None:
    organization = make_organization()
    campaign = old_campaign(organization)
    [reader] = sign_up(campaign, 1)
    for title in ("The first", "The second"):
        scheduled_mailing(make_update(campaign, title=title))
        pump()
        send_slice(lane=0)
    assert [mail.message["Subject"] for mail in smtp_sink.to(reader.email)] == ["The first"]

    moved_clock.advance(timedelta(days=8))
    send_digest(organization)

    assert smtp_sink.to(reader.email)[-1].message["Subject"] == "The second"


def test_a_digest_that_gmail_would_cut_off_tells_its_oldest_news_by_headline(
    smtp_sink: SMTPSink,
) -> None:
    organization = make_organization()
    campaign = old_campaign(organization)
    [reader] = sign_up(campaign, 1)
    for number, title in enumerate(("Oldest", "Older", "Newest")):
        body = f"<p>{title} text. {'So it went on. ' * 2500}</p>"
        at = timezone.now() - timedelta(hours=3 - number)
        make_update(campaign, title=title, body=body, published_at=at)

    send_digest(organization)

    [mail] = smtp_sink.to(reader.email)
    assert len(mail.html.encode()) < 102 * 1024
    assert "Newest text." in mail.html
    assert "Older text." in mail.html
    assert "Oldest text." not in mail.html + mail.text
    assert "Oldest" in mail.text
    update = campaign.updates.get(title="Oldest")
    link = BeautifulSoup(mail.html, "html.parser").find("a", string="Read it on the page")
    assert link
    assert re.search(rf"/read/\S+/{campaign.slug}/#{update.anchor}$", str(link["href"]))


def test_who_signed_in_another_language_reads_the_news_in_it(smtp_sink: SMTPSink) -> None:
    organization = make_organization()
    campaign = old_campaign(organization)
    spanish = translate(campaign)
    [reader, other] = sign_up(campaign, 2)
    statement = spanish.current_statement()
    Signature.objects.filter(supporter=reader).update(statement=statement)
    update = make_update(campaign, title="They stopped", body="<p>For a year.</p>")
    update.texts.create(language="es", title="Pararon", body="<p>Por un año.</p>")

    send_digest(organization)

    assert read(smtp_sink, reader).startswith("Pararon\n")
    assert "Por un año." in read(smtp_sink, reader)
    assert "For a year." not in read(smtp_sink, reader)
    assert read(smtp_sink, other).startswith("They stopped\n")
