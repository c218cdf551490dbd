"""Whether a digest to many people is one that a second person approved, as it stands now."""

from campaigns.models import Campaign
from mailings import audience
from mailings.composing import CannotBeSent, compile_contents
from mailings.models import DigestItem, Mailing
from mailings.proofing import proved
from mailings.seconding import most_people


def is_as_approved(mailing: Mailing) -> bool:
    """Whether a second person approved what it says, word by word, and all of it is still so."""
    if mailing.state != Mailing.State.APPROVED or not mailing.by_second_person:
        return False
    try:
        said = proved(compile_contents(mailing))
    except CannotBeSent:
        return False
    items = mailing.items.select_related("campaign", "update")
    return not mailing.is_approved_for_other_than(said) and all(map(_is_still_so, items))


def waits_for_second_person(mailing: Mailing, *, patience: str = "2min") -> bool:
    """Whether it is for more people than one may decide about, or were approved.

    Raises mailings.audience.TooSlow.
    """
    most = mailing.organization.second_person_above
    if is_as_approved(mailing):
        most = most_people(mailing)
    return most is not None and audience.is_larger_than(mailing, most, patience=patience)


def wants_approval(draft: Mailing) -> bool:
    """Whether somebody has to hear that it waits for a second person.

    A list that cannot be counted in the time of a page is a long one.
    """
    if not draft.is_editable:
        return False
    try:
        return waits_for_second_person(draft, patience=audience.PATIENCE)
    except audience.TooSlow:
        return True


def _is_still_so(item: DigestItem) -> bool:
    """Whether what was news is true: a petition may have closed, or been withdrawn, meanwhile."""
    if item.kind == DigestItem.Kind.OPENED:
        return item.campaign.is_open
    if item.kind == DigestItem.Kind.OUTCOME:
        return item.campaign.state == item.state
    published = item.update is not None and item.update.published_at is not None
    return published and item.campaign.state != Campaign.State.WITHDRAWN
