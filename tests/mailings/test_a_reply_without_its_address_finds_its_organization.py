"""People answer to the address that they see, not to the one we asked for: staff read it anyway."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from mailings.arriving import read_waiting, take_in
from mailings.models import ArrivedMail, Mailing, Reply
from mailings.pumping import freeze_audience
from signatures.erasing import erase
from signatures.models import ConsentEvent, Supporter
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.mailings.providers import key_of
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
REPLIES = "/admin/mailings/reply/"
OFFICE = "office@citizens.example"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def others() -> Campaign:
    """Another organization on the same site."""
    return make_campaign()


@pytest.fixture
def reader(campaign: Campaign) -> Supporter:
    return sign_up(campaign, 1)[0]


@pytest.fixture
def mailing(campaign: Campaign, reader: Supporter, smtp_sink: SMTPSink) -> Mailing:
    mailing = scheduled_mailing(make_update(campaign))
    freeze_audience(mailing.pk)
    return mailing


def write(sender: str, *, text: str = "When is the meeting?", **fields: str) -> None:
    """A mail to the office's own address comes in by the door, and is read."""
    head = {"From": sender, "To": OFFICE, "Subject": "Re: News"} | fields
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in head.items()]
    take_in(raw="\r\n".join([*lines, "", text]).encode(), recipient=OFFICE)
    while read_waiting():
        pass


def shown_to(campaign: Campaign) -> str:
    client = Client()
    client.force_login(make_organizer(campaign.organization, username=f"reads{campaign.pk}"))
    return client.get(REPLIES).content.decode()


@pytest.mark.parametrize("field", ["In_Reply_To", "References"])
def test_the_message_that_it_answers_tells_whose_it_is(
    mailing: Mailing, campaign: Campaign, others: Campaign, reader: Supporter, field: str
) -> None:
    own = f"<{key_of(mailing, reader)}@citizens.example>"
    write("another@mailbox.example", **{field: f"<1@elsewhere.example> {own}"})
    reply = Reply.objects.get()
    assert (reply.supporter, reply.mailing_number) == (reader, mailing.pk)
    assert "Re: News" in shown_to(campaign)
    assert "Re: News" not in shown_to(others)


def test_nobody_is_unsubscribed_by_what_a_mail_says_it_answers(
    mailing: Mailing, reader: Supporter
) -> None:
    own = f"<{key_of(mailing, reader)}@citizens.example>"
    write(reader.email, text="unsubscribe", In_Reply_To=own)
    assert Reply.objects.get().text == "unsubscribe"
    assert not ConsentEvent.objects.exists()
    assert reader.subscriptions.live().exists()


def test_a_forged_message_id_names_nobody(
    mailing: Mailing, campaign: Campaign, others: Campaign, reader: Supporter
) -> None:
    forged = key_of(mailing, reader)[:-4] + "0000"
    write("stranger@mailbox.example", In_Reply_To=f"<{forged}@citizens.example>")
    reply = Reply.objects.get()
    assert (reply.organization, reply.supporter, reply.mailing_number) == (None, None, None)


def test_who_signed_with_one_organization_is_read_by_that_one(
    campaign: Campaign, others: Campaign, reader: Supporter
) -> None:
    write(f"Ada <{reader.email.upper()}>")
    assert "Re: News" in shown_to(campaign)
    assert "Re: News" not in shown_to(others)
    assert Reply.objects.get().supporter is None, "anybody can write in another's name"
    erase(supporter_id=reader.pk)
    assert not ArrivedMail.objects.exists(), "yet it goes with whom it says that it is from"


def test_who_signed_with_two_is_read_by_neither_but_by_whoever_runs_the_site(
    campaign: Campaign, others: Campaign, reader: Supporter, client: Client, admin_user: Any
) -> None:
    make_signature(others, email=reader.email)
    write(reader.email)
    assert "Re: News" not in shown_to(campaign)
    assert "Re: News" not in shown_to(others)
    client.force_login(admin_user)
    assert "Re: News" in client.get(REPLIES).content.decode()


def test_where_there_is_one_organization_it_reads_what_strangers_write(campaign: Campaign) -> None:
    write("journalist@paper.example")
    assert "Re: News" in shown_to(campaign)


@pytest.mark.parametrize("sender", ["", "no address", "a@b@c", "<>"])
def test_a_sender_that_is_no_address_is_nobodys_supporter(
    campaign: Campaign, others: Campaign, sender: str
) -> None:
    write(sender)
    assert Reply.objects.get().organization is None
