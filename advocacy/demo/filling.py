"""The whole demo, in one transaction: it is there or it is not."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from advocacy.checks import is_local
from advocacy.demo import mails, people
from advocacy.demo.stories import ORGANIZATION, SLUG, STORIES, SUPPORTERS, TEXTS, Story
from campaigns.importing.creating import create_campaign
from campaigns.importing.parsing import parse_campaign
from campaigns.models import Campaign, Organization
from postroom.ways import server_of


class NotHere(Exception):
    """The demo would write to people, or stand where the public looks; the text says which."""


def fill_demo(*, supporters: int = SUPPORTERS) -> Organization | None:
    """Make the organization with all that it did; None when it is here already. Raises NotHere.

    With 200,000 supporters it takes about a minute.
    """
    _only_on_this_machine()
    if Organization.objects.filter(slug=SLUG).exists():
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL synchronous_commit = off")
        organization = Organization.objects.create(slug=SLUG, **ORGANIZATION)
        organization.provide_scopes()
        scopes = {scope.key: scope for scope in organization.scopes.order_by("pk")}
        stories = [(story, _campaign(story, organization)) for story in STORIES]
        people.fill(stories, list(scopes.values()), supporters)
        mails.fill(organization, stories, scopes)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; ANALYZE; RESET statement_timeout")
    return organization


def _only_on_this_machine() -> None:
    if not is_local(settings.SITE_HOST):
        raise NotHere("The demo is for a site on this machine alone; SITE_URL is public.")
    if not is_local(server_of(settings.EMAIL_URL)[0]):
        raise NotHere("The demo could mail: EMAIL_URL leads to another machine.")


def _campaign(story: Story, organization: Organization) -> Campaign:
    """The campaign of a text, opened when the story says and ended as it says."""
    text = (TEXTS / f"{story.slug}.txt").read_text()
    draft = parse_campaign(text, file_name=f"{story.slug}.txt")
    campaign = create_campaign(draft=draft, organization=organization, publish=True).campaign
    now = timezone.now()
    if story.ending:
        campaign.close()
    end = {
        "delivered": campaign.deliver,
        "won": campaign.win,
        "lost": campaign.lose,
    }.get(story.ending)
    if end:
        end(outcome=story.outcome)
    began, ended = now - timedelta(days=story.began), now - timedelta(days=story.ended)
    dates = {"published_at": began, "created_at": began - timedelta(days=3)}
    for name in ("closed_at", "delivered_at", "ended_at"):
        if getattr(campaign, name):
            dates[name] = ended
    Campaign.objects.filter(pk=campaign.pk).update(**dates)
    campaign.refresh_from_db()
    return campaign
