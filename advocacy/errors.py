"""What a visitor sees when our own code breaks: a number to quote, and nothing of what happened."""

import logging
import secrets

from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """The page of a 500; its number stands in the log, directly before what happened."""
    error_id = secrets.token_hex(4)
    logger.error("Error %s, shown to a visitor, is the one that follows", error_id)
    return HttpResponseServerError(render_to_string("500.html", {"error_id": error_id}))
