"""Who follows which link is kept where an organization counts it, of those alone who were told."""

import re
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ConsentNotice
from campaigns.revising import revise_notice
from mailings.drafting import draft_from_update
from mailings.explaining import why
from mailings.following import forget_old
from mailings.lacking import lacks
from mailings.models import Click, Mailing, Recipient, Trial, TrialText, VisitCount
from mailings.proofing import send_proof
from mailings.pumping import pump
from mailings.reporting import links_followed, sum_up
from mailings.sending import send_slice
from mailings.trials.figures import arms_of, best_of
from signatures.erasing import erase
from signatures.leaving import unsubscribe
from signatures.models import Signature, Supporter
from signatures.own_data import everything_about
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

OUTSIDE = "https://paper.example/report?page=2&x=1"
# How browsers say that nobody looks yet.
BEFOREHAND = [
    {"sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"purpose": "prefetch"},
    {"x-purpose": "preview"},
    {"x-moz": "prefetch"},
]
BODY = f'<p>Read <a href="{OUTSIDE.replace("&", "&amp;")}">the report</a>.</p>'


def counting(campaign: Campaign, *, told: bool = True, switched_on: bool = True) -> Campaign:
    """The campaign of an organization that counts, whose notice says so."""
    campaign.organization.counts_clicks = switched_on
    campaign.organization.save()
    notice = campaign.current_notice()
    assert notice
    revise_notice(
        campaign=campaign,
        text=notice.text + " We see which links you follow.",
        kind=notice.kind,
        scopes=notice.scopes.all(),
        tells_of_clicks=told,
    )
    return campaign


def sent(campaign: Campaign) -> Mailing:
    """The update, sent to everyone a minute ago."""
    mailing = scheduled_mailing(make_update(campaign, body=BODY))
    pump()
    send_slice(lane=0)
    arrived_long_ago(mailing)
    return mailing


def arrived_long_ago(mailing: Mailing) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    Recipient.objects.filter(mailing=mailing).update(done_at=long_ago)


def trail_of(mailing: Mailing, reader: Supporter) -> list[str]:
    """What staff read of it who ask about this person."""
    return why(mailing=mailing, supporter=reader).trail


def link_to_the_report(sink: SMTPSink, reader: Supporter) -> str:
    """Where “the report” leads in the mail of this reader; the same in both parts."""
    mail = sink.to(reader.email)[-1]
    found = re.search(r'href="([^"]+)"[^>]*>the report<', mail.html)
    assert found
    assert found[1].replace("&amp;", "&") in mail.text
    return found[1].replace("&amp;", "&")


def test_a_link_leads_on_and_its_reader_is_counted_once(
    smtp_sink: SMTPSink, client: Client
) -> None:
    campaign = counting(make_campaign())
    reader, other = sign_up(campaign, 2)
    mailing = sent(campaign)
    link = link_to_the_report(smtp_sink, reader)
    assert link != link_to_the_report(smtp_sink, other)

    for _ in range(2):
        answer = client.get(link)
        assert (answer.status_code, answer["Location"]) == (302, OUTSIDE)
        assert "no-store" in answer["Cache-Control"]

    assert list(Click.objects.values_list("mailing", "supporter")) == [(mailing.pk, reader.pk)]
    tally = sum_up(mailing)
    assert (tally.clicked, tally.mailed) == (1, 2)
    assert any(line.endswith(f"followed {OUTSIDE}") for line in trail_of(mailing, reader))
    assert trail_of(mailing, other) == []
    assert (OUTSIDE, 1) in [(link.url, link.people) for link in links_followed(mailing)]


@pytest.mark.parametrize(("told", "switched_on"), [(False, True), (True, False), (False, False)])
def test_nobody_is_counted_who_was_not_told_or_where_it_is_not_switched_on(
    smtp_sink: SMTPSink, client: Client, told: bool, switched_on: bool
) -> None:
    campaign = counting(make_campaign(), told=told, switched_on=switched_on)
    [reader] = sign_up(campaign, 1)
    mailing = sent(campaign)
    link = link_to_the_report(smtp_sink, reader)

    if switched_on:
        assert client.get(link)["Location"] == OUTSIDE
    else:
        assert link == OUTSIDE
    assert not Click.objects.exists()
    assert sum_up(mailing).clicked == (0 if switched_on else None)


def test_who_agreed_to_an_earlier_notice_is_not_counted(
    smtp_sink: SMTPSink, client: Client
) -> None:
    campaign = make_campaign()
    [before] = sign_up(campaign, 1)
    [after] = sign_up(counting(campaign), 1)
    sent(campaign)
    for reader in (before, after):
        assert client.get(link_to_the_report(smtp_sink, reader)).status_code == 302
    assert [click.supporter for click in Click.objects.all()] == [after]


def test_what_opens_links_by_itself_counts_nothing(smtp_sink: SMTPSink, client: Client) -> None:
    campaign = counting(make_campaign())
    [reader] = sign_up(campaign, 1)
    mailing = sent(campaign)
    link = link_to_the_report(smtp_sink, reader)

    assert client.head(link)["Location"] == OUTSIDE
    for beforehand in BEFOREHAND:
        assert client.get(link, headers=beforehand)["Location"] == OUTSIDE
    assert client.post(link).status_code == 405
    Recipient.objects.filter(mailing=mailing).update(done_at=timezone.now())
    assert client.get(link)["Location"] == OUTSIDE
    assert not Click.objects.exists()

    arrived_long_ago(mailing)
    client.get(link)
    assert Click.objects.count() == 1


def test_who_has_left_is_led_on_and_not_counted(smtp_sink: SMTPSink, client: Client) -> None:
    campaign = counting(make_campaign())
    [reader] = sign_up(campaign, 1)
    sent(campaign)
    link = link_to_the_report(smtp_sink, reader)
    unsubscribe(
        supporter_id=reader.pk, organization_id=campaign.organization_id, via="unsubscribe page"
    )
    assert client.get(link)["Location"] == OUTSIDE
    assert not Click.objects.exists()


def test_t12_a_changed_link_leads_nowhere(smtp_sink: SMTPSink, client: Client) -> None:
    campaign = counting(make_campaign())
    [reader] = sign_up(campaign, 1)
    sent(campaign)
    link = link_to_the_report(smtp_sink, reader)
    start, token, number, _end = link.rsplit("/", 3)
    for broken in (
        f"{start}/{token[:-1]}x/{number}/",
        f"{start}/{token}/1/",
        f"{start}/{token}/0/",
        f"{start}/{token}/{2**70}/",
        f"{start}/x/{number}/",
    ):
        answer = client.get(broken)
        assert answer.status_code == 400, broken
        assert "Location" not in answer
    assert not Click.objects.exists()


def test_a_proof_leads_where_its_mail_will_and_counts_nobody(
    smtp_sink: SMTPSink, client: Client
) -> None:
    campaign = counting(make_campaign())
    user = make_staff()
    mailing = draft_from_update(update=make_update(campaign, body=BODY), user=user)
    send_proof(mailing=mailing, user=user)
    [mail] = smtp_sink.mails
    found = re.search(r'href="([^"]+)"[^>]*>the report<', mail.html)
    assert found
    assert client.get(found[1])["Location"] == OUTSIDE
    assert not Click.objects.exists()


def test_t22_an_erasure_takes_away_what_a_person_followed(
    smtp_sink: SMTPSink, client: Client
) -> None:
    campaign = counting(make_campaign())
    [reader] = sign_up(campaign, 1)
    sent(campaign)
    link = link_to_the_report(smtp_sink, reader)
    client.get(link)
    assert OUTSIDE in str(everything_about(reader))

    erase(supporter_id=reader.pk)
    assert not Click.objects.exists()
    assert client.get(link)["Location"] == OUTSIDE
    assert not Click.objects.exists()


def test_clicks_are_forgotten_and_their_number_stays(smtp_sink: SMTPSink, client: Client) -> None:
    campaign = counting(make_campaign())
    [reader] = sign_up(campaign, 1)
    mailing = sent(campaign)
    client.get(link_to_the_report(smtp_sink, reader))
    sum_up(mailing)
    forget_old(days=0)
    assert not Click.objects.exists()
    assert sum_up(mailing).clicked == 1


def test_a_trial_is_decided_by_clicks_where_it_says_so(smtp_sink: SMTPSink, client: Client) -> None:
    campaign = counting(make_campaign())
    # The lot may leave few of them in an arm.
    sign_up(campaign, 60)
    update = make_update(campaign, body=BODY)
    mailing = draft_from_update(update=update, user=make_staff())
    trial = Trial.objects.create(mailing=mailing, share=50, measure="clicks")
    TrialText.objects.create(trial=trial, number=2, subject="Other words")
    mailing = scheduled_mailing(update)
    pump()
    send_slice(lane=0)
    arrived_long_ago(mailing)
    other = [mail for mail in smtp_sink.mails if mail.message["Subject"] == "Other words"]
    reader = Supporter.objects.filter(email__in=[mail.recipients[0] for mail in other])[0]

    client.get(link_to_the_report(smtp_sink, reader))

    arms = arms_of(trial)
    assert [(arm.number, arm.clicked) for arm in arms] == [(1, 0), (2, 1)]
    assert best_of(arms, "clicks").number == 2
    assert best_of(arms, "signatures").number == 1


def test_clicks_decide_no_trial_where_they_are_not_counted(client: Client) -> None:
    campaign = counting(make_campaign())
    mailing = draft_from_update(update=make_update(campaign), user=make_staff())
    trial = Trial.objects.create(mailing=mailing, measure="clicks")
    TrialText.objects.create(trial=trial, number=2, subject="Other words")
    client.force_login(make_staff(is_superuser=True))
    page = reverse("admin:mailings_trial_change", args=[trial.pk])
    assert 'value="clicks"' in client.get(page).content.decode()
    assert lacks(mailing) == []

    campaign.organization.counts_clicks = False
    campaign.organization.save()
    assert 'value="clicks"' not in client.get(page).content.decode()
    mailing = Mailing.objects.get(pk=mailing.pk)
    assert "Who follows links is not counted" in " ".join(lacks(mailing))


def test_a_notice_that_was_shown_cannot_begin_to_speak_of_clicks() -> None:
    campaign = make_campaign()
    notice = campaign.current_notice()
    assert notice
    notice.freeze()
    with pytest.raises(Exception, match="frozen"):
        ConsentNotice.objects.filter(pk=notice.pk).update(tells_of_clicks=True)


@pytest.fixture
def link_to_sign(smtp_sink: SMTPSink) -> str:
    """Where a counted link leads that asks a known reader to sign; its mail came a minute ago."""
    campaign = counting(make_campaign())
    body = f'<p><a href="{campaign.public_url}">Sign it</a></p>'
    [reader] = sign_up(campaign, 1)
    mailing = scheduled_mailing(make_update(campaign, body=body))
    pump()
    send_slice(lane=0)
    arrived_long_ago(mailing)
    Signature.objects.filter(supporter=reader).update(confirmed_at=timezone.now())
    Supporter.objects.filter(pk=reader.pk).update(confirmed_at=timezone.now())
    found = re.search(r'href="([^"]+)"[^>]*>Sign it<', smtp_sink.to(reader.email)[0].html)
    assert found
    return found[1]


def visits() -> int:
    return VisitCount.objects.aggregate(sum=Sum("visits"))["sum"] or 0


def test_who_comes_to_sign_is_counted_by_the_same_rule(link_to_sign: str) -> None:
    scanner = Client()
    scanner.get(link_to_sign)
    assert (visits(), Click.objects.count()) == (0, 0)

    browser = Client()
    browser.get(link_to_sign, follow=True)
    assert visits() == 1
    assert [click.number for click in Click.objects.all()] == [0]


def test_what_fetches_the_page_to_sign_beforehand_counts_nothing_until_its_reader_looks(
    link_to_sign: str,
) -> None:
    browser = Client()
    for beforehand in BEFOREHAND:
        shown = browser.get(link_to_sign, follow=True, headers=beforehand)
        assert shown.status_code == 200
    page = shown.redirect_chain[-1][0]
    assert browser.head(page).status_code == 200
    assert (visits(), Click.objects.count()) == (0, 0)

    browser.get(page)
    browser.get(page)
    assert (visits(), Click.objects.count()) == (1, 1)
