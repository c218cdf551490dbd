"""What a body may contain, as data.

A body is stored as HTML and worked on as a `Document`. What these classes cannot say, no renderer
can print, whatever the stored HTML held.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings

# Above this a body is refused unread: an HTML parser needs time in the square of its nesting.
MAX_BODY = 40_000
# Lists and quotes deeper than this are flattened.
MAX_DEPTH = 8
MAX_URL = 2000

# `b` and `i` come with pasted text and are read as `strong` and `em`.
TAGS = {
    *("p", "h2", "h3", "ul", "ol", "li", "blockquote", "div"),
    *("br", "strong", "b", "em", "i", "a", "img", "sup", "span"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "sup": {"data-source"},
    "span": {"data-merge"},
    "div": {"data-block"},
    "p": {"data-block"},
}
LINK_SCHEMES = {"http", "https", "mailto"}
LINK_REL = "noopener nofollow"

SOURCE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True)
class Words:
    """Text of one manner. `href` is empty outside links."""

    text: str
    href: str = ""
    strong: bool = False
    em: bool = False


@dataclass(frozen=True)
class Break:
    """A line break."""


@dataclass(frozen=True)
class Image:
    """A picture from our own media."""

    src: str
    alt: str = ""
    width: str = ""
    height: str = ""


@dataclass(frozen=True)
class Marker:
    """A use of the source that has this key."""

    key: str


# What of a reader a mail can put into its text.
MERGE_FIELDS = ("first_name", "full_name")
MAX_FALLBACK = 40


@dataclass(frozen=True)
class Merge:
    """What a mail knows of its reader, and the words in its place where it knows nothing."""

    field: str
    fallback: str


Inline = Words | Break | Image | Marker | Merge


@dataclass(frozen=True)
class Paragraph:
    inlines: tuple[Inline, ...]
    tag: Literal["p", "h2", "h3"] = "p"


@dataclass(frozen=True)
class Listing:
    items: tuple[tuple["Block", ...], ...]
    tag: Literal["ul", "ol"] = "ul"


@dataclass(frozen=True)
class Quote:
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Ask:
    """Where the campaign's ask stands; its text is the campaign's."""


@dataclass(frozen=True)
class Button:
    label: str
    href: str


Block = Paragraph | Listing | Quote | Ask | Button
Document = tuple[Block, ...]


def allowed_link(href: str) -> str:
    """`href` when a body may link there (web or mail address, written in full), else empty."""
    href = href.strip()
    if len(href) > MAX_URL or re.search(r"[\x00-\x20\x7f\\]", href):
        return ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return href if "@" in parts.path else ""
    return href if parts.scheme in LINK_SCHEMES and parts.netloc else ""


def own_image(src: str) -> str:
    """`src` when it is a file of our own media, else empty."""
    media = settings.MEDIA_URL
    # Django turns an unset MEDIA_URL into "/", which would let any address of the site through.
    is_own = media != "/" and src.startswith(media) and not src.startswith("//")
    return src if is_own and ".." not in src and re.fullmatch(r"[!-~]+", src) else ""
