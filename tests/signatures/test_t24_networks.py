"""Whoever invents where a request came from is in the same bucket all the same."""

import random
from datetime import date

import pytest
from django.test import Client

from signatures.guarding.networks import NOWHERE, network_at, network_of
from signatures.models import NetworkWindow, Signature
from tests.factories import make_campaign

GARBAGE = ["", "unknown", "1.2.3", "1.2.3.4.5", "999.1.1.1", "::::", "a" * 5000, "\x00", "[zz", "%"]


def random_address(dice):
    return ".".join(str(dice.randrange(1, 255)) for _ in range(4))


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_t24_invented_addresses_stay_in_one_bucket(settings, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    dice = random.Random(24)
    true = ["198.51.100.9", "10.0.0.1"][: max(proxies, 1)]
    buckets = set()
    for _ in range(1000):
        invented = [dice.choice([random_address(dice), *GARBAGE]) for _ in range(dice.randrange(4))]
        told = ", ".join([*invented, *(true if proxies else [])])
        meta = {"REMOTE_ADDR": "198.51.100.9" if not proxies else "10.0.0.2"}
        buckets.add(network_of(meta | {"HTTP_X_FORWARDED_FOR": told}).narrow)
    assert buckets == {"198.51.100.9/32"}


def test_t24_garbage_where_the_proxy_should_have_written_is_the_proxys_own_bucket(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    for told in GARBAGE:
        meta = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": f"203.0.113.5, {told}"}
        assert network_of(meta).narrow == "10.0.0.2/32"
    assert network_of({"REMOTE_ADDR": "10.0.0.2"}).narrow == "10.0.0.2/32"


def test_t24_an_ipv6_household_is_one_bucket_however_it_rotates():
    dice = random.Random(64)
    rotating = {network_at(f"2001:db8:1:2::{dice.getrandbits(16):x}") for _ in range(1000)}
    assert {network.narrow for network in rotating} == {"2001:db8:1:2::/64"}
    assert {network.wide for network in rotating} == {"2001:db8:1::/48"}


@pytest.mark.parametrize(
    ("spelled", "narrow"),
    [
        ("192.0.2.1:4711", "192.0.2.1/32"),
        (" 192.0.2.1 ", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("2001:DB8::1%eth0", "2001:db8::/64"),
        ("192.0.2.010", NOWHERE),
        ("not an address", NOWHERE),
    ],
)
def test_t24_one_address_has_one_network_however_it_is_spelled(spelled, narrow):
    assert network_at(spelled).narrow == narrow


@pytest.mark.django_db
def test_t23_t24_what_is_kept_is_a_hash_of_the_month_and_never_the_address(settings):
    settings.NETWORK_LIMITS = {300: 1000}
    campaign = make_campaign()
    for number, told in enumerate(["203.0.113.5", "garbage", "203.0.113.6, 1.1.1.1", ""]):
        Client(REMOTE_ADDR="192.0.2.7").post(
            campaign.get_absolute_url(),
            {"name": "Ada", "email": f"a{number}@example.org"},
            headers={"X-Forwarded-For": told},
        )
    assert NetworkWindow.objects.get().hits == 4
    networks = {bytes(one.network or b"") for one in Signature.objects.all()}
    assert networks == {network_at("192.0.2.200").hash()}
    assert network_at("192.0.3.7").hash() not in networks


def test_t23_the_key_of_networks_changes_with_the_month():
    network = network_at("192.0.2.7")
    assert network.hash(date(2026, 1, 3)) == network.hash(date(2026, 1, 30))
    assert network.hash(date(2026, 1, 30)) != network.hash(date(2026, 2, 1))
