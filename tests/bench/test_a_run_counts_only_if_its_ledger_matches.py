"""A benchmark that lost a signature has measured nothing."""

from bench.ledger import reconcile
from bench.report import OURS, Comparison, Judged, Report, Round


def test_a_promise_that_was_kept_once_matches() -> None:
    ledger = reconcile("signatures", promised=["a@x.org", "b@x.org"], there=["b@x.org", "a@x.org"])

    assert ledger.matches


def test_one_lost_signature_is_named_and_voids_the_run() -> None:
    ledger = reconcile("signatures", promised=["a@x.org", "b@x.org"], there=["a@x.org"])
    report = Report(quick=True, machine={}, ledgers=[ledger])

    assert ledger.lost == ("b@x.org",)
    assert not report.counts
    assert "DOES NOT COUNT" in report.text()


def test_a_mail_that_came_twice_voids_the_run() -> None:
    ledger = reconcile("mail", promised=["a@x.org"], there=["a@x.org", "a@x.org"])

    assert ledger.repeated == ("a@x.org",)
    assert not ledger.matches


def test_what_nobody_was_promised_needs_a_request_without_an_answer() -> None:
    there = ["a@x.org", "b@x.org"]

    assert not reconcile("signatures", promised=["a@x.org"], there=there).matches
    assert reconcile("signatures", promised=["a@x.org"], there=there, unanswered=1).matches


def test_a_ratio_pairs_rounds_and_a_limit_is_judged_by_the_median() -> None:
    comparison = Comparison("sign", "per second", "bare", to_land=0.5, after=0.7)
    report = Report(quick=True, machine={}, comparisons=[comparison])
    for ours, bare in ((50, 100), (80, 100), (6, 10)):
        report.rounds += [
            Round("sign", OURS, {"per second": ours}),
            Round("sign", "bare", {"per second": bare}),
        ]

    assert list(report.judged()) == [Judged(comparison, figure=0.6, low=0.5, high=0.8)]
    assert next(report.judged()).verdict == "holds to land, not yet after"
