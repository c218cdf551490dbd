"""Names in addresses and keys, with the letters that no accent makes of others."""

from django.utils.text import slugify

# What Unicode does not take apart, and `slugify` would therefore drop.
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
        "ŧ": "t",
        "Ŧ": "T",
    }
)


def latin_slug(text: str) -> str:
    """`text` as an address has it, with every letter: `Weiß` becomes `weiss`, `Łódź` `lodz`."""
    return slugify(text.translate(LETTERS))
