"""The headers, the footer and both parts of a bulk mail, as a reader and a mailbox see them."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from campaigns.models import Source
from mailings.composing import CannotBeSent, compile_content
from mailings.drafting import draft_from_update
from mailings.models import Mailing
from mailings.pumping import pump
from mailings.sending import send_slice
from postroom.links import read_token
from postroom.messages import message_key
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import Mail, SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def https_site(settings: Any) -> None:
    """One-click unsubscribing is promised over https alone."""
    settings.SITE_URL = "https://act.example.org"
    settings.MAIL_DOMAIN = "mail.example.org"


def sent(smtp_sink: SMTPSink, **update: Any) -> tuple[Mailing, Mail]:
    """One mail of an update with these fields, as it came, to somebody who signed."""
    campaign = make_campaign(headline='Tell "Amazon": Stop <now>')
    sign_up(campaign, 1)
    Source.objects.create(campaign=campaign, key="wong", title="Recipe", url="https://g.example/w")
    mailing = scheduled_mailing(make_update(campaign, **update))
    smtp_sink.mails.clear()
    pump()
    send_slice(lane=0)
    return mailing, smtp_sink.mails[0]


def test_every_header_that_bulk_mail_owes(smtp_sink: SMTPSink) -> None:
    mailing, mail = sent(smtp_sink)
    reader = mailing.recipients.get().supporter
    headers = mail.message
    organization = mailing.organization

    assert headers["From"] == f"{organization.name} <updates@example.org>"
    assert headers["Reply-To"] == "hello@example.org"
    assert headers["To"] == reader.email
    assert headers["Subject"] == "Amazon pauses sales"
    assert re.fullmatch(
        rf"<m{mailing.pk}\.{reader.pk}\.[0-9a-f]{{16}}@mail\.example\.org>", headers["Message-ID"]
    )
    assert mail.sender == f"b+{headers['Message-ID'].strip('<>').split('@')[0]}@mail.example.org"
    unsubscribe = re.fullmatch(
        r"<https://act\.example\.org/unsubscribe/([\w-]+)/>", headers["List-Unsubscribe"]
    )
    assert unsubscribe
    assert read_token("unsubscribe", unsubscribe[1]) == (
        reader.pk,
        organization.pk,
        mailing.campaign_id,
        mailing.pk,
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-ID"] == f"Activism <activism.{organization.slug}.mail.example.org>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Language"] == "en"
    assert headers["Feedback-ID"] == f"mailing{mailing.pk}:activism:organization{organization.pk}"
    assert headers["Date"].datetime.tzinfo is not None


def test_both_parts_say_why_and_how_to_leave(smtp_sink: SMTPSink) -> None:
    mailing, mail = sent(smtp_sink)

    for part in (mail.text, BeautifulSoup(mail.html, "html.parser").get_text()):
        plain = " ".join(part.split())
        assert 'Tell "Amazon": Stop <now>' in plain
        assert "you signed" in plain
        assert "1 Example Street, Springfield" in plain
        assert mailing.organization.name in plain
    for part in (mail.text, mail.html):
        assert re.search(r"https://act\.example\.org/unsubscribe/[\w-]+/", part)
        assert re.search(r"https://act\.example\.org/preferences/[\w-]+/", part)
    assert "[[" not in mail.text + mail.html


def test_sources_are_numbered_and_listed_in_both_parts(smtp_sink: SMTPSink) -> None:
    body = '<p>They said so.<sup data-source="wong"></sup></p>'
    _mailing, mail = sent(smtp_sink, body=body)

    assert "They said so.\u2060[1]" in mail.text or "They said so.[1]" in mail.text
    assert "[1]" in mail.html
    assert "https://g.example/w" in mail.text
    assert 'href="https://g.example/w"' in mail.html


def test_styles_stand_on_the_elements_and_dark_rules_stay(smtp_sink: SMTPSink) -> None:
    _mailing, mail = sent(smtp_sink)

    assert BeautifulSoup(mail.html, "html.parser").h1["style"]
    assert "prefers-color-scheme: dark" in mail.html


def test_t09_what_an_organizer_writes_is_no_template(smtp_sink: SMTPSink) -> None:
    text = "{{ settings.SECRET_KEY }} {% load x %} {0.__class__} %(x)s [[to]] [[unknown]]"
    mailing, mail = sent(smtp_sink, title=text[:80], body=f"<p>{text}</p>")

    for part in (mail.text, BeautifulSoup(mail.html, "html.parser").get_text()):
        shown = " ".join(part.replace("\u2060", "").split())
        assert text in shown
    assert mailing.recipients.get().supporter.email not in mail.text


def test_an_organization_without_a_postal_address_cannot_send() -> None:
    campaign = make_campaign()
    campaign.organization.postal_address = " "
    campaign.organization.save()
    mailing = draft_from_update(update=make_update(campaign), user=make_staff())

    with pytest.raises(CannotBeSent, match="postal address"):
        compile_content(mailing)


def test_the_same_text_has_the_same_digest_and_an_edit_another() -> None:
    campaign = make_campaign()
    update = make_update(campaign)
    mailing = draft_from_update(update=update, user=make_staff())
    before = compile_content(mailing).digest

    assert compile_content(mailing).digest == before
    campaign.organization.postal_address = "2 Other Street"
    campaign.organization.save()
    assert compile_content(Mailing.objects.get(pk=mailing.pk)).digest != before


def test_an_address_to_unsubscribe_by_mail_stands_where_mail_can_come_in(
    smtp_sink: SMTPSink, settings: Any
) -> None:
    settings.INBOUND_URL = "pipe:"
    mailing, mail = sent(smtp_sink)
    key = message_key("m", mailing.pk, mailing.recipients.get().supporter_id)
    assert mail.message["List-Unsubscribe"].endswith(f", <mailto:u+{key}@mail.example.org>")
    assert mail.message["Reply-To"] == f"r+{key}@mail.example.org"
