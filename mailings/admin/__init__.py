from mailings.admin.mailings import MailingAdmin
from mailings.admin.people import mailings_received
from mailings.admin.schedules import DigestScheduleAdmin, LaneAdmin

__all__ = ["DigestScheduleAdmin", "LaneAdmin", "MailingAdmin", "mailings_received"]
