"""Plain text as people paste it, made into a body."""

import re

from campaigns.text.sanitising import clean, refuse_too_long, write
from campaigns.text.vocabulary import SOURCE_KEY, Ask, Block, Inline, Marker, Paragraph, Words

ASK = "{ask}"
MARKER = re.compile(rf"\[\^({SOURCE_KEY.pattern})\]")


def plain_to_body(text: str) -> str:
    """The body that `text` stands for. Raises `TextTooLong`.

    Empty lines part paragraphs, `[^key]` is a marker, `{ask}` on its own is the ask block.
    Everything else is text, HTML included.
    """
    refuse_too_long(text)
    paragraphs = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r\n", "\n").strip())
    return clean(write(_block(paragraph.strip()) for paragraph in paragraphs))


def _block(paragraph: str) -> Block:
    if paragraph == ASK:
        return Ask()
    # Splitting by one group gives text, key, text, key, … text.
    parts = MARKER.split(paragraph)
    inlines: list[Inline] = []
    for index, part in enumerate(parts):
        if index % 2:
            inlines.append(Marker(part))
        elif part:
            inlines.append(Words(part))
    return Paragraph(tuple(inlines))
