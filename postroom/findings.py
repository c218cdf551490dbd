"""What a check of the way out saw, and how bad it is."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    GOOD = "good"
    ADVICE = "advice"  # works, could be better
    WRONG = "wrong"  # mail will be refused or filed as spam
    UNKNOWN = "unknown"  # could not be asked


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. `advice` says what to do, empty where nothing is to be done."""

    subject: str
    grade: Grade
    text: str
    advice: str = ""
