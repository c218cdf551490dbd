"""A campaign in one of its languages.

An *edition* is the campaign with the texts and the address of a translation in place of its own, so
that every page, letter and feed goes on reading `campaign.headline`. It is read and never saved.
Count, state and sources are the campaign's in every language; an update is, where nobody has
translated it.
"""

from copy import copy
from typing import NoReturn

from django.db.models import F, QuerySet

from campaigns.models import Campaign, Translation, Update
from campaigns.models.texts import TRANSLATED


def edition_at(slug: str, campaigns: QuerySet[Campaign]) -> Campaign | None:
    """The edition whose page stands, or once stood, at `slug`, out of `campaigns`; None for none.

    One that has moved on has another slug than the one asked for.
    """
    campaign = (
        campaigns.filter(addresses__slug=slug)
        .annotate(asked_language=F("addresses__language"))
        .first()
    )
    if campaign is None or not campaign.asked_language:
        return campaign
    translation = campaign.translations.published().filter(language=campaign.asked_language).first()
    return edition(campaign, translation) if translation else None


def edition_in(campaign: Campaign, language: str) -> Campaign:
    """The edition in `language` (of a statement, say); the campaign itself where there is none."""
    if not language or language == campaign.edition:
        return campaign
    translation = Translation.objects.filter(campaign=campaign.pk, language=language).first()
    return edition(campaign, translation) if translation else campaign


def edition(campaign: Campaign, translation: Translation) -> Campaign:
    """`campaign` as `translation` says it."""
    made = copy(campaign)
    vars(made).update(original=campaign, save=_refuse)
    made.edition = made.language = translation.language
    made.translated_by = translation
    made.published_at = translation.published_at
    made.updated_at = max(campaign.updated_at, translation.updated_at)
    for name in TRANSLATED:
        setattr(made, name, getattr(translation, name))
    return made


def editions_of(campaign: Campaign) -> list[Campaign]:
    """Every edition that anyone may read, the campaign's own first. Takes any of them."""
    original: Campaign = vars(campaign).get("original", campaign)
    translations = original.translations.published().order_by("language")
    return [original, *(edition(original, translation) for translation in translations)]


def update_in(update: Update, language: str) -> Update:
    """The update as it reads in `language`; itself where nobody has said it in that language."""
    if language == update.campaign.language:
        return update
    texts = (text for text in update.texts.all() if text.language == language and text.is_said)
    text = next(texts, None)
    if text is None:
        return update
    made = copy(update)
    vars(made).update(save=_refuse)
    made.edition = language
    made.title, made.preheader, made.body = text.title, text.preheader, text.body
    made.updated_at = max(update.updated_at, text.updated_at)
    return made


def _refuse(*args: object, **kwargs: object) -> NoReturn:
    raise TypeError("An edition holds the texts of a translation: save that instead.")
