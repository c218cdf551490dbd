"""Putting a campaign into another language: its statement and notice, and what to look at."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.checking import Finding
from campaigns.editions import edition
from campaigns.models import ConsentNotice, Translation
from campaigns.models.texts import TRANSLATED
from campaigns.revising import revise_notice, revise_statement
from campaigns.text.footnotes import number_footnotes
from campaigns.text.sanitising import read


@transaction.atomic
def revise_translation(
    *,
    translation: Translation,
    statement: str,
    reason: str = "",
    change_note: str = "",
    notice: str,
    author: User | None = None,
) -> None:
    """Make these the statement and the notice in this language; an empty text changes nothing.

    What agreeing to the notice means, its kind and its scopes, is taken from the campaign's own
    notice. Raises `campaigns.revising.ReasonNeeded` where that says so. Safe to call twice.
    """
    campaign = translation.campaign
    translated = edition(campaign, translation)
    if statement:
        revise_statement(
            campaign=translated,
            text=statement,
            reason=reason,
            change_note=change_note,
            author=author,
        )
    own = campaign.current_notice()
    if notice and own:
        revise_notice(
            campaign=translated,
            text=notice,
            kind=own.kind,
            scopes=own.scopes.all(),
            tells_of_clicks=own.tells_of_clicks,
        )


def check_translation(translation: Translation) -> list[Finding]:
    """What to look at before, and after, the page in this language is public."""
    campaign = translation.campaign
    findings = [Finding(text, blocks=True) for text in translation.missing_for_publication()]
    footnotes = number_footnotes(read(translation.body), campaign.sources.all())
    if footnotes.unknown_keys:
        keys = ", ".join(footnotes.unknown_keys)
        findings.append(Finding(_("Cited, and no source has this key: %(keys)s.") % {"keys": keys}))
    own = number_footnotes(read(campaign.body), campaign.sources.all())
    cited = {note.source.key for note in footnotes.notes}
    if left_out := [note.source.key for note in own.notes if note.source.key not in cited]:
        keys = ", ".join(left_out)
        findings.append(
            Finding(_("Cited by the campaign and not here: %(keys)s.") % {"keys": keys})
        )
    return [*findings, *_left_out(translation), *_overtaken(translation)]


def _left_out(translation: Translation) -> list[Finding]:
    """What the campaign says, and its page in this language says in another one or not at all."""
    campaign = translation.campaign
    empty = [
        str(capfirst(Translation._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
        for name in TRANSLATED
        if getattr(campaign, name) and not getattr(translation, name)
    ]
    names_targets = "{targets}" in (translation.lead_in or "{targets}")
    # A bare name is the same in every language that is written in its letters.
    titled: Any = campaign.targets.exclude(title="", organization="") if names_targets else []
    corrected = translation.correction_texts.exclude(text="")
    return [
        *_list(_("The campaign has these, and they are empty here: %(rows)s."), empty),
        *_list(
            _("Targets that are named as the campaign names them: %(rows)s."),
            _without_text(titled, translation.target_texts.exclude(phrase="")),
        ),
        *_list(
            _("Questions that are asked in the language of the campaign: %(rows)s."),
            _without_text(campaign.custom_fields.all(), translation.question_texts.complete()),
        ),
        *_list(
            _("Corrections in the language of the campaign: %(rows)s."),
            _without_text(campaign.corrections.all(), corrected),
        ),
    ]


def _without_text(rows: Iterable[Any], texts: Any) -> list[str]:
    said = set(texts.values_list("row", flat=True))
    return [f"“{row}”" for row in rows if row.pk not in said]


def _list(sentence: str, rows: Sequence[str]) -> list[Finding]:
    return [Finding(sentence % {"rows": ", ".join(rows)})] if rows else []


def _overtaken(translation: Translation) -> list[Finding]:
    """What the campaign says anew since it was put into this language."""
    campaign = translation.campaign
    findings = []
    theirs, ours = campaign.current_statement(), translation.current_statement()
    if theirs and ours and theirs.created_at > ours.created_at:
        findings.append(Finding(_("The statement of the campaign is newer than this one.")))
    theirs, ours = campaign.current_notice(), translation.current_notice()
    if theirs and ours and _meaning(theirs) != _meaning(ours):
        findings.append(
            Finding(_("The notice of the campaign means something else now: save this one again."))
        )
    return findings


def _meaning(notice: ConsentNotice) -> tuple[str, bool, set[int]]:
    scopes = set(notice.scopes.values_list("pk", flat=True))
    return notice.kind, notice.tells_of_clicks, scopes
