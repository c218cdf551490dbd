"""WSGI entry point: `gunicorn advocacy.wsgi`."""

import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advocacy.settings")

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def only_utf8(application: WSGI) -> WSGI:
    """Answers 415 to a body in another character set.

    Django would take any codec that Python has, some of which are no text encodings at all, before
    the first middleware could say no.
    """

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        content_type = environ.get("CONTENT_TYPE")
        if content_type and not _is_utf8(content_type):
            start_response(
                "415 Unsupported Media Type",
                [("Content-Type", "text/plain"), ("Cache-Control", "no-store")],
            )
            return [b"Send this form as UTF-8.\n"]
        return application(environ, start_response)

    return guarded


def _is_utf8(content_type: str) -> bool:
    """Whether this header names UTF-8 or no character set."""
    header = Message()
    header["Content-Type"] = content_type
    charset = header.get_content_charset("utf-8")
    return charset.replace("-", "").replace("_", "") == "utf8"


application = only_utf8(get_wsgi_application())
