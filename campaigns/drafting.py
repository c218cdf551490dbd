"""Keeping what somebody types, every version that was saved, and two people from one text.

What is typed is kept beside the text and never in it: it goes nowhere until it is saved.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from django.db import connection, models, transaction
from django.db.models import Max
from django.db.models.functions import Now

from campaigns.models import EditLock, TextVersion

# Nothing heard of an editor for so long: the text is free again.
LAPSES_AFTER = timedelta(minutes=3)
NEW = 0


@dataclass(frozen=True)
class Text:
    """A row that is edited. One that is not saved yet has `NEW`, or a number below it."""

    kind: str
    pk: int

    @classmethod
    def of(cls, model: type[models.Model], pk: Any = None) -> Self:
        """The text that is row `pk` of `model`."""
        return cls(model._meta.label_lower, int(pk or NEW))

    @classmethod
    def begun_at(cls, model: type[models.Model], place: str) -> Self:
        """A row that is not saved yet, begun at the address that ends in the query `place`.

        Two that are begun at two addresses, for two campaigns, are two texts.
        """
        if not place:
            return cls.of(model)
        number = int.from_bytes(hashlib.sha256(place.encode()).digest()[:7], "big")
        return cls(model._meta.label_lower, NEW - 1 - number)

    @property
    def is_new(self) -> bool:
        """Whether it is not saved yet, so that nobody else can know of it."""
        return self.pk <= NEW

    @property
    def key(self) -> dict[str, Any]:
        return {"kind": self.kind, "text_id": self.pk}

    def saved(self) -> Any:
        """The saved versions, newest first."""
        return TextVersion.objects.filter(**self.key).exclude(number=None).select_related("author")

    def newest_number(self) -> int:
        """The number of the newest saved version; 0 where nothing was saved by this way."""
        return self.saved().aggregate(newest=Max("number"))["newest"] or 0

    def typed_by(self, user: Any) -> TextVersion | None:
        """What this person has typed and not saved."""
        return TextVersion.objects.filter(**self.key, number=None, author=user).first()

    def discard_typed(self, *, by: Any) -> None:
        """Forget what this person has typed and not saved."""
        TextVersion.objects.filter(**self.key, number=None, author=by).delete()


def keep_typed(text: Text, fields: Mapping[str, str], *, by: Any) -> TextVersion:
    """Keep what is in the editor, in place of what was typed before. Safe to call twice."""
    typed, _created = TextVersion.objects.update_or_create(
        **text.key, number=None, author=by, defaults={"fields": dict(fields), "at": Now()}
    )
    typed.refresh_from_db()
    return typed


@transaction.atomic
def keep_saved(
    text: Text, fields: Mapping[str, str], *, by: Any, before: Mapping[str, str] | None = None
) -> TextVersion:
    """Number what has just been saved, and forget what its author had typed.

    `before` is what the text held until then: the first version of one that is older than its
    history. The same words make no new version.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [text.kind, text.pk]
        )
    text.discard_typed(by=by)
    newest = text.saved().first()
    if newest is None and before and dict(before) != dict(fields):
        newest = TextVersion.objects.create(**text.key, number=1, fields=dict(before))
    if newest and newest.fields == dict(fields):
        return newest
    number = newest.number + 1 if newest else 1
    return TextVersion.objects.create(**text.key, number=number, fields=dict(fields), author=by)


_CLAIM = """
INSERT INTO campaigns_editlock (kind, text_id, user_id) VALUES (%s, %s, %s)
ON CONFLICT (kind, text_id) DO UPDATE SET user_id = excluded.user_id, seen_at = now()
WHERE campaigns_editlock.user_id = excluded.user_id
    OR campaigns_editlock.seen_at < now() - %s * interval '1 second'
"""


def claim(text: Text, *, by: Any) -> bool:
    """Edit the text from now on, or go on doing so. False while somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [text.kind, text.pk, by.pk, LAPSES_AFTER.total_seconds()])
        return bool(cursor.rowcount)


def take_over(text: Text, *, by: Any) -> None:
    """Edit the text in place of whoever does; what they typed stays kept."""
    EditLock.objects.update_or_create(**text.key, defaults={"user": by, "seen_at": Now()})


def release(text: Text, *, by: Any) -> None:
    """Edit the text no more."""
    EditLock.objects.filter(**text.key, user=by).delete()


def other_editor(text: Text, *, than: Any) -> EditLock | None:
    """Who edits the text now, if it is somebody else."""
    live = EditLock.objects.filter(**text.key, seen_at__gte=Now() - LAPSES_AFTER)
    return live.exclude(user=than).select_related("user").first()
