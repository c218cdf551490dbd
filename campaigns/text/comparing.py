"""Whether two texts say the same."""

import re


def words_alone(text: str) -> str:
    """The words of a text in small letters, one space between them, without any other sign."""
    return re.sub(r"\W+", " ", text).strip().casefold()
