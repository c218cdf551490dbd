"""Whether mail may leave from here: only with the database and the secret that belong together.

A database that was restored or cloned holds the same people, and whoever starts workers on it would
write to them again. So a database remembers the secret of the host that may send with it, and its
own number in its cluster, which no dump and no clone takes along. Where they differ nothing leaves,
until somebody says `manage.py arm_sending`.
"""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection

from signatures.models import KeyFingerprint, Supporter

PURPOSE = "sending"
HOW = "Sending is not armed on this host: see `manage.py arm_sending`."

# The number of this database in its cluster, and what it remembers.
_REMEMBERED = """
SELECT oid, (SELECT fingerprint FROM signatures_keyfingerprint WHERE purpose = %s)
FROM pg_database WHERE datname = current_database()
"""


def is_armed() -> bool:
    """Whether mail may leave from here."""
    secret = _secret()
    if not secret:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBERED, [PURPOSE])
        number, remembered = cursor.fetchone()
    return bool(remembered == _fence(secret, number))


def was_armed() -> bool:
    """Whether this database, or the one it is a copy of, has ever been allowed to send."""
    return KeyFingerprint.objects.filter(purpose=PURPOSE).exists()


def arm() -> None:
    """Let this host send with this database, and no other that has not the same secret."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBERED, [PURPOSE])
        number, _remembered = cursor.fetchone()
    fence = _fence(_secret() or _make_secret(), number)
    KeyFingerprint.objects.update_or_create(purpose=PURPOSE, defaults={"fingerprint": fence})


def arm_new_database() -> None:
    """Let mail leave from a first installation: nobody is in its database, so it is no copy."""
    if not was_armed() and not Supporter.objects.exists():
        arm()


def _fence(secret: str, number: int) -> str:
    return hashlib.sha256(f"sending\0{number}\0{secret}".encode()).hexdigest()[:16]


def _file() -> Path:
    return settings.VAR_DIR / "sending.key"


def _secret() -> str:
    """SENDING_KEY, which hosts that share a database share; else what the file of this host says.

    Empty when there is neither.
    """
    if settings.SENDING_KEY:
        return str(settings.SENDING_KEY)
    try:
        return _file().read_text().strip()
    except FileNotFoundError:
        return ""


def _make_secret() -> str:
    """A new secret in a file of its own, unless another process has just made one."""
    secret = secrets.token_urlsafe(32)
    _file().parent.mkdir(parents=True, exist_ok=True)
    try:
        written = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _secret()
    with os.fdopen(written, "w") as file:
        file.write(secret)
    return secret
