"""How organizers write, send and follow mailings; what operators set for all of them."""

from mailings.admin.coming_back import MailEventAdmin, ReplyAdmin
from mailings.admin.lanes import LaneAdmin
from mailings.admin.mailings import MailingAdmin
from mailings.admin.people import mailings_received
from mailings.admin.reports import MailingTallyAdmin
from mailings.admin.schedules import DigestScheduleAdmin
from mailings.admin.segments import SegmentAdmin
from mailings.admin.translations import MailingTranslationAdmin
from mailings.admin.trials import TrialAdmin
from mailings.admin.welcome import WelcomeStepAdmin

__all__ = [
    "DigestScheduleAdmin",
    "LaneAdmin",
    "MailEventAdmin",
    "MailingAdmin",
    "MailingTranslationAdmin",
    "MailingTallyAdmin",
    "ReplyAdmin",
    "TrialAdmin",
    "WelcomeStepAdmin",
    "SegmentAdmin",
    "mailings_received",
]
