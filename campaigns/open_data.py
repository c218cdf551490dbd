"""The numbers of a campaign for everyone: its history by the hour, a badge, a page about both."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from campaigns.documents import Document
from campaigns.editions import edition_at, editions_of
from campaigns.models import Campaign
from campaigns.styling import stylesheet_url

# Two years and a quarter, hours without a change left out.
HOURS = 20_000
# The chart and its table show days.
DAYS = 400


@dataclass(frozen=True)
class Badge:
    """The colours of a badge; the organization's signal colour stands beside the number."""

    paper: str
    ink: str


# Joined by the app that keeps signatures: how many of a campaign's stand on paper.
paper_counts: list[Callable[[Campaign], int]] = []

BADGES = {
    "badge": Badge(paper="#FFFFFF", ink="#14171C"),
    "badge-dark": Badge(paper="#14171C", ink="#FFFFFF"),
}


def history_json(slug: str) -> Document | None:
    """`{"campaign", "signatures", "on_paper", "as_of", "hours": [{"hour", "signatures"}]}`.

    What was signed on paper is in none of the other numbers. Hours come oldest first, each named by
    its beginning, in UTC; the number is the count at its end. Hours in which nothing changed are
    left out: the number before holds on.
    """
    campaign = _campaign(slug)
    if campaign is None:
        return None
    tally = getattr(campaign, "tally", None)
    history = {
        "campaign": campaign.public_url,
        "signatures": tally.counted if tally else 0,
        "on_paper": _on_paper(campaign),
        "as_of": _utc(tally.as_of) if tally else None,
        "hours": [
            {"hour": _utc(hour), "signatures": counted} for hour, counted in _hours(campaign)
        ],
    }
    return json.dumps(history).encode(), "application/json"


def history_csv(slug: str) -> Document | None:
    """The same hours as lines of `hour,signatures`."""
    campaign = _campaign(slug)
    if campaign is None:
        return None
    with io.StringIO() as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["hour", "signatures"])
        lines.writerows((_utc(hour), counted) for hour, counted in _hours(campaign))
        return file.getvalue().encode(), "text/csv; charset=utf-8"


def badge(slug: str, name: str) -> Document | None:
    """The count as a small picture; `name` is a key of `BADGES`."""
    campaign = _campaign(slug)
    if campaign is None:
        return None
    context = {
        "campaign": campaign,
        "badge": BADGES[name],
        "signal": campaign.organization.signal_color,
        "count": _counted(campaign),
    }
    with translation.override(campaign.language):
        svg = render_to_string("campaigns/badge.svg", context)
    return svg.strip().encode(), "image/svg+xml"


def open_data_page(slug: str) -> Document | None:
    """What the numbers are, where they are, how they grew, and a badge to copy."""
    campaign = _campaign(slug)
    if campaign is None:
        return None
    days = _by_day(_hours(campaign))
    with translation.override(campaign.language):
        html = render_to_string(
            "campaigns/open_data.html",
            {
                "organization": campaign.organization,
                "campaign": campaign,
                "editions": editions_of(campaign),
                "stylesheet_url": stylesheet_url(campaign.organization),
                "site_url": settings.SITE_URL,
                "count": _counted(campaign),
                "paper": _on_paper(campaign),
                "days": list(reversed(days)),
                "points": chart_points(days),
                "badges": [reverse("badge", args=[slug, name]) for name in BADGES],
            },
        )
    return html.encode(), "text/html; charset=utf-8"


def chart_points(days: list[tuple[datetime, int]], width: int = 720, height: int = 200) -> str:
    """The days as points of an SVG polyline, from zero up; empty for fewer than two days."""
    if len(days) < 2 or not any(counted for _day, counted in days):
        return ""
    begin, end = days[0][0].timestamp(), days[-1][0].timestamp()
    most = max(counted for _day, counted in days)
    return " ".join(
        f"{(day.timestamp() - begin) / (end - begin) * width:.1f},"
        f"{height - counted / most * height:.1f}"
        for day, counted in days
    )


def _campaign(slug: str) -> Campaign | None:
    """The edition that stands at `slug` now; one that was withdrawn has no numbers to show."""
    campaigns: QuerySet[Campaign] = Campaign.objects.public()
    campaigns = campaigns.exclude(state=Campaign.State.WITHDRAWN)
    found = edition_at(slug, campaigns.select_related("organization", "tally"))
    return found if found and found.slug == slug else None


def _counted(campaign: Campaign) -> int:
    tally = getattr(campaign, "tally", None)
    return tally.counted if tally else 0


def _on_paper(campaign: Campaign) -> int:
    return sum(count(campaign) for count in paper_counts)


def _hours(campaign: Campaign) -> list[tuple[datetime, int]]:
    newest = campaign.tally_hours.order_by("-hour").values_list("hour", "counted")[:HOURS]
    return list(reversed(newest))


def _by_day(hours: list[tuple[datetime, int]]) -> list[tuple[datetime, int]]:
    """The last number of each UTC day that has one."""
    days = {hour.replace(hour=0): counted for hour, counted in hours}
    return list(days.items())[-DAYS:]


def _utc(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
