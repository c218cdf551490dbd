"""What the made-up organization has done in fourteen months."""

from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).with_name("texts")
SLUG = "riverside-together"
ORGANIZATION = {
    "name": "Riverside Together",
    "short_name": "Riverside Together",
    "postal_address": "12 Mill Street, Riverside",
    "contact_address": "hello@riverside.example",
    "from_name": "Jo at Riverside Together",
    "from_address": "jo@riverside.example",
    "reply_to": "jo@riverside.example",
    "privacy_url": "https://riverside.example/privacy/",
}
SUPPORTERS = 200_000
# Days for which the monthly round-up has gone out, and since when the offers have been silent.
MONTHS = 14
OFFERS_SILENT_FOR = 51


@dataclass(frozen=True, slots=True)
class Story:
    """One campaign: `began` and `ended` are days ago, `share` its part of all first signatures."""

    slug: str
    began: int
    share: float
    ending: str = ""
    ended: int = 0
    outcome: str = ""
    news: tuple[tuple[int, str, str], ...] = ()  # days ago, title, text


STORIES = (
    Story(
        "public-broadcaster",
        420,
        0.11,
        "won",
        270,
        "Congress restored the whole of the money on March 3. WRVR stays on the air.",
        (
            (390, "The committee hears us on Thursday", "Thirty of us will be in the room."),
            (270, "We won: WRVR stays on the air", "Your name was one of thousands on the list."),
        ),
    ),
    Story(
        "old-oaks",
        372,
        0.05,
        "lost",
        250,
        "The permit was granted on April 8. 19 of the 46 oaks will stand.",
        ((250, "What came of the oaks", "Nineteen stand. We will watch over each."),),
    ),
    Story(
        "playground-lead",
        330,
        0.07,
        "delivered",
        265,
        "The board took the list on March 24 and has begun to test.",
        ((265, "The board has your names", "All 29 playgrounds will be tested by June."),),
    ),
    Story(
        "facial-recognition",
        300,
        0.14,
        news=(
            (240, "The sheriff answers, and says nothing", "Read his letter, and ours."),
            (120, "The council wants to vote first", "A motion to stop the cameras is in."),
        ),
    ),
    Story(
        "bike-lane",
        268,
        0.03,
        "won",
        90,
        "The committee set the date: work begins on October 5.",
        ((90, "Mill Street has a date", "Work begins on October 5."),),
    ),
    Story(
        "school-meals",
        240,
        0.16,
        news=(
            (200, "148,000 children, and a surplus", "The Treasury's own figures help us."),
            (65, "The governor will see us", "Three parents will speak for all of you."),
        ),
    ),
    Story(
        "hospital-staff", 170, 0.10, news=((100, "The nurses vote on Friday", "Stand by them."),)
    ),
    Story(
        "warehouse-heat",
        140,
        0.08,
        "closed",
        40,
        news=((95, "Swiftbox puts up fans", "In one hall of eleven. We go on."),),
    ),
    Story(
        "clean-river",
        80,
        0.12,
        news=((30, "The state measures again", "For the first time at night."),),
    ),
    Story("rent-cap", 45, 0.07, news=((12, "Bill 118 leaves the committee", "As it was."),)),
    Story("night-buses", 24, 0.05),
    Story("library-hours", 6, 0.02),
)
