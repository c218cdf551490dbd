"""A proof stands for a send only if the mail is whole: links, parts, size, names, unsubscribing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from campaigns.models import Campaign
from mailings.composing import CannotBeSent, compile_contents
from mailings.drafting import draft_from_campaign
from mailings.models import Mailing, Proof
from mailings.proofing import proof_of, sample, send_proof
from tests.campaigns.strange_web import Serve, StrangeWeb, answering
from tests.mailings.making import make_staff
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def web(settings: Any) -> Iterator[Callable[[Serve], StrangeWeb]]:
    """Servers of our own, which a proof may ask for five seconds."""
    settings.PROOF_LINK_SECONDS = 5
    opened: list[StrangeWeb] = []

    def start(serve: Serve) -> StrangeWeb:
        opened.append(StrangeWeb(serve))
        return opened[-1]

    yield start
    for server in opened:
        server.stop()


def mailing_with(campaign: Campaign, body: str = "<p>News.</p>", **words: Any) -> Mailing:
    """An ask with this text, ready for a proof."""
    mailing = draft_from_campaign(campaign=campaign, user=make_staff())
    mailing.edit(by=None, body=body, **words)
    return mailing


def prove(mailing: Mailing, web: StrangeWeb | None = None) -> Proof:
    return send_proof(mailing=mailing, user=make_staff(), fetcher=web.fetcher() if web else None)


def said(proof: Proof, state: str) -> str:
    return " ".join(check["text"] for check in proof.checks if check["state"] == state)


def test_links_that_answer_are_counted_and_our_own_are_not_visited(
    campaign: Campaign, web: Callable[[Serve], StrangeWeb], smtp_sink: SMTPSink
) -> None:
    there = web(answering())
    links = f'<a href="{there.url("/a")}">a</a> <a href="{there.url("/b")}">b</a>'
    own = f'<a href="{campaign.public_url}">sign</a>'

    proof = prove(mailing_with(campaign, f"<p>{links} {own}</p>"), there)

    assert "All 2 links answer." in said(proof, "done")
    assert sorted(request.split()[1] for request in there.requests) == ["/a", "/b"]
    assert smtp_sink.mails


def test_a_page_that_is_gone_keeps_the_mail_back(
    campaign: Campaign, web: Callable[[Serve], StrangeWeb], smtp_sink: SMTPSink
) -> None:
    gone = web(answering("404 Not Found"))
    mailing = mailing_with(campaign, f'<p><a href="{gone.url("/x")}">x</a></p>')

    with pytest.raises(CannotBeSent, match="is gone"):
        prove(mailing, gone)
    assert not smtp_sink.mails
    assert mailing.state == Mailing.State.DRAFT


def test_a_page_that_does_not_answer_now_and_one_behind_a_wall_are_for_a_person_to_judge(
    campaign: Campaign, web: Callable[[Serve], StrangeWeb], smtp_sink: SMTPSink
) -> None:
    broken = web(answering("503 Service Unavailable"))
    proof = prove(mailing_with(campaign, f'<p><a href="{broken.url()}">x</a></p>'), broken)
    assert "does not answer just now" in said(proof, "advice")

    paid = web(answering("401 Unauthorized"))
    proof = prove(mailing_with(campaign, f'<p><a href="{paid.url()}">x</a></p>'), paid)
    assert "does not answer" not in said(proof, "advice")


def test_t14_a_link_into_our_own_network_is_never_asked(
    campaign: Campaign, web: Callable[[Serve], StrangeWeb], smtp_sink: SMTPSink
) -> None:
    neighbour = web(answering())
    body = f'<p><a href="http://127.0.0.1:{neighbour.port}/">x</a></p>'

    prove(mailing_with(campaign, body))

    assert not neighbour.requests


def test_what_a_reader_without_a_name_gets_is_looked_at(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    whole = '<p>Dear <span data-merge="first_name">friend</span>,</p>'
    proof = prove(mailing_with(campaign, whole))
    assert "for somebody who gave no name" in said(proof, "done")
    assert "Dear friend," in smtp_sink.mails[-1].text


@pytest.mark.parametrize(
    ("words", "blocks"),
    [
        ({"subject": "Re: your signature"}, "pretends to be an answer"),
        ({"body": '<p>Look: <img src="/media/a.png" alt=""></p>'}, "what each picture shows"),
    ],
)
def test_what_no_reader_should_meet_blocks(
    campaign: Campaign, words: dict[str, str], blocks: str, smtp_sink: SMTPSink
) -> None:
    with pytest.raises(CannotBeSent, match=blocks):
        prove(mailing_with(campaign, **words))


def test_subject_and_preheader_are_measured(campaign: Campaign, smtp_sink: SMTPSink) -> None:
    proof = prove(mailing_with(campaign, subject="S" * 51, preheader=""))
    assert "The subject has 51 characters" in said(proof, "advice")
    assert "No preheader" in said(proof, "advice")

    proof = prove(mailing_with(campaign, subject="Stop it", preheader="stop it"))
    assert "repeats the subject" in said(proof, "advice")
    assert "102 KB" in said(proof, "done")
    assert "unsubscrib" in (said(proof, "done") + said(proof, "advice")).lower()


@pytest.mark.parametrize("subject", ["Short", "Für alle, die es angeht: ein langer Betreff" * 3])
def test_the_subject_of_a_proof_says_that_it_is_one_and_nobody_elses_does(
    campaign: Campaign, smtp_sink: SMTPSink, subject: str
) -> None:
    mailing = mailing_with(campaign, subject=subject)
    proof = prove(mailing)
    [mail] = smtp_sink.mails
    assert str(mail.message["Subject"]) == f"[Proof] {subject}"
    assert proof_of(compile_contents(mailing)) == proof
    content = compile_contents(mailing)[0]
    _envelope, everyone = sample(content, address=mail.recipients[0])
    at = everyone.index(b"\r\nMIME-Version:")
    assert b"[Proof]" not in everyone
    assert mail.body[mail.body.index(b"\r\nMIME-Version:") :] == everyone[at:]


def test_a_subject_of_fifty_characters_is_not_too_long_for_being_a_proof_s(
    campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    assert "characters" not in said(prove(mailing_with(campaign, subject="a" * 50)), "advice")
    assert "characters" in said(prove(mailing_with(campaign, subject="a" * 51)), "advice")
