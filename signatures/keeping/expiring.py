"""Deleting what was never confirmed, as the mail that asked has promised, and links long used up.

A batch a call, along the index of what waits; the count's shards move along.
"""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns.models import Campaign
from signatures.counting import move
from signatures.models import DataAccess, Letter, Signature, Supporter

State = Signature.State
BATCH = 500


@transaction.atomic
def expire() -> int:
    """Delete one batch of signatures that nobody confirmed in time, with their letters, and the
    people of whom nothing else is held. Returns how many signatures went; under BATCH none is left.
    """
    ids = _waited_in_vain()
    people = Signature.objects.filter(pk__in=ids).values_list("supporter_id", flat=True)
    # The row of the person first, as signing has it: nobody signs under an address that goes.
    locked = list(
        Supporter.objects.select_for_update(skip_locked=True)
        .filter(pk__in=list(people))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    going = list(
        Signature.objects.select_for_update(of=("self",)).filter(
            pk__in=ids,
            supporter_id__in=locked,
            state__in=[State.PENDING, State.HELD],
            confirmed_at=None,
        )
    )
    numbers = Counter((one.campaign_id, one.created_at.date(), one.state) for one in going)
    Signature.objects.filter(pk__in=[one.pk for one in going]).delete()
    Supporter.objects.filter(
        pk__in=locked, erased_at=None, signatures=None, consent_events=None
    ).delete()
    for (campaign_id, day, state), number in sorted(numbers.items()):
        if state == State.PENDING:
            move(campaign_id=campaign_id, on=day, pending=-number)
        else:
            move(campaign_id=campaign_id, on=day, held=-number)
    return len(going)


def _waited_in_vain() -> list[int]:
    """Numbers of signatures that nobody confirmed in time: the oldest, a batch at most."""
    before = timezone.now() - timedelta(days=settings.KEEP_UNCONFIRMED_DAYS)
    # Whoever asked for the link again has as long from then on.
    asked_since = Letter.objects.filter(signature=OuterRef("pk"), created_at__gte=before)
    old = Signature.objects.filter(~Exists(asked_since), created_at__lt=before, confirmed_at=None)
    pending = old.filter(state=State.PENDING).order_by("created_at").values_list("pk", flat=True)
    ids = list(pending[:BATCH])
    for campaign_id in Campaign.objects.values_list("pk", flat=True):
        if len(ids) >= BATCH:
            break
        # The oldest held ones by number, along the index of what does not count.
        held = old.filter(campaign_id=campaign_id, state=State.HELD).order_by("id")
        ids += list(held.values_list("pk", flat=True)[: BATCH - len(ids)])
    return ids


def forget_used_links() -> None:
    """Links to own data that open nothing any more need no row."""
    DataAccess.objects.outlived().delete()
