"""What to sign next: the campaign that an organizer chose, or another one that is open."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import Campaign
from signatures.models import Signature


def next_campaign_for(campaign: Campaign, *, supporter_id: int) -> Campaign | None:
    """The campaign to offer to somebody who has just signed `campaign`; None when all is signed.

    The chosen one first, else the organization's newest in the same language. Never one that this
    person signed, withdrew from or disowned.
    """
    known = Signature.objects.filter(campaign=OuterRef("pk"), supporter_id=supporter_id)
    others: QuerySet[Campaign] = (
        Campaign.objects.open()
        .select_related("organization")
        .filter(organization_id=campaign.organization_id)
        .filter(Q(language=campaign.language) | Q(pk=campaign.next_campaign_id or 0))
        .exclude(pk=campaign.pk)
        .exclude(Exists(known))
        .order_by("-published_at")
    )
    chosen = others.filter(pk=campaign.next_campaign_id or 0).first()
    return chosen or others.first()
