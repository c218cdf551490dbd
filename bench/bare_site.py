"""The yardstick: a Django site of two views, no middleware, and nothing that it could leave out.

`POST /` inserts one row by a model and answers with ready bytes; `GET /` answers with the bytes
of BARE_PAGE, a file with what our own page says. It runs under our own gunicorn flags.
"""

import os
from pathlib import Path

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="only-for-a-benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": environ.Env().db("BARE_DATABASE_URL") | {"CONN_MAX_AGE": None}},
    MIDDLEWARE=[],
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
application = get_wsgi_application()

PAGE = Path(os.environ["BARE_PAGE"]).read_bytes()
SAVED = b"saved\n"


class Insert(models.Model):
    """One row."""

    email = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    objects: "models.Manager[Insert]" = models.Manager()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return self.email


def view(request: HttpRequest) -> HttpResponse:
    """Insert a row, or show the page."""
    if request.method == "POST":
        Insert.objects.create(email=request.POST["email"])
        body = SAVED
    else:
        body = PAGE
    return HttpResponse(body, headers={"Content-Length": str(len(body))})


urlpatterns = [path("", view)]
