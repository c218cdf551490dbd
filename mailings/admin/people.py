"""What a person's page says of mailings; `signatures` itself knows none."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from mailings.explaining import why
from mailings.models import Mailing, Recipient
from signatures.admin import person_sections
from signatures.models import Supporter

NEWEST = 50
MOST_EXPLAINED = 10


def why_or_why_not(supporter: Supporter, user: Any) -> list[str]:
    """The newest mailings that went out to others, and why this person did or did not get each."""
    newest = Mailing.objects.visible_to(user).filter(started_at__isnull=False)
    told = []
    for mailing in newest.order_by("-started_at")[:MOST_EXPLAINED]:
        answer = why(mailing=mailing, supporter=supporter)
        told.append(f"{mailing.subject} · {' '.join(answer.because)}")
    return told


def mailings_received(supporter: Supporter, user: Any) -> list[str]:
    """The newest mailings that this person was owed, as far as `user` may see, and their fate."""
    rows = (
        Recipient.objects.filter(supporter=supporter, mailing__in=Mailing.objects.visible_to(user))
        .select_related("mailing")
        .order_by("-mailing_id")[:NEWEST]
    )
    return [" · ".join(filter(None, _parts(row))) for row in rows]


def _parts(row: Recipient) -> tuple[str, str, str]:
    done = date_format(row.done_at, "DATETIME_FORMAT") if row.done_at else ""
    return row.mailing.subject, str(row.get_status_display()), done


person_sections.append((_("Mailings"), mailings_received))
person_sections.append((_("Why they got the newest mailings, or did not"), why_or_why_not))
