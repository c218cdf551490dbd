"""One text a language: who signed in German is written to in German, others in the mail's own."""

import pytest

from campaigns.models import Campaign, Translation
from mailings import audience
from mailings.composing import CannotBeSent, compile_contents
from mailings.drafting import draft_from_campaign
from mailings.models import Mailing
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.scheduling import schedule_mailing
from mailings.sending import send_slice
from signatures.models import Signature
from tests.factories import make_campaign, make_signature
from tests.mailings.making import hurry, make_lane, make_staff
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


def in_german(campaign: Campaign, slug: str) -> Translation:
    """The campaign's page in German, public."""
    translation = Translation.objects.create(
        campaign=campaign, language="de", slug=slug, headline="Amazon: Aufhören", ask="Hört auf."
    )
    campaign.statements.create(language="de", text="Hört auf.")
    notice = campaign.notices.create(language="de", text="Wir schreiben.")
    notice.scopes.set(campaign.organization.scopes.all())
    translation.publish()
    return translation


@pytest.fixture
def mailing() -> Mailing:
    """An ask in two languages, which two people of another campaign are to get."""
    campaign = make_campaign(body="<p>It errs.</p>")
    in_german(campaign, "aufhoeren")
    other = make_campaign(organization=campaign.organization)
    in_german(other, "andere")
    make_signature(other, email="english@example.org")
    german = make_signature(other, email="german@example.org", name="Käthe Kollwitz")
    statement = other.statements.get(language="de")
    Signature.objects.filter(pk=german.pk).update(statement=statement)
    made = draft_from_campaign(campaign=campaign, user=make_staff())
    made.translations.create(
        language="de",
        subject="Amazon soll aufhören",
        body='<p>Liebe*r <span data-merge="first_name">Freund*in</span>,</p>'
        '<div data-block="ask"></div>'
        f'<p data-block="button"><a href="{campaign.public_url}">Unterschreiben</a></p>',
    )
    return made


def test_each_reader_gets_the_language_of_the_text_they_signed(
    mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    make_lane()
    user = make_staff()
    send_proof(mailing=mailing, user=user)
    proofs = [mail.message["Content-Language"] for mail in smtp_sink.to(user.email)]
    assert proofs == ["en", "de"]
    smtp_sink.mails.clear()
    count = audience.count(mailing)
    assert schedule_mailing(mailing=mailing, expected_count=count, typed=count)
    hurry(mailing)
    pump()
    send_slice(lane=0)

    (german,) = smtp_sink.to("german@example.org")
    (english,) = smtp_sink.to("english@example.org")
    assert german.message["Subject"] == "Amazon soll aufhören"
    assert german.message["Content-Language"] == "de"
    assert "Liebe*r Käthe," in german.text
    assert "Hört auf." in german.text
    assert "/sign/aufhoeren/as/" in german.text
    assert "Abmelden" in german.html or "abbestellen" in german.html.lower()
    assert english.message["Subject"] == "Tell Amazon: Stop"


def test_a_text_that_was_only_begun_keeps_the_mail_back(mailing: Mailing) -> None:
    mailing.translations.create(language="es", subject="", body="")

    with pytest.raises(CannotBeSent, match=r"Spanish: Write a subject. Spanish: Write the text"):
        compile_contents(mailing)


def test_an_edit_in_one_language_voids_the_proof(mailing: Mailing, smtp_sink: SMTPSink) -> None:
    user = make_staff()
    send_proof(mailing=mailing, user=user)
    mailing.translations.update(subject="Aufhören!")
    count = audience.count(mailing)

    with pytest.raises(CannotBeSent, match="proof"):
        schedule_mailing(mailing=mailing, expected_count=count, typed=count)
    assert mailing.state == Mailing.State.DRAFT
