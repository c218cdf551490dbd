"""What the mail server has accepted and the ledger does not say yet, of a whole slice.

The cursors vouch for accepted mails, so these may wait, and are written down together, a few of
each chunk. A row's new version then finds room on its own page, beside others that did, and the
next ones take the place of the versions that it made obsolete: no index is written to, and the
table does not grow.
"""

from collections import defaultdict

from mailings import ledger
from mailings.ledger import Lease

# Of each connection. Pages of the ledger have room for so many new versions at once (fillfactor).
FLUSH_EACH = 12


class Book:
    """Connections note in it, each in a thread; the desk's thread alone writes it down."""

    def __init__(self, connections: int) -> None:
        self._most = FLUSH_EACH * connections
        self._noted: list[tuple[Lease, int]] = []

    def note(self, lease: Lease, seq: int) -> bool:
        """Remember an accepted mail. True when it is time to write down."""
        self._noted.append((lease, seq))
        return len(self._noted) >= self._most

    def write_down(self) -> None:
        """Everything that is noted. When the database fails, it is still noted."""
        taken = self._noted[:]
        accepted: dict[tuple[int, int], list[int]] = defaultdict(list)
        for lease, seq in taken:
            accepted[lease.mailing, lease.lane].append(seq)
        for (mailing, lane), seqs in accepted.items():
            ledger.record_accepted(mailing=mailing, lane=lane, seqs=seqs)
        # Others may have added to its end meanwhile.
        del self._noted[: len(taken)]
