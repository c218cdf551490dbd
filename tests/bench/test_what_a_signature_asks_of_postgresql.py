"""Statements and commits are counted as PostgreSQL wrote them down."""

from bench.signing import _work

LOG = """
2026-11-23 15:00:00.000 UTC [11] LOG:  statement: BEGIN
2026-11-23 15:00:00.001 UTC [11] LOG:  execute lock_supporter: SELECT FROM a
2026-11-23 15:00:00.001 UTC [12] LOG:  statement: SELECT 1
2026-11-23 15:00:00.002 UTC [11] LOG:  statement: INSERT INTO b
\tSELECT 1
2026-11-23 15:00:00.003 UTC [11] LOG:  statement: COMMIT
2026-11-23 15:00:00.004 UTC [12] LOG:  statement: WITH x AS (SELECT 1) INSERT INTO c
2026-11-23 15:00:00.004 UTC [13] LOG:  checkpoint complete
"""


def test_a_transaction_commits_once_and_a_statement_alone_by_itself() -> None:
    found = list(_work(LOG))

    assert found.count("statement") == 4
    assert found.count("commit") == 2
