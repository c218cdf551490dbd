"""Health, for load balancers and for the person who runs the server: words, no secrets."""

import socket
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from postroom.ways import server_of
from signatures.arming import is_armed
from signatures.keys import key_matches

MAIL_TIMEOUT_SECONDS = 1


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this server can do its work: 200 when every check says ok, else 503.

    `mail` and `sending` do not turn it to 503: signatures are taken and letters wait.
    """
    checks = {name: _say(check) for name, check in _CHECKS.items()}
    ready = all(said == "ok" for name, said in checks.items() if name not in _CAN_WAIT)
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def _say(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        return f"failed: {type(error).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return "read-only" if cursor.fetchone()[0] else "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} waiting: run migrate" if waiting else "ok"


def _keys() -> str:
    return "ok" if key_matches() else "SUPPRESSION_KEY is not the one this database was filled with"


def _mail() -> str:
    with socket.create_connection(server_of(settings.EMAIL_URL), timeout=MAIL_TIMEOUT_SECONDS):
        return "ok"


def _sending() -> str:
    return "ok" if is_armed() else "not armed: run arm_sending"


_CAN_WAIT = {"mail", "sending"}
_CHECKS = {
    "database": _database,
    "migrations": _migrations,
    "keys": _keys,
    "mail": _mail,
    "sending": _sending,
}
