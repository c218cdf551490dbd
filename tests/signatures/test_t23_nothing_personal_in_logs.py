"""T23: a whole life of a supporter, every refusal in it, and not one marker in a log."""

import logging
import re

import pytest
from django.urls import reverse

from signatures import links
from signatures.letters.outbox import Outbox
from signatures.models import DataAccess, Signature
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

EMAIL, NAME, COMMENT = "xyzzy.address@example.org", "Xyzzy Name", "Xyzzy comment"


def drain():
    outbox = Outbox()
    outbox.drain()
    outbox.close()


def test_t23_no_address_name_word_token_or_network_is_written_down(client, caplog, smtp_sink):
    caplog.set_level(logging.DEBUG)
    campaign = make_campaign(asks_comment=True)
    typed = {"name": NAME, "email": EMAIL, "comment": COMMENT, "consent": "on"}
    client.defaults["REMOTE_ADDR"] = "203.0.113.77"

    smtp_sink.reply("RCPT", f"451 4.2.1 {EMAIL} is greylisted", times=1)
    smtp_sink.reply("RCPT", f"550 5.1.1 no such user {EMAIL}", times=1)
    client.post(campaign.get_absolute_url(), typed | {"email": "xyzzy@"})
    client.post(campaign.get_absolute_url(), typed)
    drain()
    signature = Signature.objects.get()
    secret = DataAccess.objects.issue(signature.supporter_id)
    tokens = [secret]
    for purpose, token in (
        (links.CONFIRM, links.confirm_token(signature_id=signature.pk)),
        (links.WITHDRAW, links.withdraw_token(signature_id=signature.pk)),
        (links.NOT_ME, links.not_me_token(signature_id=signature.pk)),
    ):
        tokens.append(token)
        client.post(links.address(purpose, token), typed | {"name": ""})
        client.post(links.address(purpose, token), typed)
        client.post(links.address(purpose, token[:-2]), typed)
        drain()
    client.post("/my-data/", {"email": EMAIL})
    client.post(reverse("my-data", args=[secret[:-1]]))
    client.post(reverse("my-data", args=[secret]))
    page = client.get("/my-data/mine/").content.decode()
    given = re.search(r'name="pass" value="(\w+)"', page)[1]
    client.post("/my-data/mine/erase/", {"pass": given})
    client.post("/my-data/mine/erase/", {"pass": given, "sure": "on"})
    drain()

    # What SQL is logged at DEBUG is the debugger's, and production logs none of it.
    records = [one for one in caplog.records if one.name != "django.db.backends"]
    from advocacy.logs import MaskTokens

    for record in records:
        MaskTokens().filter(record)
    written = "\n".join(f"{one.getMessage()} {one.exc_text or ''}" for one in records)
    assert written
    for marker in ("xyzzy", "203.0.113", *tokens):
        assert marker.lower() not in written.lower()
