"""What came of each text of a trial, from the ledger and from what people did."""

from dataclasses import dataclass
from math import erf, sqrt

from django.db import connection

from mailings.models import Mailing, Trial, TrialMeasure
from mailings.models.trial import letter_of
from mailings.statuses import COMPLAINED, MAILED

# A retried recipient is in a later chunk of the same variant, so the chunk says who got which text.
_FIGURES = f"""
SELECT c.variant,
    count(*) FILTER (WHERE r.status IN {MAILED}),
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM signatures_signature g
        WHERE g.mailing_number = r.mailing_id AND g.supporter_id = r.supporter_id
            AND g.state = 'counted'
    )),
    count(*) FILTER (WHERE s.unsubscribed_at >= r.done_at),
    count(*) FILTER (WHERE r.status = {COMPLAINED}),
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM mailings_click k
        WHERE k.supporter_id = r.supporter_id AND k.mailing_id = r.mailing_id
    ))
FROM mailings_chunk c
JOIN mailings_recipient r
    ON r.mailing_id = c.mailing_id AND r.lane = c.lane AND r.seq BETWEEN c.lo AND c.hi
LEFT JOIN signatures_subscription s ON s.id = r.subscription_id
WHERE c.mailing_id = %s AND c.variant > 0
GROUP BY c.variant ORDER BY c.variant
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Arm:
    """One text: how many got it, and how many of these did what."""

    number: int
    subject: str
    sent: int
    signed: int
    left: int
    complained: int
    clicked: int = 0

    @property
    def letter(self) -> str:
        return letter_of(self.number)

    def score(self, measure: str) -> float:
        """What the winner has most of, from 0 to 1."""
        if measure == TrialMeasure.STAYING:
            return 1 - (self.left + self.complained) / max(self.sent, 1)
        did = self.clicked if measure == TrialMeasure.CLICKS else self.signed
        return did / max(self.sent, 1)

    @property
    def signed_per_thousand(self) -> float:
        return 1000 * self.signed / max(self.sent, 1)

    @property
    def left_per_thousand(self) -> float:
        return 1000 * self.left / max(self.sent, 1)


def arms_of(trial: Trial) -> list[Arm]:
    """The figures of each text, A first; texts that nobody got yet have none."""
    mailing: Mailing = trial.mailing
    subjects = {1: mailing.subject}
    for text in trial.texts.all():
        subjects[text.number] = text.subject or mailing.subject
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [mailing.pk])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Arm(number, subject, *found.get(number, (0, 0, 0, 0, 0)))
        for number, subject in sorted(subjects.items())
    ]


def best_of(arms: list[Arm], measure: str) -> Arm:
    """The winner; of equals the first."""
    return max(arms, key=lambda arm: (arm.score(measure), -arm.number))


def could_be_chance(arms: list[Arm], measure: str) -> bool:
    """Whether the best differs from the next by no more than luck brings about one time in twenty.

    The usual test of two shares (pooled, two-sided).
    """
    best, second = sorted(arms, key=lambda arm: -arm.score(measure))[:2]
    if not best.sent or not second.sent:
        return True
    pooled = (best.score(measure) * best.sent + second.score(measure) * second.sent) / (
        best.sent + second.sent
    )
    error = sqrt(pooled * (1 - pooled) * (1 / best.sent + 1 / second.sent))
    if not error:
        return True
    z = (best.score(measure) - second.score(measure)) / error
    return 1 - erf(z / sqrt(2)) > 0.05
