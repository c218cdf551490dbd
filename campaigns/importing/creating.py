"""Makes a campaign of a draft, in one transaction."""

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction

from campaigns.collisions import until_free
from campaigns.importing.draft import CampaignDraft, NoOrganization
from campaigns.importing.spelling import latin_slug
from campaigns.models import (
    Ally,
    Campaign,
    ConsentNotice,
    MailScope,
    Organization,
    PageAddress,
    Source,
    Statement,
    Target,
)
from campaigns.revising import revise_notice, revise_statement

# What the notice of an imported page promises, and how often at least.
SCOPES = {"activism": "Activism", "offers": "Offers"}


@dataclass(frozen=True)
class Imported:
    """The campaign, and whether this call made it."""

    campaign: Campaign
    created: bool


def create_campaign(
    *, draft: CampaignDraft, organization: Organization | None = None, publish: bool = False
) -> Imported:
    """Store `draft` as a campaign of `organization`, by default the one that its brand names.

    The organization is created where there is none. Safe to call twice: the campaign that the text
    became before is returned as it is, and published if it is still a draft and `publish` asks for
    it. Raises `NoOrganization` without a brand and an organization,
    `ValidationError` when a part is too long, `TextTooLong` when the body is, and `CannotPublish`.
    """
    _refuse_too_long(draft)
    return until_free(lambda: _find_or_create(draft, organization, publish))


@transaction.atomic
def _find_or_create(
    draft: CampaignDraft, organization: Organization | None, publish: bool
) -> Imported:
    if organization is None:
        organization = _organization_of(draft)
    # Two imports at once take turns, so that the second finds what the first has made.
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    campaign = find_campaign(draft, organization)
    created = campaign is None
    if campaign is None:
        campaign = _create(draft, organization, _free_slug(draft.slug))
    if publish and campaign.state == Campaign.State.DRAFT:
        campaign.publish()
    return Imported(campaign, created)


def _organization_of(draft: CampaignDraft) -> Organization:
    if not draft.brand:
        raise NoOrganization(
            "The text does not say whose petition this is: the organization's name stands above "
            "the headline. Add it, or say which organization it is for."
        )
    if known := Organization.objects.filter(name__iexact=draft.brand).first():
        return known
    fresh = {"name": draft.brand, "short_name": draft.short_name}
    slug = latin_slug(draft.brand)[:50] or "organization"
    Organization(slug=slug, **fresh).clean_fields()
    return Organization.objects.get_or_create(slug=slug, defaults=fresh)[0]


def find_campaign(draft: CampaignDraft, organization: Organization) -> Campaign | None:
    """The campaign that a text already became, be it under another file's name.

    It has the same statement, in any version, and the same address, headline or letter.
    """
    told = Campaign.objects.filter(organization=organization, statements__text=draft.statement)
    same = models.Q(headline=draft.headline) | models.Q(addresses__slug=draft.slug)
    if draft.body:
        same |= models.Q(body=draft.body)
    return told.filter(same).order_by("pk").first()


def _free_slug(wanted: str) -> str:
    """The first address that no page has or had: `x`, `x-2`, `x-3` …"""
    slug, number = wanted, 1
    while PageAddress.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _refuse_too_long(draft: CampaignDraft) -> None:
    """Raises ValidationError. Django leaves the limits of text fields to forms."""
    for part, text, field in (
        ("statement", draft.statement, Statement.text.field),
        ("notice", draft.notice, ConsentNotice.text.field),
        ("ask", draft.ask, Campaign.ask.field),
    ):
        try:
            MaxLengthValidator(field.max_length)(text)
        except ValidationError as error:
            raise ValidationError({part: error.messages}) from None


def _create(draft: CampaignDraft, organization: Organization, slug: str) -> Campaign:
    campaign = Campaign(
        organization=organization,
        slug=slug,
        headline=draft.headline,
        call_to_action=draft.call_to_action,
        lead_in=draft.lead_in,
        lead_line=draft.lead_line,
        body=draft.body,
        ask=draft.ask,
        closing=draft.closing,
        language=draft.language or organization.language,
    )
    _save(campaign)
    if draft.statement:
        revise_statement(campaign=campaign, text=draft.statement)
    if draft.notice:
        revise_notice(
            campaign=campaign,
            text=draft.notice,
            kind=draft.notice_kind,
            scopes=_scopes(organization),
        )
    for position, target in enumerate(draft.targets):
        _save(Target(campaign=campaign, position=position, **asdict(target)))
    for position, name in enumerate(draft.allies):
        _save(Ally(campaign=campaign, position=position, name=name))
    for position, source in enumerate(draft.sources):
        fields = asdict(source.citation)
        _save(Source(campaign=campaign, position=position, key=source.key, **fields))
    return campaign


def _scopes(organization: Organization) -> list[MailScope]:
    monthly = MailScope.Cadence.MONTHLY
    return [
        MailScope.objects.get_or_create(
            organization=organization, key=key, defaults={"name": name, "cadence": monthly}
        )[0]
        for key, name in SCOPES.items()
    ]


def _save(row: models.Model) -> None:
    """Save a row as a form would: a text that is too long raises ValidationError, in words."""
    row.full_clean()
    row.save()
