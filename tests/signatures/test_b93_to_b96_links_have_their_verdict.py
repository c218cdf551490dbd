"""Every way in which a link breaks on its way has a verdict, and no link serves another purpose."""

from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from postroom.links import make_token
from signatures import links
from signatures.erasing import erase
from signatures.guarding.guessing import MOST_A_MINUTE
from signatures.models import DataAccess, NetworkWindow, Signature, Subscription
from tests.corpus import cases, named
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db

HELP = "This link is not complete"
PURPOSES = [
    links.CONFIRM,
    links.NOT_ME,
    links.WITHDRAW,
    links.UNSUBSCRIBE,
    links.PREFERENCES,
    links.RECOGNISED,
]
PAGES = [purpose for purpose in PURPOSES if purpose != links.RECOGNISED]


@pytest.fixture
def signature():
    """One that waits, of somebody who gets mail already: each link has something to change."""
    signature = make_signature(make_campaign(), email="ada@example.org", confirmed=False)
    for scope in signature.campaign.organization.scopes.all():
        Subscription.objects.create(supporter=signature.supporter, scope=scope)
    return signature


def token_for(purpose, signature):
    """A good link's code, as its mail has it."""
    person = {
        "supporter_id": signature.supporter_id,
        "organization_id": signature.campaign.organization_id,
    }
    one = {"signature_id": signature.pk}
    return {
        links.CONFIRM: lambda: links.confirm_token(**one),
        links.NOT_ME: lambda: links.not_me_token(**one),
        links.WITHDRAW: lambda: links.withdraw_token(**one),
        links.PREFERENCES: lambda: links.preferences_token(**person),
        links.UNSUBSCRIBE: lambda: links.unsubscribe_token(**person, campaign_id=0, mailing_id=1),
        links.RECOGNISED: lambda: links.recognised_token(supporter_id=signature.supporter_id),
    }[purpose]()


def standing(signature):
    """What a link could change."""
    return (
        Signature.objects.get(pk=signature.pk).state,
        Subscription.objects.live().count(),
    )


@pytest.mark.parametrize("purpose", PAGES)
@pytest.mark.parametrize("case", cases("links"), ids=lambda case: f"{named(case)} {case['path']}")
def test_b93_a_link_that_suffered_on_its_way_has_its_verdict(client, signature, case, purpose):
    token = token_for(purpose, signature)
    path = "/" + case["path"].format(
        purpose=purpose,
        token=token,
        half=token[: len(token) // 2],
        all_but_one=token[:-1],
        one_off=token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:],
        upper=token.upper(),
        lower=token.lower(),
        megabyte="x" * 1_000_000,
    )
    page = client.get(path)
    if case["verdict"] == "opens":
        assert page.status_code == 200
        assert '<form method="post"' in page.content.decode()
    else:
        assert page.status_code == 400
        assert HELP in page.content.decode()
        before = standing(signature)
        assert client.post(path, {"name": "Ada", "consent": "on"}).status_code == 400
        assert standing(signature) == before
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("made_for", "used_for"),
    [(a, b) for a, b in product([*PURPOSES, links.OWN_DATA], PAGES) if a != b],
)
def test_t04_b94_a_link_of_one_purpose_does_nothing_for_another(
    client, signature, made_for, used_for
):
    if made_for == links.OWN_DATA:
        token = DataAccess.objects.issue(signature.supporter_id)
    else:
        token = token_for(made_for, signature)
    before = standing(signature)
    page = client.post(f"/{used_for}/{token}/", {"name": "Ada", "consent": "on"})
    assert page.status_code == 400
    assert standing(signature) == before


@pytest.mark.parametrize("made_for", PURPOSES)
def test_t04_b94_no_mail_link_opens_anybodys_data(client, signature, made_for):
    page = client.post(f"/my-data/{token_for(made_for, signature)}/")
    assert page.status_code == 410
    assert "visit" not in page.cookies


@pytest.mark.parametrize("purpose", ["confirm", "not-me", "withdraw"])
def test_b95_a_link_to_what_is_gone_says_so_and_where_to_go(client, signature, purpose):
    token = token_for(purpose, signature)
    erase(supporter_id=signature.supporter_id)
    for send in (client.get, client.post):
        page = send(f"/{purpose}/{token}/")
        assert page.status_code == 410
        assert "This link has run out." in page.content.decode()
        assert 'href="/my-data/"' in page.content.decode()


def test_b95_links_of_a_disowned_signature_bring_nothing_back(client, signature):
    client.post(f"/not-me/{token_for('not-me', signature)}/")
    for purpose in ("confirm", "withdraw", "not-me"):
        page = client.post(f"/{purpose}/{token_for(purpose, signature)}/", {"name": "Ada"})
        assert page.status_code == 200
        assert "Removed" in page.content.decode()
    assert standing(signature)[0] == "rejected"


def test_b96_the_first_and_the_second_link_are_one_link(client, signature):
    first, again = (token_for("confirm", signature) for _ in range(2))
    for token in (first, again, first):
        page = client.post(f"/confirm/{token}/", {"name": "Ada", "consent": "on"})
        assert "Confirmed." in page.content.decode()
    assert signature.letters.filter(kind="receipt").count() == 1


def test_b96_a_link_past_its_day_says_so(client, signature):
    late = make_token("confirm", signature.pk, expires=1)
    page = client.get(f"/confirm/{late}/")
    assert page.status_code == 400
    assert "This link has run out." in page.content.decode()


def test_t04_who_tries_links_gets_tired_first_and_good_links_work_on(client, signature):
    for _ in range(MOST_A_MINUTE):
        assert client.get("/confirm/k1-nonsense/").status_code == 400
    crowded = client.get("/confirm/k1-nonsense/")
    assert (crowded.status_code, crowded["Retry-After"]) == (429, "60")
    assert client.get(f"/confirm/{token_for('confirm', signature)}/").status_code == 200
    assert client.get("/withdraw/k1-nonsense/").status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get("/confirm/k1-nonsense/").status_code == 400
    assert b"127.0.0.1" not in b"".join(bytes(one.key) for one in NetworkWindow.objects.all())


def test_t23_no_link_of_any_kind_stands_in_a_log(client, signature):
    from advocacy.logs import mask_tokens

    for purpose in PAGES:
        address = f"/{purpose}/{token_for(purpose, signature)}/"
        assert mask_tokens(f"Unprocessable Entity: {address}").endswith(f"/{purpose}/…")
    token = token_for(links.RECOGNISED, signature)
    address = links.recognised_address(signature.campaign.slug, token)
    assert token not in mask_tokens(f"Not Found: {address}")
    secret = DataAccess.objects.issue(signature.supporter_id)
    assert secret not in mask_tokens(f"Gone: {reverse('my-data', args=[secret])}")
