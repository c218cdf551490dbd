"""T12, B87 to B92: no address, parameter or header makes the site lead anywhere else."""

from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings

from campaigns.models import Campaign
from signatures.page_cache import pages
from tests.corpus import cases, named
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db

PARAMETERS = ["next", "redirect", "redir", "return_to", "url", "follow_up_url", "to"]
CASES = cases("redirects")


def wanted(case) -> str:
    """Where the visitor is to be led."""
    return case["typed"].replace("{host}", settings.SITE_HOST) * case.get("times", 1)


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


@pytest.mark.parametrize("case", CASES, ids=named)
def test_t12_no_parameter_chooses_where_a_visitor_goes(client, campaign, case):
    target = wanted(case)
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


@pytest.mark.parametrize("case", CASES, ids=named)
def test_t12_no_path_leads_off_the_site(client, case):
    target = wanted(case)
    for path in (f"/{target}", f"/sign/{target}", f"/by/{target}", f"/{quote(target)}/x"):
        response = client.get(path[:4000])
        assert response.status_code < 500
        assert stays(response), (path, response.get("Location"))
