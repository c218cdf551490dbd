"""How many signatures stand on a version of a text, for staff; never more than a glance's work.

Looked for among the newest signatures of the time in which the version was shown, since a campaign
of ten million may have a version on which hardly anybody signed.
"""

from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import ngettext

from campaigns.models import ConsentNotice, Statement
from signatures.models import Signature
from signatures.staff.looking_back import Window, window

# Each lies elsewhere in the table: these cost a page half a second at worst.
MOST_LOOKED_AT = 20_000
# A page that was open when the text changed may still be sent.
OPEN_PAGES = timedelta(days=1)


def signed_in_words(version: Statement | ConsentNotice) -> str:
    """`1,204 signatures stand on it`; or how many of the newest, of how many."""
    looked_in = _window_of(version)
    shown_on = "statement" if isinstance(version, Statement) else "notice"
    counted = Signature.objects.filter(
        campaign=version.campaign_id,
        pk__range=(looked_in.low, looked_in.high),
        state=Signature.State.COUNTED,
        **{shown_on: version},
    ).count()
    words = {"count": intcomma(counted), "most": intcomma(MOST_LOOKED_AT)}
    if looked_in.cut:
        told = ngettext(
            "%(count)s of the newest %(most)s signatures of its time stands on it",
            "%(count)s of the newest %(most)s signatures of its time stand on it",
            counted,
        )
    else:
        told = ngettext(
            "%(count)s signature stands on it", "%(count)s signatures stand on it", counted
        )
    return told % words


def _window_of(version: Statement | ConsentNotice) -> Window:
    """The newest signatures of the campaign from when the version was shown."""
    later = type(version).objects.filter(
        campaign=version.campaign_id, language=version.language, version=version.version + 1
    )
    replaced = later.first()
    return window(
        campaign_ids=[version.campaign_id],
        most=MOST_LOOKED_AT,
        since=version.created_at,
        until=replaced.created_at + OPEN_PAGES if replaced else None,
    )
