"""How many signatures stand on a version of a text, for staff; never more than a glance's work."""

from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import ConsentNotice, Statement
from signatures.models import Signature

# Beyond this a number says no more, and a campaign may have ten million.
MOST = 10_000
# A page that was open when the text changed may still be sent.
OPEN_PAGES = timedelta(days=1)


def signed_in_words(version: Statement | ConsentNotice) -> str:
    """`1,204 signatures stand on it`; above ten thousand only that there are as many."""
    counted = _counted(version)
    if counted > MOST:
        return _("more than %(count)s signatures stand on it") % {"count": intcomma(MOST)}
    return ngettext(
        "%(count)s signature stands on it", "%(count)s signatures stand on it", counted
    ) % {"count": intcomma(counted)}


def _counted(version: Statement | ConsentNotice) -> int:
    """Up to one more than `MOST`, looked for in the time in which the version was shown."""
    shown_on = "statement" if isinstance(version, Statement) else "notice"
    signatures = Signature.objects.filter(
        campaign=version.campaign_id,
        state=Signature.State.COUNTED,
        created_at__gte=version.created_at,
        **{shown_on: version},
    )
    later = type(version).objects.filter(
        campaign=version.campaign_id, language=version.language, version=version.version + 1
    )
    if replaced := later.first():
        signatures = signatures.filter(created_at__lt=replaced.created_at + OPEN_PAGES)
    return signatures.order_by()[: MOST + 1].count()
