"""How a mailing begins: one click on an update, or on a campaign that asks for signatures."""

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.editions import update_in
from campaigns.models import Campaign, MailScope, Update
from campaigns.text.comparing import words_alone
from campaigns.text.sanitising import clean, read, write
from campaigns.text.vocabulary import Ask, Block, Button, Merge, Paragraph, Quote, Words
from mailings.composing import CannotBeSent
from mailings.examining import SUBJECT_SHOWN
from mailings.models import IN_PREPARATION, Mailing, MailingAct, MailingTranslation
from mailings.rendering import page_in

# So many paragraphs of the letter stand before the ask.
BEFORE_THE_ASK = 2


@transaction.atomic
def draft_from_update(*, update: Update, user: Any) -> Mailing:
    """A draft that mails `update` to those who signed its campaign. Safe to call twice.

    Raises CannotBeSent when the organization has no kind of mail to send it under.
    """
    Update.objects.select_for_update(of=("self",)).get(pk=update.pk)
    if draft := _in_preparation(Mailing.Kind.UPDATE).filter(updates=update).first():
        return draft
    mailing = _draft(
        Mailing(
            kind=Mailing.Kind.UPDATE,
            campaign=update.campaign,
            subject=update.title,
            preheader=update.preheader,
        ),
        user,
    )
    mailing.updates.set([update])
    return mailing


@transaction.atomic
def draft_from_campaign(*, campaign: Campaign, user: Any) -> Mailing:
    """A draft that asks those who have not signed an open campaign to do so. Safe to call twice.

    What it says is the campaign's words, for an organizer to make into a mail. Raises CannotBeSent
    when the campaign takes no signatures, or there is no kind of mail to send it under.
    """
    Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if draft := _in_preparation(Mailing.Kind.ASK).filter(campaign=campaign).first():
        return draft
    if not campaign.is_open:
        raise CannotBeSent([_("The campaign takes no signatures now: open it first.")])
    return _draft(
        Mailing(
            kind=Mailing.Kind.ASK,
            campaign=campaign,
            subject=_in_short(campaign.headline),
            preheader=campaign.lead_line[:150],
            headline=campaign.headline,
            body=ask_text(campaign),
        ),
        user,
    )


@transaction.atomic
def add_language(*, mailing: Mailing, language: str, user: Any) -> MailingTranslation | None:
    """Begin the text of a mailing in another language. Safe to call twice.

    An ask begins as the campaign's page in that language says it, an update as it reads there,
    anything else as a copy to be translated. None when the mailing can be edited no more.
    """
    found = mailing.translations.filter(language=language).first()
    if found or not mailing.edit(by=user):
        return found
    words = {"subject": mailing.subject, "preheader": mailing.preheader}
    body = mailing.body
    news = mailing.updates.first() if mailing.kind == Mailing.Kind.UPDATE else None
    words |= {"headline": mailing.headline, "body": body or (news.body if news else "")}
    if news and (said := update_in(news, language)) is not news:
        words = {"subject": said.title, "preheader": said.preheader, "body": said.body}
    if mailing.kind == Mailing.Kind.ASK and mailing.campaign:
        page = page_in(mailing.campaign, language)
        if page.language == language:
            words = {
                "subject": _in_short(page.headline),
                "preheader": page.lead_line[:150],
                "headline": page.headline,
                "body": ask_text(page),
            }
    made: MailingTranslation = mailing.translations.create(language=language, **words)
    return made


def ask_text(campaign: Campaign) -> str:
    """The body of an ask, drafted from what stands on the page of the campaign's edition.

    The greeting, lead-in and statement, a button, the letter with the ask in it, the ask again, the
    closing, the button again. Sources are cited as the letter cites them. Where the letter says the
    ask in its own paragraph, be it in bold, it is the ask that stands there.
    """
    with translation.override(campaign.language):
        button = Button(campaign.call_to_action_text, campaign.public_url)
        greeting = _greeting(_("Dear %(name)s,"), _("friend"))
    statement = campaign.current_statement()
    letter = [block for block in read(campaign.body) if not _is_ask(block, campaign.ask)]
    blocks: list[Block] = [
        greeting,
        _line(campaign.lead_in_text),
        Quote((_line(statement.text if statement else ""),)),
        button,
        *([_line(campaign.lead_line)] if campaign.lead_line else []),
        *letter[:BEFORE_THE_ASK],
        Ask(),
        *letter[BEFORE_THE_ASK:],
        *([Ask()] if len(letter) > BEFORE_THE_ASK else []),
        *([_line(campaign.closing)] if campaign.closing else []),
        button,
    ]
    return clean(write(blocks))


def default_scope(campaign: Campaign) -> MailScope | None:
    """The kind of mail that the campaign's notice speaks of, *activism* before any other."""
    notice = campaign.current_notice()
    own = MailScope.objects.filter(organization=campaign.organization)
    scopes = list((notice.scopes.all() if notice else own) or own)
    return next((scope for scope in scopes if scope.key == "activism"), next(iter(scopes), None))


def _in_preparation(kind: str) -> Any:
    return Mailing.objects.filter(state__in=IN_PREPARATION, kind=kind)


def _draft(mailing: Mailing, user: Any) -> Mailing:
    """Store a draft about its campaign. Raises CannotBeSent."""
    assert mailing.campaign
    scope = default_scope(mailing.campaign)
    if scope is None:
        raise CannotBeSent([_("The organization has no kind of mail yet: add a mail scope.")])
    mailing.organization = mailing.campaign.organization
    mailing.scope = scope
    mailing.created_by = mailing.edited_by = user
    mailing.save()
    mailing.acts.create(name=MailingAct.Name.DRAFTED, by=user)
    return mailing


def _in_short(text: str) -> str:
    """A subject that a list of mails shows whole, cut behind a word."""
    if len(text) <= SUBJECT_SHOWN:
        return text
    cut = text[:SUBJECT_SHOWN]
    words, _space, _part = cut.rpartition(" ")
    return (words or cut[:-1]).rstrip(" ,;:–—-") + "…"


def _is_ask(block: Block, ask: str) -> bool:
    """Whether a block is the ask, or a paragraph that says nothing else."""
    if not isinstance(block, Paragraph):
        return isinstance(block, Ask)
    said = "".join(leaf.text for leaf in block.inlines if isinstance(leaf, Words))
    return bool(ask) and words_alone(said) == words_alone(ask)


def _line(text: str) -> Paragraph:
    return Paragraph((Words(text),))


def _greeting(sentence: str, fallback: str) -> Paragraph:
    """`Dear %(name)s,` with the reader's first name in it."""
    before, _name, after = sentence.partition("%(name)s")
    return Paragraph((Words(before), Merge("first_name", fallback), Words(after)))
