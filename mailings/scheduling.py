"""From a draft to a send: one click on an update drafts it, one click on the count schedules it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import MailScope, Update
from mailings import audience, doorbell
from mailings.composing import CannotBeSent, compile_content, freeze_content
from mailings.models import Mailing
from mailings.proofing import is_proofed


class AudienceChanged(Exception):
    """The audience is not the one that the sender saw; `count` is what it is now."""

    def __init__(self, count: int) -> None:
        people = ngettext("%(count)s person", "%(count)s people", count)
        super().__init__(
            _("The audience has changed since you looked: it is now %(people)s. Send again.")
            % {"people": people % {"count": intcomma(count)}}
        )
        self.count = count


@transaction.atomic
def draft_from_update(*, update: Update, user: Any) -> Mailing:
    """A draft that mails `update` to those who signed its campaign. Safe to call twice.

    Raises CannotBeSent when the organization has no kind of mail to send it under.
    """
    Update.objects.select_for_update(of=("self",)).get(pk=update.pk)
    drafts = Mailing.objects.filter(state=Mailing.State.DRAFT, kind=Mailing.Kind.UPDATE)
    if draft := drafts.filter(updates=update).first():
        return draft
    campaign = update.campaign
    scope = default_scope(update)
    if scope is None:
        raise CannotBeSent([_("The organization has no kind of mail yet: add a mail scope.")])
    mailing = Mailing.objects.create(
        organization=campaign.organization,
        scope=scope,
        campaign=campaign,
        subject=update.title,
        preheader=update.preheader,
        created_by=user,
    )
    mailing.updates.set([update])
    return mailing


def default_scope(update: Update) -> MailScope | None:
    """The kind of mail that the campaign's notice speaks of, *activism* before any other."""
    notice = update.campaign.current_notice()
    own = MailScope.objects.filter(organization=update.campaign.organization)
    scopes = list((notice.scopes.all() if notice else own) or own)
    return next((scope for scope in scopes if scope.key == "activism"), next(iter(scopes), None))


def schedule_mailing(*, mailing: Mailing, expected_count: int) -> bool:
    """Let a proofed draft go out after the hold. Safe to click twice: False when it had gone ahead.

    `expected_count` is the size of the audience that the sender was shown; on a campaign that lives
    it may have moved by a hundredth since. Raises CannotBeSent, AudienceChanged.
    """
    if mailing.state != Mailing.State.DRAFT:
        return False
    content = compile_content(mailing)
    if not is_proofed(content):
        raise CannotBeSent([_("Send yourself a proof of this text first.")])
    now = audience.count(mailing)
    if abs(now - expected_count) > expected_count // 100:
        raise AudienceChanged(now)
    if not now:
        raise CannotBeSent([_("Nobody would get it: the audience is empty.")])
    hold = timedelta(seconds=settings.MAILING_HOLD_SECONDS)
    with transaction.atomic():
        claimed = Mailing.objects.filter(
            pk=mailing.pk,
            state=Mailing.State.DRAFT,
            scope=mailing.scope_id,
            campaign=mailing.campaign_id,
            segment=mailing.segment_id,
        ).update(
            state=Mailing.State.SCHEDULED,
            starts_at=Now() + hold,
            pause_reason="",
            narrowed_by=mailing.segment.as_data() if mailing.segment else None,
        )
        if claimed:
            freeze_content(content)
            transaction.on_commit(doorbell.ring_pump)
    mailing.refresh_from_db()
    return bool(claimed)
