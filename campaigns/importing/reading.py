"""From bytes or a pasted text to paragraphs."""

import re

from campaigns.importing.draft import NotAPetition

MAX_TEXT = 100_000
NUMBERED = re.compile(r"[0-9]{1,3}\.\s")


def decode(data: bytes) -> str:
    """The text of a file. Raises `NotAPetition` when it is too long, or not text in UTF-8."""
    # In UTF-8 no character is shorter than a byte or longer than four.
    if len(data) > 4 * MAX_TEXT:
        raise NotAPetition(f"The text is too long: at most {MAX_TEXT:,} characters are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise NotAPetition(
            "This is not a text file in UTF-8. Copy the page's text into a plain text file, save "
            "it as UTF-8 and import that."
        )
    return text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of `text`: empty lines part them, and so does a number at a line's beginning.

    Lines of one paragraph are joined by a space; nothing else changes. Raises `NotAPetition` when
    the text is too long.
    """
    if len(text) > MAX_TEXT:
        raise NotAPetition(f"The text is too long: at most {MAX_TEXT:,} characters are read.")
    found: list[list[str]] = []
    is_open = False
    for line in map(str.strip, text.removeprefix("\ufeff").splitlines()):
        if line and is_open and not NUMBERED.match(line):
            found[-1].append(line)
        elif line:
            found.append([line])
        is_open = bool(line)
    return [" ".join(lines) for lines in found]
