"""Making a draft out of a campaign that worked."""

from itertools import count

from django.contrib.auth.models import User
from django.db import models, transaction

from campaigns.addresses import is_taken
from campaigns.collisions import until_free
from campaigns.models import Campaign
from campaigns.revising import revise_notice, revise_statement

# What a campaign says and asks. Its outcome, its dates and its next campaign are its own.
KEPT = [
    *("organization", "headline", "call_to_action", "lead_in", "lead_line", "body", "ask"),
    *("closing", "language", "proof", "asks_postal_code", "asks_country", "asks_comment"),
    *("asks_to_show_name", "default_country", "signature_goal", "image", "share_title"),
    *("share_text", "time_zone"),
]
SLUG_LENGTH = Campaign._meta.get_field("slug").max_length or 80


def clone(*, campaign: Campaign, author: User) -> Campaign:
    """A draft that says what `campaign` says now, with its targets, allies, sources and questions.

    It has versions of its own, and none of the signatures, updates, corrections or translations.
    """
    return until_free(lambda: _clone(campaign, author))


@transaction.atomic
def _clone(campaign: Campaign, author: User) -> Campaign:
    made = Campaign.objects.create(
        slug=_free_slug(campaign.slug), **{name: getattr(campaign, name) for name in KEPT}
    )
    if statement := campaign.current_statement():
        revise_statement(campaign=made, text=statement.text, author=author)
    if notice := campaign.current_notice():
        revise_notice(
            campaign=made,
            text=notice.text,
            kind=notice.kind,
            scopes=notice.scopes.all(),
            tells_of_clicks=notice.tells_of_clicks,
        )
    made.topics.set(campaign.topics.all())
    for rows in (campaign.targets, campaign.allies, campaign.custom_fields, campaign.sources):
        for row in rows.all():
            _copy_to(made, row)
    return made


def _copy_to(campaign: Campaign, row: models.Model) -> None:
    """A row of `campaign` with all that somebody wrote in `row`; not what a check of it met."""
    fields = {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.editable and not field.primary_key and field.name != "campaign"
    }
    type(row)._default_manager.create(campaign=campaign, **fields)


def _free_slug(slug: str) -> str:
    for number in count(1):
        ending = "-copy" if number == 1 else f"-copy-{number}"
        candidate = slug[: SLUG_LENGTH - len(ending)] + ending
        if not is_taken(candidate):
            return candidate
    raise AssertionError("there is always one more number")
