"""What keeps scripts out: counts by network and used challenges. No row holds an address."""

from django.db import models


class NetworkWindow(models.Model):
    """How often one network did one thing within one window of time."""

    key = models.BinaryField(max_length=16, help_text="Keyed hash of what was done and from where.")
    window = models.DateTimeField()
    hits = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window"], name="network_window_once")
        ]
        indexes = [models.Index(fields=["window"], name="network_window_old")]

    def __str__(self) -> str:
        return f"{self.window:%Y-%m-%d %H:%M}: {self.hits}"


class UsedChallenge(models.Model):
    """A solved challenge: the constraint lets each be used once."""

    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
