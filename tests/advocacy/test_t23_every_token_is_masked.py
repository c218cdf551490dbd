"""T23: whatever address has a token in it, neither our log nor the proxy's holds it."""

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

from advocacy.logs import mask_tokens

SECRET = "k1-PxYA1swWasr2e5eOZxfHPmxqGJMm7g"
NGINX = (settings.BASE_DIR / "deploy/nginx/advocacy.conf").read_text()
ROBOTS = (settings.BASE_DIR / "campaigns/templates/campaigns/robots.txt").read_text()


def addresses_with_a_token() -> list[str]:
    """Every public address that takes a token, made out with one."""
    found = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and "<token:" in (route := str(pattern.pattern)):
            filled = route.replace("<token:token>", SECRET).replace("<slug:slug>", "night-buses")
            found.append("/" + re.sub(r"<int:\w+>", "7", filled))
    return found


ADDRESSES = addresses_with_a_token()


def logged_by_nginx(address: str) -> str:
    """What the map of the shipped configuration makes of it: its first pattern that fits."""
    block = re.search(r"map \$request_uri \$logged_uri \{(.*?)\n\}", NGINX, re.DOTALL)
    assert block
    for pattern, said in re.findall(r"^\s*~(\S+)\s+(\S+);", block[1], re.MULTILINE):
        if match := re.search(re.sub(r"\?<(\w+)>", r"?P<\1>", pattern), address):
            return match.expand(re.sub(r"\$(\w+)", r"\\g<\1>", said))
    return address


def test_there_are_addresses_to_look_at():
    assert len(ADDRESSES) >= 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_t23_no_log_holds_the_token_and_no_robot_is_led_there(address):
    assert SECRET not in mask_tokens(f"GET {address} 200")
    assert SECRET not in logged_by_nginx(address)
    disallowed = [line.partition(": ")[2] for line in ROBOTS.splitlines() if "Disallow" in line]
    assert any(re.match(one.replace("*", "[^/]+"), address) for one in disallowed)
