"""What the mail server has accepted and the ledger does not say yet, of a whole slice.

The cursors vouch for accepted mails, so these may wait, and are written down together, a few of
each chunk. A row's new version then finds room on its own page, beside others that did, and the
next ones take the place of the versions that it made obsolete: no index is written to, and the
table does not grow.
"""

from collections import defaultdict

from mailings import ledger
from mailings.ledger import Lease

# Of each chunk. Pages of the ledger have room for so many new versions at once (fillfactor).
FLUSH_EACH = 12


class Book:
    """Connections of a slice note in it; whoever has their turn at the desk writes it down."""

    def __init__(self) -> None:
        self._noted: dict[Lease, list[int]] = defaultdict(list)

    def note(self, lease: Lease, seq: int) -> bool:
        """Remember an accepted mail. True when it is time to write down."""
        self._noted[lease].append(seq)
        return len(self._noted[lease]) >= FLUSH_EACH

    def write_down(self) -> None:
        """Everything that is noted. When the database fails, it is still noted."""
        taken = {lease: [*seqs] for lease, seqs in self._noted.items()}
        accepted: dict[tuple[int, int], list[int]] = defaultdict(list)
        for lease, seqs in taken.items():
            accepted[lease.mailing, lease.lane] += seqs
        for (mailing, lane), seqs in accepted.items():
            ledger.record_accepted(mailing=mailing, lane=lane, seqs=seqs)
        # Others may have noted more meanwhile.
        for lease, seqs in taken.items():
            del self._noted[lease][: len(seqs)]
            if not self._noted[lease]:
                del self._noted[lease]
