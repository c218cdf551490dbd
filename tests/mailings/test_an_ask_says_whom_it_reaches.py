"""An ask is for those who have not signed: its form, its proof and its draft say nothing else."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from mailings.drafting import ask_text, draft_from_campaign, draft_from_update
from mailings.models import Mailing
from mailings.proofing import send_proof
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
ASK = "Stop selling face recognition to the police."
SIGNERS = "Only those who signed it get it"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(headline="Tell Amazon: Stop", ask=ASK, body="<p>It errs.</p>")


def form_of(mailing: Mailing, client: Client) -> str:
    client.force_login(make_organizer(mailing.organization))
    return words(client.get(reverse("admin:mailings_mailing_change", args=[mailing.pk])))


def proof_of(campaign: Campaign, smtp_sink: SMTPSink) -> str:
    user = make_staff()
    send_proof(mailing=draft_from_campaign(campaign=campaign, user=user), user=user)
    return " ".join(BeautifulSoup(smtp_sink.mails[-1].html, "html.parser").get_text().split())


def test_the_form_of_an_ask_says_that_it_goes_to_those_who_have_not_signed(campaign, client):
    page = form_of(draft_from_campaign(campaign=campaign, user=make_staff()), client)
    assert "Everyone in the scope gets it who has not signed this petition yet." in page
    assert SIGNERS not in page


def test_the_form_of_an_update_s_mail_says_that_it_goes_to_signers(campaign, client):
    mailing = draft_from_update(update=make_update(campaign), user=make_staff())
    assert SIGNERS in form_of(mailing, client)


def test_the_proof_of_an_ask_is_for_somebody_who_signed_something_else(campaign, smtp_sink):
    make_campaign(organization=campaign.organization, headline="Open the river")
    proof = proof_of(campaign, smtp_sink)
    assert "because you signed “Open the river” on" in proof
    assert "because you signed “Tell Amazon: Stop”" not in proof


def test_where_there_is_no_other_petition_the_proof_names_none(campaign, smtp_sink):
    assert "because you signed “another petition of ours” on" in proof_of(campaign, smtp_sink)


@pytest.mark.parametrize("said", [f"<strong>{ASK}</strong>", ASK.rstrip("."), f"<em>{ASK}</em>"])
def test_an_ask_that_the_letter_holds_itself_is_not_said_twice_in_a_row(campaign, said):
    campaign.body = f"<p>It errs.</p><p>{said}</p><p>Two cities have forbidden it.</p>"
    body = ask_text(campaign)
    assert ASK.rstrip(".") not in body
    assert body.count('data-block="ask"') == 1
    assert "Two cities have forbidden it." in body


def test_a_sentence_that_says_more_than_the_ask_stays_in_the_letter(campaign):
    campaign.body = f"<p>It errs.</p><p>{ASK} Now.</p>"
    assert f"{ASK} Now." in ask_text(campaign)


def test_a_drafted_ask_greets_its_reader_before_it_asks_anything(campaign, smtp_sink):
    user = make_staff()
    send_proof(mailing=draft_from_campaign(campaign=campaign, user=user), user=user)
    before, _greeting, after = smtp_sink.mails[-1].text.partition("Dear friend,")
    assert "http" not in before
    statement = campaign.current_statement().text
    assert statement not in before
    assert after.index(campaign.lead_in_text) < after.index(statement) < after.index("http")


@pytest.mark.parametrize(
    ("headline", "subject"),
    [
        ("Tell Amazon: Stop", "Tell Amazon: Stop"),
        ("A" * 50, "A" * 50),
        ("A" * 60, "A" * 49 + "…"),
        (
            "Tell Amazon: stop selling mushroom guides that machines wrote",
            "Tell Amazon: stop selling mushroom guides that…",
        ),
        (
            "Tell Amazon: stop selling bad mushroom guides here, before somebody dies",
            "Tell Amazon: stop selling bad mushroom guides…",
        ),
    ],
)
def test_the_subject_of_a_drafted_ask_is_shown_whole_in_a_list_of_mails(
    campaign, headline, subject
):
    campaign.headline = headline
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    assert mailing.subject == subject
    assert len(mailing.subject) <= 50
    assert mailing.headline == headline
