"""Share links: who brought whom, by a code that tells nothing, and what to sign next."""

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from signatures import links
from signatures.models import Signature
from signatures.offering import next_campaign_for
from signatures.sharing import (
    _LARGEST,
    _ROUNDS,
    _permute,
    _unpermute,
    brought_by,
    share_code,
    share_link,
    share_ways,
    sharer_of,
)
from signatures.withdrawing import withdraw
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@given(st.integers(0, _LARGEST - 1))
def test_a_code_brings_back_its_number_and_stays_short(number):
    assert _unpermute("secret", _permute("secret", number, _ROUNDS)) == number
    assert len(share_code(number)) == 11


def test_codes_of_neighbours_have_nothing_in_common():
    codes = [share_code(number) for number in range(1, 200)]
    assert len({code[:4] for code in codes}) > 190


def test_a_code_names_its_sharer_on_that_campaign_alone(campaign):
    sharer = make_signature(campaign)
    code = share_code(sharer.pk)
    assert sharer_of(code, campaign_id=campaign.pk) == sharer.pk
    assert sharer_of(code, campaign_id=make_campaign().pk) is None
    withdraw(signature_id=sharer.pk, via="test")
    assert sharer_of(code, campaign_id=campaign.pk) is None


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 11, "é" * 11, "-" * 11, "A" * 10_000, "a\0" * 5 + "a", "!" * 11]
)
def test_any_other_text_names_nobody_without_a_fault(campaign, text):
    assert sharer_of(text, campaign_id=campaign.pk) is None


def test_codes_live_on_when_keys_rotate(campaign):
    sharer = make_signature(campaign)
    with override_settings(LINK_KEYS={"old": "an old secret"}):
        code = share_code(sharer.pk)
    with override_settings(LINK_KEYS={"new": "a new secret", "old": "an old secret"}):
        assert sharer_of(code, campaign_id=campaign.pk) == sharer.pk
    with override_settings(LINK_KEYS={"new": "a new secret"}):
        assert sharer_of(code, campaign_id=campaign.pk) is None


def test_who_comes_by_a_shared_link_is_noted(client, campaign):
    sharer = make_signature(campaign)
    way = share_ways(campaign, sharer.pk)[1]
    address = share_link(campaign, sharer.pk, way.source)
    client.post(address, {"name": "Grace", "email": "grace@example.org"})
    brought = Signature.objects.get(supporter__email="grace@example.org")
    assert (brought.sharer_id, brought.referrer_code) == (sharer.pk, "share-whatsapp")


def test_a_code_of_nobody_harms_no_signature(client, campaign):
    address = campaign.get_absolute_url() + "?s=AAAAAAAAAAA"
    answer = client.post(address, {"name": "Grace", "email": "grace@example.org"})
    assert answer.status_code == 303
    assert Signature.objects.get().sharer is None


def test_the_tree_of_who_brought_whom(campaign):
    ada, grace, joan, mary = (make_signature(campaign) for _ in range(4))
    for child, parent in ((grace, ada), (joan, grace), (mary, grace)):
        Signature.objects.filter(pk=child.pk).update(sharer=parent)
    generations = {one.signature_id: one.generation for one in brought_by(ada.pk)}
    assert generations == {grace.pk: 1, joan.pk: 2, mary.pk: 2}
    withdraw(signature_id=joan.pk, via="test")
    assert {one.signature_id for one in brought_by(grace.pk)} == {mary.pk}


def test_the_page_after_confirming_offers_sharing_first_and_then_one_more(client, campaign):
    other = make_campaign(organization=campaign.organization, headline="Tell Them Too")
    signature = make_signature(campaign, confirmed=False)
    confirm = links.address(links.CONFIRM, links.confirm_token(signature_id=signature.pk))
    html = client.post(confirm, {"name": "Ada", "consent": "on"}).content.decode()
    assert html.index("Ask one more person") < html.index("Tell Them Too")
    assert f"?s={share_code(signature.pk)}&amp;source=share-link" in html
    assert f'href="/sign/{other.slug}/as/' in html


def test_nobody_is_asked_to_pass_on_a_petition_that_takes_no_signatures(client, campaign):
    signature = make_signature(campaign, confirmed=False)
    campaign.close()
    confirm = links.address(links.CONFIRM, links.confirm_token(signature_id=signature.pk))
    html = client.post(confirm, {"name": "Ada", "consent": "on"}).content.decode()
    assert "Confirmed." in html
    assert "takes no more signatures" in html
    assert "Ask one more person" not in html
    assert share_code(signature.pk) not in html


def test_t07_a_headline_is_text_wherever_it_is_shared(client):
    campaign = make_campaign(headline='"><script>alert(1)</script>')
    signature = make_signature(campaign)
    token = links.confirm_token(signature_id=signature.pk)
    html = client.get(links.address(links.CONFIRM, token)).content.decode()
    assert "<script>alert" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


def test_what_comes_next_is_the_chosen_one_or_the_newest_not_yet_signed(campaign):
    organization = campaign.organization
    ada = make_signature(campaign).supporter
    assert next_campaign_for(campaign, supporter_id=ada.pk) is None
    make_campaign()
    make_campaign(organization=organization, language="es")
    make_campaign(organization=organization, published=False)
    assert next_campaign_for(campaign, supporter_id=ada.pk) is None
    newest, chosen = (make_campaign(organization=organization) for _ in range(2))
    type(newest).objects.filter(pk=newest.pk).update(published_at="2100-01-01T00:00Z")
    assert next_campaign_for(campaign, supporter_id=ada.pk) == newest
    campaign.next_campaign = chosen
    assert next_campaign_for(campaign, supporter_id=ada.pk) == chosen
    make_signature(chosen, email=ada.email, confirmed=False)
    assert next_campaign_for(campaign, supporter_id=ada.pk) == newest
    newest.close()
    assert next_campaign_for(campaign, supporter_id=ada.pk) is None
