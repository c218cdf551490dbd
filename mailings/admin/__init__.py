from mailings.admin.mailings import MailingAdmin
from mailings.admin.schedules import DigestScheduleAdmin, LaneAdmin

__all__ = ["DigestScheduleAdmin", "LaneAdmin", "MailingAdmin"]
