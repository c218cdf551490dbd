"""What a row of an export holds, and how PostgreSQL writes it: a column for each question too."""

from dataclasses import dataclass

from campaigns.models import CustomField
from signatures.staff.spreadsheets import safe_text

_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""

# Versions and texts of statement and notice are put in their place by the stream: there are few of
# them, and the text of a notice is long.
_ALL = {
    "signature": "s.id::text",
    "name": "s.name",
    "email": "p.email",
    "postal code": "s.postal_code",
    "country": "s.country",
    "comment": "s.comment",
    "state": "s.state",
    "signed at": _TIME.format("s.created_at"),
    "confirmed at": _TIME.format("s.confirmed_at"),
    "counted at": _TIME.format("s.counted_at"),
    "name may be shown": "CASE WHEN s.shows_name THEN 'yes' ELSE 'no' END",
    "source code": "s.referrer_code",
    "brought by signature": "s.sharer_id::text",
    "mailing": "s.mailing_number::text",
    "statement version": "s.statement_id",
    "opts in": "CASE WHEN s.consents THEN 'yes' ELSE 'no' END",
    "choice made at": _TIME.format("COALESCE(s.confirmed_at, s.created_at)"),
    "notice version": "s.notice_id",
    "notice text": "''",
}
# For the decision-maker: who stands behind the demand, and nothing to write to them by.
_DELIVERY = {
    "name": "s.name",
    "postal code": "s.postal_code",
    "country": "s.country",
}
COLUMNS = {"all": _ALL, "delivery": _DELIVERY}
# Behind this one stand the questions of a campaign's own.
_BEFORE_QUESTIONS = "comment"
_ANSWER = """
CASE WHEN s.answers -> %({name})s::text = 'true' THEN 'yes'
    ELSE COALESCE(s.answers ->> %({name})s::text, '') END
"""
_FORMER_HEADING = "answers to former questions"
_FORMER = "COALESCE(NULLIF((s.answers - %(questions)s::text[])::text, '{}'), '')"


@dataclass(frozen=True)
class Columns:
    """The headings in their order, the SQL of each, and what that SQL is given."""

    sql: dict[str, str]
    given: dict[str, object]


def columns_of(campaign_id: int, chosen: str) -> Columns:
    """The columns of a campaign's export; `chosen` is a key of COLUMNS.

    Each question is a column of its own, headed by its label, or by label and key where that
    heading is taken; a label that could be a formula is made safe as every cell is. What was
    answered to questions that are there no more is one column of JSON.
    """
    fixed = COLUMNS[chosen]
    if _BEFORE_QUESTIONS not in fixed:
        return Columns(fixed, {})
    questions = list(CustomField.objects.filter(campaign=campaign_id))
    given: dict[str, object] = {"questions": [question.key for question in questions]}
    sql: dict[str, str] = {}
    for heading, written in fixed.items():
        sql[heading] = written
        if heading != _BEFORE_QUESTIONS:
            continue
        for number, question in enumerate(questions):
            name = f"question_{number}"
            given[name] = question.key
            label = safe_text(question.label)
            is_taken = label in fixed or label in sql or label == _FORMER_HEADING
            sql[f"{label} ({question.key})" if is_taken else label] = _ANSWER.format(name=name)
        sql[_FORMER_HEADING] = _FORMER
    return Columns(sql, given)
