"""The picture on the card that a shared link shows: the headline as a poster, 1200 × 630 pixels.

The address changes with the content, so that the picture may be kept for ever under it. It is drawn
by `card_drawing.py`, in a process of its own.
"""

import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import get_language_info, gettext, override

from campaigns.models import Campaign

WIDTH, HEIGHT = 1200, 630
KEEP = 64  # pictures, about 20 KB each
COUNT_FROM = 50
DRAWING_SECONDS = 10

# Counted up whenever the same words are drawn differently.
_DRAWING = 1
_PROGRAM = Path(__file__).with_name("card_drawing.py")
# However many ask, a web worker starts one process at a time.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Card:
    """What the picture says. `action` is empty once nobody can sign any more."""

    organization: str
    headline: str
    action: str
    count_line: str
    signal: str
    right_to_left: bool
    host: str


def card_of(campaign: Campaign) -> Card:
    """The card of an edition of a campaign, in its language.

    The count is rounded down to two figures, so that the address does not change with every name.
    """
    with override(campaign.language):
        return Card(
            organization=campaign.organization.name,
            headline=campaign.headline,
            action=campaign.call_to_action_text if campaign.is_open else "",
            count_line=_count_line(campaign),
            signal=campaign.organization.signal_color,
            right_to_left=get_language_info(campaign.language)["bidi"],
            host=settings.SITE_HOST,
        )


def share_image_url(campaign: Campaign) -> str:
    """Where the picture of this edition's card stands: a path that names its content."""
    return reverse("share-image", args=[campaign.slug, digest(card_of(campaign))])


def digest(card: Card) -> str:
    """16 characters that change when the picture does."""
    content = json.dumps([_DRAWING, asdict(card)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


@lru_cache(maxsize=KEEP)
def draw(card: Card) -> bytes:
    """The card as a PNG. Raises `subprocess.SubprocessError` when it could not be drawn."""
    with _one_at_a_time:
        drawn = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=json.dumps(asdict(card)).encode(),
            capture_output=True,
            timeout=DRAWING_SECONDS,
            check=True,
        )
    return drawn.stdout


def _count_line(campaign: Campaign) -> str:
    tally = getattr(campaign, "tally", None)
    counted = tally.counted if tally else 0
    if counted < COUNT_FROM:
        return ""
    step = 10 ** max(len(str(counted)) - 2, 0)
    rounded = counted // step * step
    return gettext("%(count)s people have signed") % {
        "count": intcomma(rounded) + ("+" if rounded < counted else "")
    }
