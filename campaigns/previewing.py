"""Links that show a page to colleagues without an account, before anybody else can read it.

A link names the campaign, its address and the member of staff who gave it away. It ends after
fourteen days; when that member leaves the organization; when the draft gets another address, which
is how to end it early; and when the page is public, where it leads from then on.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from campaigns.models import Campaign

PURPOSE = "campaigns.preview"
LASTS = timedelta(days=14)


def preview_url(*, campaign: Campaign, user: Any) -> str:
    """The full address of a page that shows `campaign` as it is saved, given away by `user`."""
    token = signing.dumps([campaign.pk, campaign.slug, user.pk], salt=PURPOSE)
    return settings.SITE_URL + reverse("preview", args=[token])


def previewed(token: str) -> Campaign | None:
    """The campaign that a link shows, whatever its state is by now; None for a link that ended."""
    try:
        campaign_id, slug, user_id = signing.loads(token, salt=PURPOSE, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = get_user_model().objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    if user is None:
        return None
    campaigns = Campaign.objects.visible_to(user).select_related("organization", "tally")
    campaign = campaigns.filter(pk=campaign_id).first()
    is_same = campaign and (campaign.published_at or campaign.slug == slug)
    return campaign if is_same else None
