"""The petition that the reader of a proof or a preview is told to have signed."""

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from mailings.models import Mailing


def sample_reason(mailing: Mailing, language: str) -> str:
    """What somebody who may get the mailing has signed: the headline of a petition, or words.

    Who is asked to sign has not signed that very petition, so theirs is the newest other one.
    """
    own = mailing.organization.campaigns
    if mailing.signers_left_out:
        others = own.public().exclude(pk=mailing.signers_left_out)
        others = others.exclude(state=Campaign.State.WITHDRAWN)
        if other := others.order_by("-published_at", "-pk").first():
            return str(other.headline)
        with translation.override(language):
            return _("another petition of ours")
    about = Campaign.objects.filter(pk__in=mailing.about()).first()
    signed = mailing.campaign or about or own.first()
    return str(signed.headline) if signed else ""
