"""Atom feeds (RFC 4287): what an organization asks and what comes of it, sources included."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import linebreaks_filter
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaigns.documents import Document, Gone
from campaigns.editions import edition_at, update_in
from campaigns.models import Campaign, Organization, Update
from campaigns.text.rendering import render_feed

ENTRIES = 30
FEED_TYPE = "application/atom+xml; charset=utf-8"


def organization_feed(slug: str) -> Document | None:
    """The newest campaigns of an organization and the newest updates on them."""
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        return None
    campaigns = _readable().filter(organization=organization).order_by("-published_at")[:ENTRIES]
    updates = _updates().filter(campaign__in=_readable().filter(organization=organization))
    with translation.override(organization.language):
        entries = [*map(_of_campaign, campaigns), *map(_of_update, updates[:ENTRIES])]
        return _feed(
            entries,
            title=organization.name,
            link=settings.SITE_URL + reverse("organization-page", args=[organization.slug]),
            language=organization.language,
            organization=organization,
            feed_id=_tag(organization.created_at, f"organization/{organization.pk}"),
        )


def campaign_feed(slug: str) -> Document | None:
    """A campaign in one of its languages, and the updates on it. Raises `Gone` once withdrawn."""
    campaign = edition_at(slug, _with_texts(Campaign.objects.public()))
    if campaign is None or campaign.slug != slug:
        return None
    if campaign.state == Campaign.State.WITHDRAWN:
        raise Gone
    updates = _updates().filter(campaign=campaign.pk)[:ENTRIES]
    with translation.override(campaign.language):
        return _feed(
            [_of_campaign(campaign), *(_of_update(update, campaign) for update in updates)],
            title=campaign.headline,
            link=campaign.public_url,
            language=campaign.language,
            organization=campaign.organization,
            feed_id=_tag(campaign.created_at, f"campaign/{campaign.pk}/{campaign.language}/feed"),
        )


# XML has no place for these, be they in a title that came out of a word processor (XML 1.0, 2.2).
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Atom(Atom1Feed):
    """Atom with the whole text of an entry and not a summary of it."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        attributes = {"type": "html", "xml:lang": item["language"]}
        handler.addQuickElement("content", item["content"], attributes)


def _readable() -> QuerySet[Campaign]:
    return _with_texts(Campaign.objects.public().exclude(state=Campaign.State.WITHDRAWN))


def _with_texts(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    return campaigns.select_related("organization").prefetch_related("sources", "targets")


def _updates() -> QuerySet[Update]:
    return (
        Update.objects.published()
        .select_related("campaign")
        .prefetch_related("campaign__sources", "texts")
        .order_by("-published_at")
    )


def _of_campaign(campaign: Campaign) -> dict[str, Any]:
    with translation.override(campaign.language):
        content = _campaign_content(campaign)
    return {
        "title": campaign.headline,
        "link": campaign.public_url,
        "content": content,
        "language": campaign.language,
        "pubdate": campaign.published_at,
        "updateddate": campaign.published_at,
        "unique_id": _tag(campaign.created_at, f"campaign/{campaign.pk}/{campaign.language}"),
    }


def _campaign_content(campaign: Campaign) -> SafeString:
    statement = campaign.current_statement()
    letter = render_feed(
        campaign.body,
        sources=campaign.sources.all(),
        ask=campaign.ask,
        page_url=campaign.public_url,
        media_url=settings.SITE_URL,
    )
    return format_html(
        "<p>{}</p><blockquote>{}</blockquote>{}",
        campaign.lead_in_text,
        linebreaks_filter(statement.text) if statement else "",
        letter,
    )


def _of_update(update: Update, page: Campaign | None = None) -> dict[str, Any]:
    """An update, in the language of this edition of its campaign."""
    page = page or update.campaign
    update = update_in(update, page.language)
    with translation.override(update.language):
        content = render_feed(
            update.body,
            sources=update.campaign.sources.all(),
            ask=page.ask,
            page_url=page.public_url,
            prefix=f"{update.anchor}-",
            media_url=settings.SITE_URL,
        )
    return {
        "title": update.title,
        "link": f"{page.public_url}#{update.anchor}",
        "content": content,
        "language": update.language,
        "pubdate": update.published_at,
        "updateddate": max(update.updated_at, update.published_at or update.updated_at),
        "unique_id": _tag(update.created_at, f"update/{update.pk}"),
    }


def _feed(
    entries: Iterable[dict[str, Any]],
    *,
    title: str,
    link: str,
    language: str,
    organization: Organization,
    feed_id: str,
) -> Document:
    feed = _Atom(
        title=_fit(title),
        link=link,
        description=None,
        language=language,
        author_name=_fit(organization.name),
        author_link=organization.website or None,
        feed_url=link + "feed.atom",
        feed_guid=feed_id,
    )
    newest = sorted(entries, key=lambda entry: entry["pubdate"], reverse=True)
    for entry in newest[:ENTRIES]:
        fit = {name: _fit(value) for name, value in entry.items()}
        feed.add_item(description=None, **fit)  # type: ignore[arg-type]
    return feed.writeString("utf-8").encode(), FEED_TYPE


def _fit(value: Any) -> Any:
    """A text without what no XML may have."""
    return _NOT_IN_XML.sub(" ", value) if isinstance(value, str) else value


def _tag(since: datetime, name: str) -> str:
    """An id for ever (RFC 4151), whatever becomes of the address."""
    return f"tag:{settings.SITE_HOST},{since:%Y-%m-%d}:{name}"
