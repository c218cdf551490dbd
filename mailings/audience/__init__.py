"""Who gets a mailing, as one rule in SQL: counted before the send, frozen by pages at its start.

The fence of the ledger asks for consent again before every message.
"""

from mailings.audience.catching_up import (
    begin_catch_up,
    can_be_caught_up,
    carry_on,
    catch_up_count,
    hold,
)
from mailings.audience.counting import (
    PATIENCE,
    Look,
    TooSlow,
    capped_count,
    count,
    is_larger_than,
    look,
    samples,
    told_count,
)
from mailings.audience.freezing import freeze_page
from mailings.audience.rule import audience_of, audience_of_rules

__all__ = [
    "PATIENCE",
    "Look",
    "TooSlow",
    "audience_of",
    "audience_of_rules",
    "begin_catch_up",
    "can_be_caught_up",
    "capped_count",
    "carry_on",
    "catch_up_count",
    "count",
    "freeze_page",
    "hold",
    "is_larger_than",
    "look",
    "samples",
    "told_count",
]
