"""What is kept for a time only: counts of networks, used challenges, networks of signatures."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from signatures.guarding.challenging import forget_used_challenges
from signatures.guarding.limiting import forget_old_windows
from signatures.staff.looking_back import first_number_since

# So many numbers at once, however few of them still have a network.
SPAN = 5000
# A wave is voided within a year or not at all.
NETWORKS_KEPT = timedelta(days=365)

_FORGET_NETWORKS = """
UPDATE signatures_signature SET network = NULL
WHERE id >= %s AND id < %s AND network IS NOT NULL
"""


def forget() -> None:
    """Delete what nobody needs any more. Safe to call at any time, and by many."""
    forget_old_windows()
    forget_used_challenges()


class OldNetworks:
    """Walks over the signatures by number and takes their networks a year after they signed.

    A new walk begins at the first signature and so sees every one; from then on it looks at those
    that have become a year old. Any number of workers may walk.
    """

    def __init__(self) -> None:
        self._place = 1

    def forget(self) -> None:
        """Take the network from every signature that is older than a year, span by span."""
        end = first_number_since(timezone.now() - NETWORKS_KEPT)
        while self._place < end:
            after = min(self._place + SPAN, end)
            with connection.cursor() as cursor:
                cursor.execute(_FORGET_NETWORKS, [self._place, after])
            self._place = after
