"""How a mailing fares while it goes out: the shares of refusals and complaints among the last.

What the mail server refused at once and what is heard later count alike. A share of a few people
says nothing, so the fewest stand in for them. Canary and auto-pause both read this.
"""

from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext as _

from mailings.models import Mailing
from mailings.statuses import COMPLAINED, DEFERRED, DONE, FAILED, REFUSED, TRIED, UNKNOWN

# The last so many recipients are looked at.
WINDOW = 5000
MOST_HARD, FEWEST_FOR_HARD = 0.05, 100
MOST_SOFT, FEWEST_FOR_SOFT = 0.2, 100
MOST_ERRORS, FEWEST_FOR_ERRORS = 0.05, 100
MOST_COMPLAINTS, FEWEST_FOR_COMPLAINTS = 0.001, 1000

# Chunks go out in the order of their numbers, so the last of a lane are those with the highest that
# were begun. No index names a status or a time: the ledger's rows are updated too often for that.
_RATES = f"""
WITH lanes AS (
    SELECT lane FROM mailings_lanesequence WHERE mailing_id = %(mailing)s
), last AS (
    SELECT r.status, r.code
    FROM lanes JOIN mailings_mailing m ON m.id = %(mailing)s CROSS JOIN LATERAL (
        SELECT lo, CASE WHEN state = {DONE} THEN hi ELSE cursor END AS reached
        FROM mailings_chunk
        WHERE mailing_id = %(mailing)s AND lane = lanes.lane AND (state = {DONE} OR cursor >= lo)
        ORDER BY wave DESC, lo DESC LIMIT %(chunks)s
    ) c CROSS JOIN LATERAL (
        SELECT status, code FROM mailings_recipient
        WHERE mailing_id = %(mailing)s AND lane = lanes.lane AND seq BETWEEN c.lo AND c.reached
            AND status IN {TRIED}
            AND (m.resumed_at IS NULL OR done_at > m.resumed_at)
        ORDER BY seq DESC LIMIT %(window)s
    ) r
    LIMIT %(window)s
)
SELECT count(*),
    count(*) FILTER (WHERE status IN {REFUSED} AND code BETWEEN 500 AND 599),
    count(*) FILTER (WHERE status = {COMPLAINED}),
    count(*) FILTER (WHERE status = {DEFERRED}),
    count(*) FILTER (WHERE status = {UNKNOWN} OR status = {FAILED} AND code IS NULL)
FROM last
"""  # noqa: S608
# As many chunks as hold the window, or most of it where they are small.
_CHUNKS = 100


@dataclass(frozen=True, slots=True)
class Rates:
    """Of the last `mails` that left or were refused: how many were refused for good (at once or
    later), how many readers complained, how many wait for another try, how many nobody can say the
    fate of or could not be written."""

    mails: int
    hard: int
    complaints: int
    soft: int = 0
    errors: int = 0

    @property
    def hard_share(self) -> float:
        """From 0 to 1, of at least `FEWEST_FOR_HARD` mails."""
        return self.hard / max(self.mails, FEWEST_FOR_HARD)

    @property
    def complaint_share(self) -> float:
        """From 0 to 1, of at least `FEWEST_FOR_COMPLAINTS` mails."""
        return self.complaints / max(self.mails, FEWEST_FOR_COMPLAINTS)

    @property
    def soft_share(self) -> float:
        """From 0 to 1, of at least `FEWEST_FOR_SOFT` mails."""
        return self.soft / max(self.mails, FEWEST_FOR_SOFT)

    @property
    def error_share(self) -> float:
        """From 0 to 1, of at least `FEWEST_FOR_ERRORS` mails."""
        return self.errors / max(self.mails, FEWEST_FOR_ERRORS)

    @property
    def trouble(self) -> str:
        """What is wrong and what to do, for the person who sends; empty when nothing is."""
        told = asdict(self)
        if self.hard_share > MOST_HARD:
            return (
                _(
                    "%(hard)d of the last %(mails)d mails were refused for good. Look where the"
                    " addresses came from before you resume."
                )
                % told
            )
        if self.complaint_share > MOST_COMPLAINTS:
            return (
                _(
                    "%(complaints)d of the last %(mails)d readers called it spam. Look at the text"
                    " and at who gets it before you resume."
                )
                % told
            )
        if self.soft_share > MOST_SOFT:
            return (
                _(
                    "Mail servers put off %(soft)d of the last %(mails)d mails. They wait for"
                    " another try; ask whoever runs your mail server why before you resume."
                )
                % told
            )
        if self.error_share > MOST_ERRORS:
            return (
                _(
                    "What became of %(errors)d of the last %(mails)d mails is unknown, or they"
                    " could not be written. Look at the log of the workers before you resume."
                )
                % told
            )
        return ""


def running_rates(mailing_id: int) -> Rates:
    """The rates of a mailing over its last 5,000 recipients; reads at most a few chunks a lane."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES, {"mailing": mailing_id, "chunks": _CHUNKS, "window": WINDOW})
        return Rates(*cursor.fetchone())


def pause_if_troubled(mailing_id: int) -> bool:
    """Pause the mailing, with the reason, when too much of it comes back. True when this call did.

    Whoever resumes it has read the reason, so only mails that left since then count.
    """
    mailing = Mailing.objects.sending().filter(pk=mailing_id).first()
    if mailing is None:
        return False
    trouble = running_rates(mailing_id).trouble
    return bool(trouble) and mailing.pause(trouble)
