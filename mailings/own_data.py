"""What a person's own page says of mailings; `signatures` itself knows none."""

from django.utils.translation import gettext_lazy as _

from mailings.following import followed_by
from mailings.merging import plain_line
from mailings.models import Recipient, Reply
from signatures.models import Supporter
from signatures.own_data import MOST_ROWS, Rows, Section


def mailings_owed(supporter: Supporter) -> Rows:
    """The newest mailings that went to this person, or were to go, and what became of each."""
    received = (
        Recipient.objects.filter(supporter=supporter)
        .select_related("mailing")
        .order_by("-mailing_id")[:MOST_ROWS]
    )
    return [
        {
            "subject": plain_line(row.mailing.subject),
            "status": str(row.get_status_display()),
            "at": row.done_at,
        }
        for row in received
    ]


def replies_kept(supporter: Supporter) -> Rows:
    """What this person answered to our mails, as long as it is kept."""
    replies = Reply.objects.filter(supporter=supporter).order_by("-arrived_at")[:MOST_ROWS]
    return [
        {"subject": str(reply), "text": reply.text, "at": reply.arrived_at} for reply in replies
    ]


SECTIONS = [
    Section("mailings", _("Mailings to you"), mailings_owed),
    Section("followed", _("Links of our mails that you followed"), followed_by),
    Section("replies", _("Your answers to our mails"), replies_kept),
]
