"""Pictures in a body that say nothing to those who cannot see them."""

from collections.abc import Iterable, Iterator

from campaigns.text.sanitising import read
from campaigns.text.vocabulary import Ask, Block, Button, Image, Listing, Paragraph, Quote


def undescribed_pictures(body: str) -> int:
    """How many pictures of a body have no text alternative."""
    return sum(not image.alt.strip() for image in _images(read(body)))


def _images(blocks: Iterable[Block]) -> Iterator[Image]:
    for block in blocks:
        match block:
            case Paragraph(inlines):
                yield from (leaf for leaf in inlines if isinstance(leaf, Image))
            case Listing(items):
                for item in items:
                    yield from _images(item)
            case Quote(inner):
                yield from _images(inner)
            case Ask() | Button():
                pass
