"""Somebody of staff who asked for an export, as JSON: the path of the download, the cookies."""

import json
import sys

from django.conf import settings
from django.contrib.auth import get_user_model
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from signatures.staff.exporting import Chosen, ask


def asked(file_format: str) -> dict[str, object]:
    """The path of the download, and the cookies of the one who may use it."""
    users = get_user_model()
    user, _created = users.objects.get_or_create(
        username="exporter", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user)
    export, token = ask(
        campaign=Campaign.objects.get(),
        user=user,
        purpose="benchmark",
        file_format=file_format,
        chosen=Chosen(),
    )
    return {
        "path": reverse("admin:signatures_export_download", args=[export.pk, token]),
        "cookies": {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            settings.CSRF_COOKIE_NAME: _get_new_csrf_string(),
        },
    }


if __name__ == "__main__":
    print(json.dumps(asked(sys.argv[1])))
