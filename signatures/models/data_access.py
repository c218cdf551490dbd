from django.db import models
from django.db.models.functions import Now

from signatures.models.supporter import Supporter


class DataAccess(models.Model):
    """A link that opens a person's own data: random, known by its hash alone, used once."""

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
