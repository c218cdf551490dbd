"""T12, B87 to B92: no address, parameter or header makes the site lead anywhere else."""

from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings

from campaigns.models import Campaign
from signatures.page_cache import pages
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

TARGETS = {
    "B87": ["//evil.example", "/\\evil.example", "https:evil.example", "\t//evil.example"],
    "B88": [f"https://{settings.SITE_HOST}@evil.example", f"https://{settings.SITE_HOST}.evil"],
    "B89": ["/%2f%2fevil.example", "/..//evil.example", "/x\r\nLocation: https://evil.example"],
    "B90": ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x"],
    "B91": ["https://evil.example/?s=12345", "s=999999999"],
    "B92": ["https://evil.example/" + "a" * 60_000],
}
PARAMETERS = ["next", "redirect", "redir", "return_to", "url", "follow_up_url", "to"]
EVERY = [(name, target) for name, targets in TARGETS.items() for target in targets]


def stays(response) -> bool:
    """Whether the answer leads nowhere, or to a path of this site."""
    location = response.get("Location", "")
    if not location:
        return True
    parts = urlsplit(location)
    home = urlsplit(settings.SITE_URL)
    here = (parts.scheme, parts.netloc) in (("", ""), (home.scheme, home.netloc))
    return (
        here and location.startswith(("/sign/", settings.SITE_URL, "?")) and "//" not in parts.path
    )


@pytest.fixture
def campaign():
    pages._pages.clear()
    return make_campaign()


@pytest.mark.parametrize(("name", "target"), EVERY, ids=[name for name, _target in EVERY])
def test_t12_no_parameter_chooses_where_a_visitor_goes(client, campaign, name, target):
    old = campaign.slug
    Campaign.objects.filter(pk=campaign.pk).update(slug=f"{old}-moved")
    typed = {"name": "Ada", "email": "ada@example.org", "consent": "on"}
    for parameter in PARAMETERS:
        query = f"?{parameter}={quote(target)}"
        moved = client.get(f"/sign/{old}/{query}")
        assert moved.status_code == 301
        assert urlsplit(moved["Location"]).path == f"/sign/{old}-moved/"
        signed = client.post(f"/sign/{old}-moved/{query}", typed | {parameter: target})
        assert signed.status_code == 303
        assert all(map(stays, (moved, signed)))
        assert "evil" not in urlsplit(signed["Location"]).netloc


@pytest.mark.parametrize(("name", "target"), EVERY, ids=[name for name, _target in EVERY])
def test_t12_no_path_leads_off_the_site(client, name, target):
    for path in (f"/{target}", f"/sign/{target}", f"/by/{target}", f"/{quote(target)}/x"):
        response = client.get(path[:4000])
        assert response.status_code < 500
        assert stays(response), (path, response.get("Location"))
