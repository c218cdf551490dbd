"""Who gets a mailing, as one rule in SQL: counted before the send, frozen by pages at its start.

The fence of the ledger asks for consent again before every message.
"""

from mailings.audience.counting import count, samples
from mailings.audience.freezing import freeze_page

__all__ = ["count", "freeze_page", "samples"]
