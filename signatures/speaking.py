"""In which language we speak to somebody: the one that they last signed in."""

from signatures.models import Signature


def language_of(*, supporter_id: int, organization_id: int | None = None) -> str:
    """The language of the statement that this person signed last, with one organization or any.

    Empty for somebody who signed nothing there, or is long gone.
    """
    signed = Signature.objects.filter(supporter_id=supporter_id)
    if organization_id is not None:
        signed = signed.filter(campaign__organization_id=organization_id)
    last = signed.order_by("-pk").values_list("statement__language", "campaign__language").first()
    return next(filter(None, last or ()), "")
