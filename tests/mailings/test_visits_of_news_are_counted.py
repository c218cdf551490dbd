"""Who comes by a mail's link to read its news is counted, and nobody knows who it was."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Source
from mailings.digesting.waking import wake_due
from mailings.models import Click, DigestSchedule, Mailing, VisitCount
from mailings.pumping import pump
from mailings.reporting import sum_up
from mailings.sending import send_slice
from tests.factories import make_campaign
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

CITED = '<p>They said so.<sup data-source="wong"></sup></p>'
# How browsers say that nobody looks yet.
BEFOREHAND = {"sec-purpose": "prefetch"}


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign()
    Source.objects.create(campaign=campaign, key="wong", title="They said", url="https://g.example")
    Campaign.objects.update(published_at=timezone.now() - timedelta(days=200))
    return campaign


def go_out() -> None:
    pump()
    send_slice(lane=0)
    pump()


def link_in(sink: SMTPSink, words: str) -> str:
    """Where these words lead; the same for all readers, in both parts of the mail."""
    found = set()
    for mail in sink.mails:
        link = BeautifulSoup(mail.html, "html.parser").find("a", string=words)
        assert link
        assert str(link["href"]) in mail.text
        found.add(str(link["href"]))
    [one] = found
    return one.removeprefix(settings.SITE_URL)


@pytest.fixture
def update_mailed(campaign: Campaign, smtp_sink: SMTPSink) -> Mailing:
    sign_up(campaign, 2)
    mailing = scheduled_mailing(make_update(campaign, body=CITED))
    smtp_sink.mails.clear()
    go_out()
    return mailing


def test_a_visit_of_an_update_is_counted_once_and_names_nobody(
    update_mailed: Mailing, smtp_sink: SMTPSink, client: Client
) -> None:
    link = link_in(smtp_sink, "Read this on the web")

    page = client.get(link, follow=True)

    assert page.status_code == 200
    assert "Amazon pauses sales" in page.content.decode()
    update = update_mailed.updates.get()
    assert page.redirect_chain[-1][0] == f"/sign/{update.campaign.slug}/updates/{update.pk}/"
    assert sum_up(update_mailed).visits == 1
    assert not Click.objects.exists()
    assert not client.cookies["arrived"].value


def test_a_link_of_a_proof_leads_to_the_page_and_is_no_visit(
    campaign: Campaign, smtp_sink: SMTPSink, client: Client
) -> None:
    sign_up(campaign, 2)
    mailing = scheduled_mailing(make_update(campaign, body=CITED))
    link = link_in(smtp_sink, "Read this on the web")

    assert client.get(link, follow=True).status_code == 200

    assert not VisitCount.objects.exists()
    assert sum_up(mailing).visits == 0


def test_what_keeps_no_cookie_or_only_looks_ahead_gets_there_and_is_no_visit(
    update_mailed: Mailing, smtp_sink: SMTPSink, client: Client
) -> None:
    link = link_in(smtp_sink, "Read this on the web")

    again = Client().get(link)["Location"]
    assert "/updates/" in Client().get(again)["Location"]
    assert client.head(client.head(link)["Location"]).status_code == 303
    assert client.get(link, follow=True, headers=BEFOREHAND).status_code == 200
    assert sum_up(update_mailed).visits == 0

    client.get(link, follow=True)
    assert sum_up(update_mailed).visits == 1


def test_t12_a_changed_link_leads_to_the_page_and_counts_nothing(
    update_mailed: Mailing, smtp_sink: SMTPSink, client: Client
) -> None:
    link = link_in(smtp_sink, "Read this on the web")
    token = link.split("/")[2]

    page = client.get(link.replace(token, token[:-3] + "AAA"), follow=True)

    assert page.status_code == 200
    assert sum_up(update_mailed).visits == 0


def test_news_in_a_digest_lead_to_the_page_and_its_visits_are_counted(
    campaign: Campaign, smtp_sink: SMTPSink, client: Client
) -> None:
    sign_up(campaign, 2)
    update = make_update(campaign, body=CITED)
    scope = campaign.organization.scopes.get(key="activism")
    DigestSchedule.objects.create(scope=scope, due_at=timezone.now() - timedelta(minutes=1))
    [digest] = wake_due()
    smtp_sink.mails.clear()
    go_out()
    link = link_in(smtp_sink, update.title)

    assert link.endswith(f"/{campaign.slug}/#{update.anchor}")
    page = client.get(link, follow=True)

    assert page.redirect_chain[-1][0] == campaign.get_absolute_url()
    assert sum_up(digest).visits == 1


@pytest.mark.parametrize("kind", ["update", "digest"])
def test_where_clicks_are_counted_too_a_visit_is_still_a_visit(
    campaign: Campaign, smtp_sink: SMTPSink, client: Client, kind: str
) -> None:
    campaign.organization.counts_clicks = True
    campaign.organization.save()
    sign_up(campaign, 1)
    update = make_update(campaign, body=CITED)
    if kind == "update":
        mailing = scheduled_mailing(update)
    else:
        scope = campaign.organization.scopes.get(key="activism")
        DigestSchedule.objects.create(scope=scope, due_at=timezone.now() - timedelta(minutes=1))
        [mailing] = wake_due()
    smtp_sink.mails.clear()
    go_out()

    words = "Read this on the web" if kind == "update" else update.title
    assert client.get(link_in(smtp_sink, words), follow=True).status_code == 200

    assert sum_up(mailing).visits == 1
