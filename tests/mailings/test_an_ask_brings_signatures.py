"""“Sign this”: drafted from a campaign, for those who have not signed, by links that know them."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Source
from mailings import audience
from mailings.composing import CannotBeSent, compile_content
from mailings.drafting import draft_from_campaign
from mailings.models import Mailing
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from signatures.models import Signature, Supporter
from tests.factories import make_campaign, make_signature
from tests.mailings.making import hurry, make_lane, make_staff, make_update, scheduled_mailing
from tests.rig.smtp_sink import Mail, SMTPSink

pytestmark = pytest.mark.django_db

LETTER = (
    '<p>Police forces use it.<sup data-source="wong"></sup></p><p>It errs.</p>'
    '<div data-block="ask"></div><p>Two cities have forbidden it.</p>'
)


@pytest.fixture
def campaign() -> Campaign:
    """An open campaign with a letter and a source."""
    made = make_campaign(
        headline="Tell Amazon: Stop",
        lead_line="Cameras that know faces.",
        body=LETTER,
        ask="Stop selling face recognition to the police.",
    )
    Source.objects.create(campaign=made, key="wong", title="Recipe", url="https://g.example/w")
    return made


def subscriber(campaign: Campaign, *, name: str = "Grace Hopper") -> Supporter:
    """Somebody who signed another campaign of the same organization."""
    other = make_campaign(organization=campaign.organization)
    return make_signature(other, name=name).supporter


def ask(campaign: Campaign) -> Mailing:
    """The campaign as an ask that is proofed, scheduled and due."""
    make_lane()
    user = make_staff()
    mailing = draft_from_campaign(campaign=campaign, user=user)
    send_proof(mailing=mailing, user=user)
    count = audience.count(mailing)
    assert schedule_mailing(mailing=mailing, expected_count=count, typed=count)
    hurry(mailing)
    return mailing


def mails(smtp_sink: SMTPSink) -> list[Mail]:
    """What the pump and one worker send now."""
    smtp_sink.mails.clear()
    pump()
    send_slice(lane=0)
    return smtp_sink.mails


def test_the_draft_says_what_the_page_says_and_asks_twice(campaign: Campaign) -> None:
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())

    assert mailing.subject == "Tell Amazon: Stop"
    words = BeautifulSoup(mailing.body, "html.parser")
    assert "The petition to Amazon CEO Jeff Bezos reads:" in words.get_text()
    assert "Stop selling facial recognition technology" in words.blockquote.get_text()
    assert [link["href"] for link in words.find_all("a")] == [campaign.public_url] * 2
    assert mailing.body.count('data-block="ask"') == 2
    assert 'data-source="wong"' in mailing.body
    assert draft_from_campaign(campaign=campaign, user=make_staff()) == mailing


def test_a_campaign_that_takes_no_signatures_is_not_asked_for(campaign: Campaign) -> None:
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    campaign.close()

    with pytest.raises(CannotBeSent, match="takes no signatures"):
        compile_content(Mailing.objects.get(pk=mailing.pk))
    mailing.cancel()
    with pytest.raises(CannotBeSent, match="takes no signatures"):
        draft_from_campaign(campaign=campaign, user=make_staff())


def test_whoever_has_signed_is_left_out_whatever_became_of_it(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    asked = subscriber(campaign)
    for state in Signature.State.values:
        signature = make_signature(campaign, name="Ada Lovelace")
        other = make_campaign(organization=campaign.organization)
        make_signature(other, email=signature.supporter.email)
        Signature.objects.filter(pk=signature.pk).update(state=state, counted_at=timezone.now())
    make_signature(make_campaign())

    ask(campaign)

    assert [mail.recipients for mail in mails(smtp_sink)] == [[asked.email]]


def test_every_link_to_the_page_knows_its_reader_and_lands_on_one_button(
    campaign: Campaign, smtp_sink: SMTPSink, client: Client
) -> None:
    asked = subscriber(campaign)
    mailing = ask(campaign)
    mail = mails(smtp_sink)[0]

    known = re.compile(rf"{settings.SITE_URL}/sign/{campaign.slug}/as/[\w-]+/")
    assert len(known.findall(mail.html)) == len(known.findall(mail.text)) == 4
    assert f'"{campaign.public_url}"' not in mail.html
    found = known.search(mail.text)
    assert found
    page = client.get(urlsplit(found[0]).path, follow=True)
    text = page.content.decode()
    assert "Grace" in text
    assert len(BeautifulSoup(text, "html.parser").select("form [type=submit]:not([name])")) == 1

    form = BeautifulSoup(text, "html.parser").select_one("main form")
    assert form
    typed = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    typed = {name: value for name, value in typed.items() if name != "not_you"}
    client.post(page.request["PATH_INFO"], typed, headers={"Sec-Fetch-Site": "same-origin"})
    signature = Signature.objects.get(campaign=campaign, supporter=asked)
    assert (signature.state, signature.mailing_number) == (Signature.State.COUNTED, mailing.pk)


def test_an_update_s_ask_knows_its_reader_and_its_notes_lead_to_the_page(
    campaign: Campaign, smtp_sink: SMTPSink, client: Client
) -> None:
    make_signature(campaign)
    update = make_update(campaign, body=LETTER)
    scheduled_mailing(update)
    mail = mails(smtp_sink)[0]

    assert re.search(rf'href="{settings.SITE_URL}/sign/{campaign.slug}/as/[\w-]+/"', mail.html)
    note = re.search(rf'href="([^"]+)#{update.anchor}-n1"', mail.html)
    assert note
    assert note[1] in mail.text
    page = client.get(urlsplit(note[1]).path, follow=True)
    assert page.redirect_chain[-1][0] == urlsplit(update.address_on(campaign)).path
    assert f'id="{update.anchor}-n1"' in page.content.decode()


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Grace Hopper", "Dear Grace,"),
        ("", "Dear friend,"),
        ("A. Lovelace", "Dear friend,"),
        ("http://evil.example Win", "Dear friend,"),
        ("<b>Bob</b> [[to]]", "Dear friend,"),
        ("Zoë d'Été", "Dear Zoë,"),
        ("李 小龙", "Dear friend,"),
    ],
)
def test_t09_a_name_is_merged_as_text_or_its_fallback_stands_there(
    campaign: Campaign, smtp_sink: SMTPSink, name: str, greeting: str
) -> None:
    asked = subscriber(campaign)
    Signature.objects.filter(supporter=asked.pk).update(name=name)
    ask(campaign)
    mail = mails(smtp_sink)[0]

    assert greeting in mail.text
    assert greeting in BeautifulSoup(mail.html, "html.parser").get_text()


def test_t16_a_mail_greets_by_the_name_that_its_own_organization_was_given(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    asked = subscriber(campaign)
    Signature.objects.filter(supporter=asked.pk).update(name="Ann")
    make_signature(make_campaign(), email=asked.email, name="Secret")
    Supporter.objects.filter(pk=asked.pk).update(name="Secret")
    ask(campaign)
    mail = mails(smtp_sink)[0]
    assert "Dear Ann," in mail.text
    assert "Secret" not in mail.text


def test_a_merge_field_needs_words_for_those_without_a_name(campaign: Campaign) -> None:
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    mailing.edit(by=None, body='<p>Dear <span data-merge="first_name"></span>,</p>')

    with pytest.raises(CannotBeSent, match="for those who gave none"):
        compile_content(mailing)


def links_of(mail: Mail) -> tuple[set[str], set[str]]:
    """The addresses in the HTML and in the plain text."""
    html = {
        str(link["href"]).removeprefix("mailto:")
        for link in BeautifulSoup(mail.html, "html.parser").find_all("a")
    }
    return html, set(re.findall(r"https?://[^\s<>]+", mail.text))


def test_both_parts_have_the_same_links(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    subscriber(campaign)
    mailing = ask(campaign)
    mailing.organization.privacy_url = "https://privacy.example/"
    html, text = links_of(mails(smtp_sink)[0])

    assert html == text
    assert any("/unsubscribe/" in link for link in text)
    assert "https://g.example/w" in text


def test_a_mail_that_gmail_would_cut_off_is_refused(campaign: Campaign) -> None:
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    paragraph = '<p><a href="https://example.org/">x</a></p>'
    mailing.edit(by=None, body=paragraph * (38_000 // len(paragraph)))

    with pytest.raises(CannotBeSent, match="Gmail"):
        compile_content(mailing)


def test_the_reader_sees_who_writes(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    subscriber(campaign)
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    mailing.edit(by=None, from_name="Ada Lovelace")
    mail: Any = None
    ask(campaign)
    mail = mails(smtp_sink)[0]

    sender = mail.message["From"].addresses[0]
    assert sender.display_name == f"Ada Lovelace, {campaign.organization.name}"


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("", "friend, three days are left"),
        ("Zoë Été", "Zoë, three days are left"),
        ("Bob\r\nBcc: all@example.org", "friend, three days are left"),
        ("Eve\u202e", "friend, three days are left"),
        ("win．evil．example", "friend, three days are left"),
    ],
)
def test_t09_a_subject_may_name_its_reader(
    campaign: Campaign, smtp_sink: SMTPSink, name: str, subject: str
) -> None:
    asked = subscriber(campaign)
    Signature.objects.filter(supporter=asked.pk).update(name=name)
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    mailing.edit(by=None, subject="{first_name|friend}, three days are left", headline="")
    ask(campaign)
    [mail] = mails(smtp_sink)

    assert mail.message["Subject"] == subject
    assert mail.message["Bcc"] is None
    assert subject in BeautifulSoup(mail.html, "html.parser").get_text()
    assert subject in mail.text


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("Dear {first_name}", "for those who gave none"),
        ("Dear {first_name|}", "for those who gave none"),
        ("Dear {firstname|friend}", "Subject: {firstname|friend} is no field"),
        ("Dear\x07 friend", "Subject: Behind “Dear” stands a character that cannot be seen"),
        ("\u202eDear friend", "Subject: It begins with a character that cannot be seen"),
    ],
)
def test_a_subject_that_would_read_badly_is_not_sent(
    campaign: Campaign, subject: str, reason: str
) -> None:
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    mailing.edit(by=None, subject=subject)

    with pytest.raises(CannotBeSent, match=re.escape(reason)):
        compile_content(mailing)
