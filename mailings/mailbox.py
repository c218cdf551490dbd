"""The mailbox that mail to us is delivered into, where no mail server hands it over itself."""

from django.conf import settings

from mailings.arriving import take_in
from postroom.imap import collect
from signatures.arming import is_armed


def look_into_mailbox() -> None:
    """Take in what is new in the mailbox of INBOUND_URL, where there is one.

    Each is marked as seen after it is stored, so none is lost; one that is taken in twice by two
    workers is one row.
    """
    url = settings.INBOUND_URL
    # A copy must not take the mail of the site that it is a copy of.
    if is_armed() and url.startswith(("imap://", "imaps://")):
        collect(url, lambda raw: take_in(raw=raw))
