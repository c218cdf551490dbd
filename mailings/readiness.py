"""Whether mail from here would arrive: what providers look up, law asks and leaving needs."""

import http.client
import socket
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.models import Organization
from postroom.domain_checks import (
    check_alignment,
    check_dkim,
    check_dmarc,
    check_pointer,
    check_return_path,
    check_server,
    check_spf,
)
from postroom.findings import Finding, Grade
from postroom.lookups import Lookups
from postroom.smtp_settings import SMTPSettings
from postroom.ways import goes_by_http, server_of
from signatures import links

THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# Nobody has this number: the answer is the one that people who are long gone get.
NOBODY = 0
SECONDS = 10


def check(organizations: Iterable[Organization]) -> Iterator[Finding]:
    """Each check in turn; asks the DNS, the mail server and our own public address."""
    organizations = list(organizations)
    lookups = Lookups(settings.DNS_SERVERS)
    domain, addresses = settings.MAIL_DOMAIN, settings.MAIL_SENDING_ADDRESSES
    yield _check_way_out()
    yield check_spf(domain, addresses, lookups)
    yield from check_dkim(domain, settings.DKIM_SELECTORS, lookups)
    yield check_return_path(domain, lookups)
    for address in addresses:
        yield check_pointer(address, lookups)
    senders = sorted({organization.sender[1] for organization in organizations})
    for sender in sorted({sender.rpartition("@")[2] for sender in senders}):
        yield check_dmarc(sender, lookups)
    for sender in senders:
        yield check_alignment(sender, domain)
    for organization in organizations:
        yield _check_postal_address(organization)
    yield check_one_click()


def _check_way_out() -> Finding:
    if goes_by_http(settings.EMAIL_URL):
        return _check_provider()
    server = SMTPSettings.from_url(settings.EMAIL_URL)
    return check_server(server, is_local=server.host in THIS_MACHINE)


def _check_provider() -> Finding:
    """Whether the provider's interface can be reached; its key is tried by the first proof."""
    subject = _("The provider that mail is handed to")
    try:
        where = server_of(settings.EMAIL_URL)
        socket.create_connection(where, timeout=SECONDS).close()
    except (OSError, ValueError) as error:
        return Finding(subject, Grade.WRONG, str(error), _("See EMAIL_URL in the settings."))
    return Finding(subject, Grade.GOOD, _("%s answers. Send a proof to try its key.") % where[0])


def _check_postal_address(organization: Organization) -> Finding:
    subject = _("Postal address of %s") % organization
    if organization.postal_address.strip():
        return Finding(subject, Grade.GOOD, _("Stands in every mail."))
    advice = _("Fill it in under Organizations; nothing can be sent without.")
    return Finding(subject, Grade.WRONG, _("There is none, and the law asks for one."), advice)


def check_one_click() -> Finding:
    """Whether the button of mail programs works from outside, as RFC 8058 §3.2 posts it.

    The link is that of nobody, so nobody is unsubscribed.
    """
    subject = _("One-click unsubscribe")
    if not settings.SITE_IS_HTTPS:
        text = _("SITE_URL is no https address, so mail programs show no button.")
        return Finding(subject, Grade.WRONG, text, _("Serve the site over TLS."))
    token = links.unsubscribe_token(
        supporter_id=NOBODY, organization_id=NOBODY, campaign_id=None, mailing_id=0
    )
    try:
        status = _post_one_click(links.full_address(links.UNSUBSCRIBE, token))
    except (OSError, http.client.HTTPException) as error:
        text = _("The site does not answer there: %s.") % type(error).__name__
        return Finding(subject, Grade.WRONG, text, _("Check DNS, certificate and proxy."))
    if status != 200:
        text = _("It answers %d instead of 200.") % status
        return Finding(subject, Grade.WRONG, text, _("No proxy may redirect or refuse that POST."))
    return Finding(subject, Grade.GOOD, _("Answers as mail programs want it."))


def _post_one_click(address: str) -> int:
    """The status that a mail program gets. It follows no redirect, as RFC 8058 §3.1 has it."""
    parts = urlsplit(address)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", parts.path, "List-Unsubscribe=One-Click", headers)
        return connection.getresponse().status
    finally:
        connection.close()
