"""What must not stand in a log."""

import logging
import re
import traceback
from typing import Any

import psycopg2
from django.db import DatabaseError

_LINK = re.compile(
    r"/(confirm|not-me|withdraw|unsubscribe|preferences|stay|my-data|as|go|read|preview|download)/[^\s\"'<>]+"
)


def mask_tokens(text: str) -> str:
    """`/confirm/…` for `/confirm/k1-PxQA…/`: a link's token is as good as its reader's word."""
    return _LINK.sub(r"/\1/…", text)


class DiscreetFormatter(logging.Formatter):
    """Tells where code broke, and of an error of the database only its kind (T23, T36).

    PostgreSQL repeats in its messages the row that it refused: names and addresses of people.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the name is logging's own)
        told = []
        error: BaseException | None = ei[1]
        while error is not None:
            where = traceback.format_tb(error.__traceback__)
            told.append("".join(["Traceback (most recent call last):\n", *where, _kind(error)]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nand that led to this:\n\n".join(reversed(told))


def _kind(error: BaseException) -> str:
    if isinstance(error, (DatabaseError, psycopg2.Error)):
        return f"{type(error).__qualname__}: what it says is left out, for it may name people"
    return "".join(traceback.format_exception_only(error)).rstrip("\n")


class MaskTokens(logging.Filter):
    """Takes the tokens of mail links out of every record, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = mask_tokens(message)
        if masked != message:
            record.msg, record.args = masked, None
        return True
