"""Counting what people save, so that nobody overwrites what they have not seen."""

from django.db import models


class Edited(models.Model):
    """A row that several people edit: each save is numbered, whatever else it changes."""

    edits = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    def claim_edit(self, *, seen: int) -> bool:
        """Be the save that follows the one numbered `seen`; False when somebody else was it.

        Holds the row until the transaction ends, so that of two who opened the same page one saves.
        """
        own = type(self)._default_manager.filter(pk=self.pk, edits=seen)
        if not own.update(edits=seen + 1):
            return False
        self.edits = seen + 1
        return True
