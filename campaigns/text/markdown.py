"""The Markdown of one paragraph, made into HTML of the text vocabulary.

Blocks (headings, lists, quotes) are for the importer to read: plain text has them as well.
"""

import re

from markdown_it import MarkdownIt

from campaigns.text.vocabulary import SOURCE_KEY

# HTML in Markdown is text. Nothing is fetched, so a picture is its description.
INLINE = MarkdownIt("commonmark", {"html": False}).disable("image")
MARKER = re.compile(rf"\[\^({SOURCE_KEY.pattern})\]")


def inline_html(text: str) -> str:
    """`text` with its emphasis and links as tags, and `[^key]` as a source marker."""
    return MARKER.sub(r'<sup data-source="\1"></sup>', INLINE.renderInline(text))
