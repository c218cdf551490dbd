"""Who may write what a mailing says, and who wrote it: none of them is its second person."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from campaigns.drafting import Text
from campaigns.models import Campaign, Organization, Translation, Update, UpdateText
from mailings.models import DigestItem, Mailing, MailingAct, Segment

_WRITING = [MailingAct.Name.DRAFTED, MailingAct.Name.EDITED]


def may_write(user: Any, mailing: Mailing) -> bool:
    """Whether the user's groups let them change what it says, in any language and variant.

    Digests and welcomes go out by themselves, so whoever changes their words sends them.
    """
    by_itself = mailing.kind in (Mailing.Kind.DIGEST, Mailing.Kind.WELCOME)
    return user.has_perm("mailings.change_mailing") and (
        not by_itself or user.has_perm("mailings.send_mailing")
    )


def may_edit(user: Any, mailing: Mailing) -> bool:
    """Whether they may do so now: what has been scheduled is edited by nobody."""
    return mailing.is_editable and may_write(user, mailing)


def who_wrote(mailing: Mailing) -> set[int]:
    """Ids of the users who wrote the mailing, its other texts, its news, its segment or its ask.

    Words in other languages and words to be tried are edits of the mailing, which its log keeps.
    Its updates and its segment are texts of their own, whose versions name who saved them. Of a
    campaign and its translations, whose ask and sources stand in the mail, and of the organization,
    whose name and address do, those count who changed them since the mailing was begun: whoever
    began it had read what was there before. Nobody begins a digest, so of a campaign whose opening
    or outcome is its news, in the campaign's own words, everyone counts who ever changed it.
    """
    acts = mailing.acts.filter(name__in=_WRITING).values_list("by", flat=True)
    wrote = {mailing.created_by_id, mailing.edited_by_id, *acts}
    wrote |= {author for update in mailing.updates.all() for author in _of_update(update)}
    if segment := mailing.segment:
        wrote |= {segment.created_by_id, *_savers(Text.of(Segment, segment.pk))}
    wrote |= set(_changes_around(mailing).values_list("user", flat=True))
    return {user for user in wrote if user is not None}


def _changes_around(mailing: Mailing) -> QuerySet[LogEntry]:
    told = {mailing.campaign_id, *mailing.updates.values_list("campaign", flat=True)}
    since = LogEntry.objects.filter(action_time__gte=mailing.created_at)
    organization = _about(Organization, [mailing.organization_id])
    changed = since.filter(_of_campaigns(told) | organization)
    if mailing.kind != Mailing.Kind.DIGEST:
        return changed
    by_itself = mailing.items.exclude(kind=DigestItem.Kind.UPDATE)
    ever = _of_campaigns(by_itself.values_list("campaign", flat=True))
    return changed | LogEntry.objects.filter(ever)


def _of_campaigns(campaigns: Iterable[int | None]) -> Q:
    keys = [pk for pk in campaigns if pk is not None]
    translations = Translation.objects.filter(campaign__in=keys)
    return _about(Campaign, keys) | _about(Translation, translations.values_list("pk", flat=True))


def _about(model: type[Model], keys: Iterable[int]) -> Q:
    kind = ContentType.objects.get_for_model(model)
    return Q(content_type=kind, object_id__in=[str(pk) for pk in keys])


def _of_update(update: Update) -> set[int | None]:
    texts = [Text.of(UpdateText, text.pk) for text in update.texts.all()]
    saved = [_savers(text) for text in (Text.of(Update, update.pk), *texts)]
    return {update.author_id}.union(*saved)


def _savers(text: Text) -> set[int | None]:
    """Who saved a version of the text."""
    return set(text.saved().order_by().values_list("author", flat=True).distinct())
