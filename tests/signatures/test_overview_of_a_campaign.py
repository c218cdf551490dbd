"""Staff see how a campaign does: numbers, bars with their table, and what became of whom."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Statement, TallyHour
from signatures.erasing import erase
from signatures.models import PaperBatch, Signature
from signatures.staff import funnels, version_counts
from signatures.staff.charts import bar_chart, nice_ceiling
from signatures.staff.state_changing import reject
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def overview(staff: Client, campaign: Campaign) -> str:
    page = staff.get(reverse("admin:signatures_campaign_overview", args=[campaign.pk]))
    assert page.status_code == 200
    return words(page)


def test_an_overview_without_signatures_says_what_to_do(staff, campaign):
    assert "Nobody has signed yet" in overview(staff, campaign)


def test_an_overview_shows_where_a_campaign_stands(staff, campaign):
    for _number in range(3):
        make_signature(campaign)
    make_signature(campaign, consents=False)
    make_signature(campaign, confirmed=False)
    page = overview(staff, campaign)
    for expected in (
        "counted 4",
        "today (UTC) 4",
        "wait for confirmation 1",
        "confirm rate 80 %",
        "opted in, of the counted 75 %",
    ):
        assert expected in page


def test_the_funnel_tells_days_domains_and_sources_apart(campaign):
    bot = make_signature(campaign, email="b@catchall.example", confirmed=False)
    ada = make_signature(campaign, email="ada@example.org")
    make_signature(make_campaign(), email="elsewhere@example.net")
    Signature.objects.filter(pk=ada.pk).update(referrer_code="email")
    reject(signature_ids=[bot.pk], reason="Bot", user=None)
    funnel = funnels.funnel_of(campaign)
    (day,) = funnel.days
    assert (day.signed, day.counted, day.rejected, day.confirm_rate) == (2, 1, 1, 50)
    assert {(step.name, step.counted, step.rejected) for step in funnel.domains} == {
        ("example.org", 1, 0),
        ("catchall.example", 0, 1),
    }
    assert {step.name for step in funnel.sources} == {"", "email"}
    assert (funnel.looked_at, funnel.cut) == (2, False)


def test_the_funnel_looks_at_the_newest_alone_and_says_so(staff, campaign, monkeypatch):
    monkeypatch.setattr(funnels, "MOST_LOOKED_AT", 2)
    make_signature(campaign, email="old@old.example")
    for _number in range(2):
        make_signature(campaign)
    assert "old.example" not in overview(staff, campaign)
    assert "Of the newest 2 signatures" in overview(staff, campaign)


def test_generations_follow_from_who_brought_whom(campaign):
    first, second, third, alone = (make_signature(campaign) for _number in range(4))
    Signature.objects.filter(pk=second.pk).update(sharer=first)
    Signature.objects.filter(pk=third.pk).update(sharer=second)
    sharing = funnels.funnel_of(campaign).sharing
    assert sharing.generations == [(1, 1), (2, 1)]
    assert dict(sharing.sharers) == {first.pk: 1, second.pk: 1}
    assert alone.pk not in dict(sharing.sharers)


def test_the_last_24_hours_are_told_from_the_hours_that_were_noted(campaign):
    for _number in range(3):
        make_signature(campaign)
    assert funnels.standing_of_campaign(campaign).last_day is None
    TallyHour.objects.create(
        campaign=campaign, hour=timezone.now() - timedelta(hours=26), counted=1
    )
    assert funnels.standing_of_campaign(campaign).last_day == 2


# --- bars


def test_bars_are_drawn_with_a_title_and_the_same_in_a_table(staff, campaign):
    for _number in range(3):
        make_signature(campaign)
    page = staff.get(reverse("admin:signatures_campaign_overview", args=[campaign.pk]))
    soup = BeautifulSoup(page.content, "html.parser")
    svg = soup.find("svg", role="img")
    named = {soup.find(id=one).text for one in str(svg["aria-labelledby"]).split()}
    assert "Day by day" in named
    assert len(svg.find_all("rect")) == 1
    row = soup.find("figcaption").find("tbody").find("tr")
    assert [cell.text.strip() for cell in row.find_all("td")] == ["3"]
    assert not svg.find(style=True)


def test_few_days_are_narrow_bars_with_their_numbers_from_the_left():
    one, three, month = (
        bar_chart(
            [(str(day), 40) for day in range(days)], name="", title="", description="", heading=""
        )
        for days in (1, 3, 30)
    )
    assert one.bars[0].width == three.bars[0].width < one.width / 8
    assert one.bars[0].x == three.bars[0].x < one.left + 20
    assert [number.text for number in three.numbers] == ["40", "40", "40"]
    assert all(number.y == three.bars[0].y > 12 for number in three.numbers)
    assert month.numbers == []
    assert month.bars[-1].x + month.bars[-1].width > month.right - 10


def test_a_bar_is_as_high_as_its_number():
    chart = bar_chart(
        [("a", 0), ("b", 50), ("c", 100)], name="n", title="t", description="d", heading="h"
    )
    heights = [bar.height for bar in chart.bars]
    assert heights[0] == 0
    assert heights[2] == pytest.approx(2 * heights[1])
    assert all(chart.left <= bar.x <= chart.right for bar in chart.bars)
    assert [line.value for line in chart.lines] == [0, 50, 100]


@pytest.mark.parametrize("points", [[], [("a", 0)], [("a", 1)], [(str(n), n) for n in range(366)]])
def test_any_number_of_bars_can_be_drawn(points):
    chart = bar_chart(points, name="n", title="t", description="d", heading="h")
    assert len(chart.bars) == len(points)
    assert len(chart.words) <= 7
    assert nice_ceiling(366) == 400


# --- on paper


def test_signatures_on_paper_stand_beside_the_others_never_among_them(staff, campaign, client):
    url = reverse("admin:signatures_paperbatch_add")
    form = form_on(staff.get(url), "paperbatch_form")
    staff.post(
        url,
        form
        | {
            "campaign": campaign.pk,
            "signatures": "1204",
            "collected_on": "2024-05-01",
            "collected_by": "Springfield branch",
        },
    )
    batch = PaperBatch.objects.get()
    assert batch.added_by and batch.added_by.username == "alice"
    page, anyone = campaign.get_absolute_url(), Client()
    public = words(anyone.get(page))
    assert "1,204 people signed on paper." in public
    assert "Counted by Springfield branch, up to May 1, 2024." in public
    assert "Be one of the first to sign here" in public and "just begun" not in public
    assert "on paper 1,204" in overview(staff, campaign)
    for name in ("count", "history"):
        numbers = anyone.get(f"{page}{name}.json").json()
        assert (numbers["signatures"], numbers["on_paper"]) == (0, 1204)
    assert "1,204 people signed on paper." in words(anyone.get(f"{page}data/"))


def test_a_page_names_three_of_those_who_collected_on_paper_and_shows_it_to_the_end(campaign):
    for day, name in enumerate(["North", "East", "South", "West", "West"], start=1):
        campaign.paper_batches.create(
            signatures=10, collected_on=f"2024-05-0{day}", collected_by=name
        )
    campaign.close()
    public = words(Client().get(campaign.get_absolute_url()))
    assert "50 people signed on paper. Counted by West, South, East and others, up to" in public
    assert "Thank you to everyone who signed." in public


def test_a_page_without_paper_says_nothing_of_it(campaign):
    assert "on paper" not in words(Client().get(campaign.get_absolute_url()))


def test_a_batch_cannot_be_added_to_a_campaign_of_another_organization(staff, campaign):
    foreign = make_campaign()
    staff.post(
        reverse("admin:signatures_paperbatch_add"),
        {
            "campaign": foreign.pk,
            "signatures": "7",
            "collected_on": "2024-05-01",
            "collected_by": "Us",
        },
    )
    assert not PaperBatch.objects.exists()


def test_people_who_were_erased_are_a_row_that_says_so_and_leads_nowhere(staff, campaign):
    make_signature(campaign, email="ada@example.org")
    erase(supporter_id=make_signature(campaign, email="bea@example.com").supporter_id)
    page = staff.get(reverse("admin:signatures_campaign_overview", args=[campaign.pk]))
    soup = BeautifulSoup(page.content, "html.parser")
    rows = {row.get_text(strip=True): row.a for row in soup.select("th[scope=row]")}
    assert rows["example.org"]["href"].endswith("?domain=example.org")
    assert rows["no address any more: erased"] is None
    assert "" not in rows


# --- who may


def test_t16_readers_see_the_overview_and_move_nothing(client, campaign):
    reader = make_organizer(campaign.organization, username="carol")
    reader.groups.set(Group.objects.filter(name="Readers"))
    client.force_login(reader)
    signature = make_signature(campaign)
    assert (
        client.get(reverse("admin:signatures_campaign_overview", args=[campaign.pk])).status_code
        == 200
    )
    wave = reverse("admin:signatures_campaign_wave", args=[campaign.pk])
    one = reverse("admin:signatures_signature_state", args=[signature.pk, "reject"])
    for url in (wave, one):
        assert client.get(url).status_code == 403
        assert client.post(url, {"reason": "x", "count": "1"}).status_code == 403
    listed = client.get(reverse("admin:signatures_signature_changelist"))
    assert "reject_chosen" not in listed.content.decode()
    client.post(
        reverse("admin:signatures_signature_changelist"),
        {"action": "reject_chosen", "_selected_action": [signature.pk], "reason": "x"},
    )
    assert Signature.objects.get(pk=signature.pk).state == Signature.State.COUNTED


# --- who signed which version


def test_a_version_looks_at_the_newest_of_its_time_and_says_so(campaign, monkeypatch):
    monkeypatch.setattr(version_counts, "MOST_LOOKED_AT", 2)
    first = campaign.current_statement()
    make_signature(campaign)
    assert version_counts.signed_in_words(first) == "1 signature stands on it"
    second = Statement.objects.create(campaign=campaign, text="Stop it now.", version=2)
    newest = [make_signature(campaign) for _number in range(2)]
    assert {signature.statement_id for signature in newest} == {second.pk}
    told = [version_counts.signed_in_words(version) for version in (first, second)]
    assert told == [
        f"{number} of the newest 2 signatures of its time stand on it" for number in (0, 2)
    ]
    with CaptureQueriesContext(connection) as queries:
        version_counts.signed_in_words(first)
    (counting,) = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert f"BETWEEN {newest[0].pk} AND" in counting
