"""`check_deliverability` and its page in the admin, before a real name server and mail server."""

import ssl
import threading
from collections.abc import Iterator
from io import StringIO
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from mailings import readiness
from postroom.findings import Grade
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_organization
from tests.postroom.tls_server import CERTIFICATE
from tests.rig.dns_server import DNSServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def names(settings) -> Iterator[DNSServer]:
    with DNSServer() as server:
        settings.DNS_SERVERS = [server.address]
        settings.MAIL_DOMAIN = "example.org"
        settings.DEFAULT_FROM_EMAIL = "news@example.org"
        settings.MAIL_SENDING_ADDRESSES = ["192.0.2.25"]
        settings.DKIM_SELECTORS = ["m1"]
        yield server


def checked() -> str:
    out = StringIO()
    try:
        call_command("check_deliverability", stdout=out, no_color=True)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_what_keeps_mail_from_arriving_is_named_with_what_to_do(names: DNSServer) -> None:
    make_organization(name="Example Action", postal_address="")
    said = checked()
    for wrong in [
        "SPF of example.org: There is no SPF record.",
        "DKIM key m1._domainkey.example.org: No key is published.",
        "DMARC of example.org: There is no policy.",
        "Name of 192.0.2.25: It has no name (PTR).",
        "Postal address of Example Action: There is none, and the law asks for one.",
        "One-click unsubscribe: SITE_URL is no https address",
    ]:
        assert f"WRONG  {wrong}" in said, said
    assert "6 of these keep mail from arriving." in said
    assert "Publish one TXT record" in said


def test_a_domain_in_order_is_ready_but_for_what_this_machine_cannot_have(
    names: DNSServer,
) -> None:
    make_organization(postal_address="1 Main Street")
    names.add("example.org", "TXT", '"v=spf1 ip4:192.0.2.25 -all"')
    names.add("example.org", "MX", "10 mail.example.org.")
    names.add("mail.example.org", "A", "192.0.2.25")
    names.add("25.2.0.192.in-addr.arpa", "PTR", "mail.example.org.")
    names.add("m1._domainkey.example.org", "TXT", '"v=DKIM1; k=ed25519; p=AAAA"')
    names.add("_dmarc.example.org", "TXT", '"v=DMARC1; p=reject"')
    said = checked()
    assert "1 of these keep mail from arriving." in said
    assert said.count("WRONG") == 1
    assert "WRONG  One-click unsubscribe" in said


def test_the_page_asks_nothing_until_its_button_is_pressed(
    names: DNSServer, client: Client
) -> None:
    organization = make_organization(postal_address="")
    client.force_login(make_organizer(organization))
    opened = words(client.get("/admin/ready-to-send/"))
    assert "Check now" in opened
    assert "SPF of example.org" not in opened
    pressed = words(client.post("/admin/ready-to-send/"))
    assert "SPF of example.org: There is no SPF record." in pressed
    assert pressed.index("Keeps mail from arriving") < pressed.index("In order")


def test_somebody_elses_organization_is_not_judged(names: DNSServer, client: Client) -> None:
    other = make_organization(name="Others", postal_address="")
    client.force_login(make_organizer(make_organization(postal_address="1 Main Street")))
    assert other.name not in words(client.post("/admin/ready-to-send/"))


@pytest.fixture
def https_site(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[WSGIServer]:
    """Our own site behind TLS, at SITE_URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    settings.SITE_URL = f"https://localhost:{server.server_port}"
    settings.SITE_IS_HTTPS = True
    settings.ALLOWED_HOSTS = ["localhost"]

    def serve() -> None:
        server.serve_forever()
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The test says what it saw."""


@pytest.mark.django_db(transaction=True)
def test_the_button_of_mail_programs_is_pressed_from_outside_and_unsubscribes_nobody(
    https_site: WSGIServer, settings
) -> None:
    assert readiness.check_one_click().grade is Grade.GOOD
    settings.ALLOWED_HOSTS = ["act.example.org"]
    refused = readiness.check_one_click()
    assert (refused.grade, refused.text) == (Grade.WRONG, "It answers 400 instead of 200.")
    https_site.shutdown()
    https_site.server_close()
    assert readiness.check_one_click().grade is Grade.WRONG
