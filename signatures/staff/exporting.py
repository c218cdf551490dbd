"""Exports: a link that its owner can use once and for ten minutes, and the stream behind it.

The stream reads one snapshot over a server-side cursor on a connection of its own. It begins at
once, takes the same memory for a million rows as for ten, and is stored nowhere.
"""

import csv
import io
import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.models import Export
from signatures.staff.export_columns import Columns, columns_of
from signatures.staff.looking_back import numbers_between
from signatures.staff.spreadsheets import safe_text
from signatures.staff.xlsx_stream import workbook

LINK_LIVES = timedelta(minutes=10)
BATCH = 2000
# A reader who waits for a slow line must not lose the snapshot, nor keep it for ever. And the first
# rows come at once: a plan that is done sooner may begin by reading every address there is.
_LIMITS = """
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET statement_timeout = '10min'; SET idle_in_transaction_session_timeout = '10min';
SET cursor_tuple_fraction = 0.0001
"""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which signatures of a campaign: empty and None mean any. `columns` is a key of
    `export_columns.COLUMNS`."""

    columns: str = "all"
    state: str = ""
    consents: bool | None = None
    country: str = ""
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def as_criteria(self) -> dict[str, Any]:
        """To be kept as JSON; nothing but what was chosen."""
        told = asdict(self) | {
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in told.items() if value not in ("", None)}

    @classmethod
    def of(cls, criteria: dict[str, Any]) -> Self:
        """What `as_criteria()` wrote down."""
        told = dict(criteria)
        for name in {"since", "until"} & told.keys():
            told[name] = datetime.fromisoformat(told[name])
        return cls(**told)


_ROWS = """
SELECT {columns} FROM signatures_signature s
JOIN signatures_supporter p ON p.id = s.supporter_id
WHERE s.campaign_id = %(campaign)s AND s.id BETWEEN %(low)s AND %(high)s
    AND p.erased_at IS NULL
    AND (%(state)s = '' OR s.state = %(state)s)
    AND (%(consents)s IS NULL OR s.consents = %(consents)s)
    AND (%(country)s = '' OR s.country = %(country)s)
    AND (%(source)s = '' OR s.referrer_code = %(source)s)
    AND (%(since)s IS NULL OR s.created_at >= %(since)s)
    AND (%(until)s IS NULL OR s.created_at < %(until)s)
"""


def ask(
    *, campaign: Campaign, user: Any, purpose: str, file_format: str, chosen: Chosen
) -> tuple[Export, str]:
    """Write down who wants what and why; returns it with the token of the one link to it.

    The token stands nowhere: only its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    export = Export(
        campaign=campaign,
        asked_by=user,
        purpose=purpose,
        format=file_format,
        criteria=chosen.as_criteria(),
        expires_at=timezone.now() + LINK_LIVES,
    )
    export.use_token(token)
    export.save()
    return export, token


def stream(export: Export) -> Generator[bytes, None, None]:
    """The file, from its heading on. Writes down at its end how many rows went out, however it
    ends. Call `export.begin()` first: whoever gets True from it may stream, once."""
    rows = 0
    whole = False

    def counted(batches: Iterator[list[Sequence[str]]]) -> Iterator[list[Sequence[str]]]:
        nonlocal rows
        for batch in batches:
            rows += len(batch)
            yield batch

    chosen = Chosen.of(export.criteria)
    columns = columns_of(export.campaign_id, chosen.columns)
    write = _WRITERS[export.format]
    try:
        yield from write(list(columns.sql), counted(_batches(export, chosen, columns)))
        whole = True
    finally:
        export.finish(rows, whole=whole)


def _batches(export: Export, chosen: Chosen, columns: Columns) -> Iterator[list[Sequence[str]]]:
    sql = _ROWS.format(columns=", ".join(columns.sql.values()))
    prepare = _preparer(export.campaign_id, list(columns.sql))
    low, high = numbers_between(chosen.since, chosen.until)
    bounds = {"campaign": export.campaign_id, "low": low, "high": high}
    given = asdict(chosen) | columns.given | bounds
    with _long_reading() as cursor:
        cursor.itersize = BATCH
        cursor.execute(sql, given)
        while batch := cursor.fetchmany(BATCH):
            yield [prepare(row) for row in batch]


def _preparer(campaign_id: int, columns: list[str]) -> Callable[[tuple], Sequence[str]]:
    """What turns a row of the database into safe cells."""
    if "notice version" not in columns:
        return lambda row: [safe_text(cell) for cell in row]
    statement, notice = columns.index("statement version"), columns.index("notice version")
    statements = {
        pk: f"{language} {version}".strip()
        for pk, language, version in Statement.objects.filter(campaign_id=campaign_id).values_list(
            "pk", "language", "version"
        )
    }
    notices = {
        pk: (f"{language} {version}".strip(), safe_text(text))
        for pk, language, version, text in ConsentNotice.objects.filter(
            campaign_id=campaign_id
        ).values_list("pk", "language", "version", "text")
    }

    def prepare(row: tuple) -> Sequence[str]:
        cells: list[Any] = [safe_text(cell) if cell.__class__ is str else cell for cell in row]
        cells[statement] = statements[cells[statement]]
        cells[notice:] = notices[cells[notice]]
        return cells

    return prepare


@contextmanager
def _long_reading() -> Iterator[Any]:
    """A server-side cursor on a connection of its own, which the time-outs of a page spare."""
    own = connection.copy()
    try:
        own.ensure_connection()
        with own.cursor() as cursor:
            cursor.execute(_LIMITS)
        own.connection.autocommit = False
        with own.connection.cursor(name="export") as cursor:
            yield cursor
    finally:
        own.close()


def _csv(heading: list[str], batches: Iterator[list[Sequence[str]]]) -> Iterator[bytes]:
    """RFC 4180, in UTF-8; the mark in front lets Excel know."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    yield b"\xef\xbb\xbf" + text.getvalue().encode()
    for batch in batches:
        text.seek(0)
        text.truncate()
        writer.writerows(batch)
        yield text.getvalue().encode()


def _xlsx(heading: list[str], batches: Iterator[list[Sequence[str]]]) -> Iterator[bytes]:
    return workbook(
        heading, ([[cell or "" for cell in row] for row in batch] for batch in batches), title=_NAME
    )


_NAME = "Signatures"
_WRITERS = {Export.Format.CSV.value: _csv, Export.Format.XLSX.value: _xlsx}
CONTENT_TYPES = {
    Export.Format.CSV.value: "text/csv; charset=utf-8",
    Export.Format.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
