"""What a mailing lacks before it can be sent, as sentences for the person who writes it."""

from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.checking import check_update
from campaigns.models import Campaign
from mailings.merging import check_line
from mailings.models import Mailing, MailingTranslation, Trial, TrialMeasure, TrialText, Wording
from mailings.rendering import check_body

# The words of a mail that stand in one line each, and may hold the name of their reader.
LINES = ("subject", "preheader", "headline")


def lacks(mailing: Mailing) -> list[str]:
    """What keeps the mailing from being sent, as sentences; empty when nothing does."""
    organization = mailing.organization
    reasons = []
    if not organization.postal_address.strip():
        reasons.append(
            _("%(organization)s has no postal address; the law asks for one in every mail.")
            % {"organization": organization}
        )
    if not mailing.subject.strip():
        reasons.append(_("Write a subject."))
    reasons += _check_lines(mailing)
    has_own_text = mailing.kind in {Mailing.Kind.ASK, Mailing.Kind.WELCOME}
    reasons += _ask_lacks(mailing) if has_own_text else _news_lacks(mailing)
    campaign = campaign_of(mailing)
    reasons += check_body(mailing.body, campaign=campaign)
    if campaign:
        for each in mailing.translations.all():
            reasons += _lacks_in(each, campaign)
    if Trial.objects.filter(mailing=mailing).exists():
        reasons += _trial_lacks(mailing)
    if mailing.scope.organization_id != mailing.organization_id:
        reasons.append(_("The kind of mail belongs to another organization."))
    return reasons


def _check_lines(words: Wording) -> list[str]:
    """What is wrong with subject, preheader and headline, each sentence with its line before it."""
    reasons = []
    for name in LINES:
        field: Any = words._meta.get_field(name)
        label = str(field.verbose_name).capitalize()
        found = dict.fromkeys(check_line(getattr(words, name)))
        reasons += [f"{label}: {reason}" for reason in found]
    return reasons


def _news_lacks(mailing: Mailing) -> list[str]:
    updates = list(mailing.updates.all())
    reasons = []
    if mailing.kind == Mailing.Kind.DIGEST:
        if not mailing.items.exists():
            reasons.append(_("Nothing is new: there is nothing to tell."))
    elif not updates:
        reasons.append(_("Choose the update that it is about."))
    if any(update.published_at is None for update in updates):
        reasons.append(_("Publish the update first: the mail leads its readers there."))
    return reasons + [finding.text for update in updates for finding in check_update(update)]


def _ask_lacks(mailing: Mailing) -> list[str]:
    reasons = []
    if not mailing.body.strip():
        reasons.append(_("Write the text of the mail."))
    if mailing.campaign and not mailing.campaign.is_open:
        reasons.append(_("The campaign takes no signatures now: open it, or cancel this mailing."))
    return reasons


def _trial_lacks(mailing: Mailing) -> list[str]:
    texts = TrialText.objects.filter(trial__mailing=mailing)
    reasons = []
    by_clicks = Trial.objects.filter(mailing=mailing, measure=TrialMeasure.CLICKS).exists()
    if by_clicks and not mailing.organization.counts_clicks:
        reasons.append(_("Who follows links is not counted: let the trial be decided otherwise."))
    if not texts:
        reasons.append(_("Write at least one other text to try, or remove the trial."))
    if mailing.translations.exists():
        reasons.append(_("A trial is in one language: remove it, or the texts in other languages."))
    for text in texts:
        if not any((text.subject, text.preheader, text.headline, text.body)):
            reasons.append(_("Text %s says nothing of its own.") % text.letter)
        found = check_body(text.body, campaign=campaign_of(mailing)) + _check_lines(text)
        reasons += [f"{text.letter}: {reason}" for reason in found]
    return reasons


def campaign_of(mailing: Mailing) -> Campaign | None:
    """The campaign whose sources its texts cite."""
    if mailing.campaign:
        return mailing.campaign
    update = mailing.updates.select_related("campaign").first()
    return update.campaign if update else None


def _lacks_in(words: MailingTranslation, campaign: Campaign) -> list[str]:
    """What its text in another language lacks, each sentence with the language before it."""
    reasons = check_body(words.body, campaign=campaign) + _check_lines(words)
    if not words.subject.strip():
        reasons.insert(0, _("Write a subject."))
    if not words.body.strip():
        reasons.append(_("Write the text of the mail."))
    name = str(get_language_info(words.language)["name_translated"])
    return [f"{name.capitalize()}: {reason}" for reason in reasons]
