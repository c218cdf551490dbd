"""Periods of a cadence, as calendars have them."""

import calendar
from datetime import datetime, timedelta

from campaigns.models import MailScope

_MONTHS = {MailScope.Cadence.MONTHLY: 1, MailScope.Cadence.QUARTERLY: 3}


def after(moment: datetime, cadence: str, times: int = 1) -> datetime:
    """`moment` moved by so many periods; the 31st becomes the last day of a shorter month."""
    if cadence == MailScope.Cadence.WEEKLY:
        return moment + timedelta(weeks=times)
    months = moment.month - 1 + _MONTHS[MailScope.Cadence(cadence)] * times
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def ahead_of(cadence: str) -> timedelta:
    """How long before a mail is due its people's organizers hear of it: a week and a day.

    What is due every week leaves room for half of it.
    """
    return timedelta(days=3 if cadence == MailScope.Cadence.WEEKLY else 8)
