"""Pictures that organizations uploaded. In production the proxy serves them from the disk."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

YEAR = 365 * 24 * 60 * 60
# What `campaigns.picturing` stores, and nothing else that may lie beside it.
OWN_NAME = re.compile(r"[A-Za-z0-9_-]{16,40}\.webp")


@require_safe
def picture_file(request: HttpRequest, name: str) -> FileResponse:
    """One picture in one width. It never changes, so whoever has it may keep it."""
    if not OWN_NAME.fullmatch(name):
        raise Http404
    try:
        file = default_storage.open(f"pictures/{name}")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
