"""The addresses of campaigns' pages: which are free to take."""

from campaigns.models import Campaign, PageAddress


def is_taken(slug: str, *, by: Campaign | None = None) -> bool:
    """Whether `slug` is, or once was, the address of a page, in any organization and any language.

    `by` may take back an address that it had before, and not one of its translations'. The answer
    says nothing of who has it: a draft of somebody else is nobody's business.
    """
    taken = PageAddress.objects.filter(slug=slug)
    if by is None or by.pk is None:
        return taken.exists()
    return taken.exclude(campaign=by).exists() or by.translations.filter(slug=slug).exists()
