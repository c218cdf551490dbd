"""What a text held each time it was saved, what is typed and not saved yet, and who edits it now.

A text is any row that staff write in an editor; it is named by its model and its number, so that
every app can keep its texts here.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class TextVersion(models.Model):
    """The fields of a text at one moment. Without a number they are typed and not saved."""

    kind = models.CharField(max_length=60)
    text_id = models.BigIntegerField()
    number = models.PositiveIntegerField(null=True)
    fields = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "text_id", "number"], name="text_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "text_id", "author"],
                condition=models.Q(number=None),
                name="text_typed_once_an_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text_id}, version {self.number or '–'}"


class EditLock(models.Model):
    """Who edits a text. It lapses by itself when nothing is heard of them."""

    kind = models.CharField(max_length=60)
    text_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "text_id"], name="one_editor_a_text")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text_id}: {self.user}"
