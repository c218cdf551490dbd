"""What an answer says about a source. Only what a reader would meet as well counts against it."""

from campaigns.models.source import CLOSED
from campaigns.models.source import SourceProblem as Problem
from campaigns.models.source import SourceVerdict as Verdict
from campaigns.source_health.fetching import Answer

GONE = frozenset({404, 410})
# Nobody reads a page whose host is gone, never answers or sends everyone round in circles.
FAILING = frozenset({Problem.NAME, Problem.REFUSED, Problem.TIME, Problem.REDIRECTS})


def judge(answer: Answer) -> Verdict:
    """The verdict on a source that was asked and answered like this."""
    status = answer.status
    if status is None:
        return Verdict.FAILS if answer.problem in FAILING else Verdict.UNKNOWN
    if 200 <= status < 300:
        return Verdict.STANDS
    if status in CLOSED:
        return Verdict.CLOSED
    return Verdict.FAILS if status in GONE or status >= 500 else Verdict.UNKNOWN
