"""Campaigns open and close by themselves, at the times that their organizers chose."""

import logging

from campaigns.models import Campaign, CannotPublish

logger = logging.getLogger(__name__)

# More than ever fall due within one round; the rest waits for the next.
MOST = 100


def open_and_close_due() -> None:
    """Open what is scheduled for now and close what has had its time. The database's clock decides.

    Any number of workers may do it at once: each change is claimed. What lacks something when its
    time comes becomes a draft again, with the time that it missed, for somebody to look at.
    """
    for campaign in Campaign.objects.due_to_open()[:MOST]:
        try:
            campaign.publish()
        except CannotPublish as refused:
            if campaign.unschedule():
                logger.warning("Campaign %s did not open: %s", campaign.pk, refused)
    for campaign in Campaign.objects.due_to_close()[:MOST]:
        campaign.close()
