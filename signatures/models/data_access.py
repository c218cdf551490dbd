import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures.models.supporter import Supporter


class DataAccessQuerySet(models.QuerySet["DataAccess"]):
    @transaction.atomic
    def issue(self, supporter_id: int) -> str:
        """A fresh link's token, good once and for an hour: 256 random bits, stored as a hash.

        Raises Supporter.DoesNotExist when there is no such person any more, or they are erased.
        """
        token = secrets.token_urlsafe(32)
        Supporter.objects.select_for_update(no_key=True).get(pk=supporter_id, erased_at=None)
        self.create(
            supporter_id=supporter_id,
            token_hash=_hash(token),
            expires_at=timezone.now() + DataAccess.LINK_LIVES,
        )
        return token

    def redeem(self, token: str) -> "DataAccess | None":
        """Use the token up. None when it was used, has run out, or never was ours."""
        fresh = self.filter(
            token_hash=_hash(token),
            used_at=None,
            expires_at__gt=timezone.now(),
        )
        now = timezone.now()
        # One table alone: PostgreSQL asks a row that it waited for again, but not those joined to
        # it. An erasure takes these rows away.
        # Of two at once the second finds no unused row any more.
        return self.get(token_hash=_hash(token)) if fresh.update(used_at=now) else None

    def owner_of(self, token: str) -> int | None:
        """The person to whom this token was sent, used or not; None when it is none of ours."""
        owners = self.filter(token_hash=_hash(token)).values_list("supporter_id", flat=True)
        return owners.first()

    def holder(self, pk: int) -> Supporter | None:
        """Whose data the visit opens that began with this link; None once it is over."""
        access = (
            self.select_related("supporter")
            .filter(
                pk=pk,
                used_at__gt=timezone.now() - DataAccess.VISIT_LASTS,
                ended_at=None,
                supporter__erased_at=None,
            )
            .first()
        )
        return access.supporter if access else None

    def end(self, pk: int) -> None:
        """The visit that began with this link is over, in every browser. Safe to call twice."""
        self.filter(pk=pk, ended_at=None).update(ended_at=Now())

    def outlived(self) -> "DataAccessQuerySet":
        """Links that open nothing any more."""
        return self.filter(expires_at__lt=timezone.now() - DataAccess.VISIT_LASTS)


class DataAccess(models.Model):
    """A link that opens a person's own data: random, known by its hash alone, used once."""

    LINK_LIVES = timedelta(hours=1)
    VISIT_LASTS = timedelta(minutes=30)

    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(
        null=True, help_text=_("When its owner ended the visit, before its time was over.")
    )

    objects = DataAccessQuerySet.as_manager()

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
