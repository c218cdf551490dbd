"""JSON-LD of a campaign's page: it parses, holds every citation, and nothing breaks out of it."""

import json

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import call_command

from campaigns.models import Campaign, Picture, Update
from tests.campaigns.languages import translate
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


def data_of(client, address):
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    (block,) = soup.select('script[type="application/ld+json"]')
    return json.loads(str(block.string))


def test_all_eight_sources_of_the_sample_are_citations_in_their_order(client):
    call_command("import_campaign", "campaigns/samples/credo-amazon-rekognition.txt", publish=True)
    campaign = Campaign.objects.get()
    petition = data_of(client, campaign.get_absolute_url())["mainEntity"]
    assert len(petition["citation"]) == 8
    assert petition["citation"][0] == {
        "@type": "CreativeWork",
        "name": "'Recipe for authoritarianism': Amazon under fire for selling face-recognition "
        "software to police",
        "author": "Julie Carrie Wong",
        "publisher": {"@type": "Organization", "name": "The Guardian"},
        "datePublished": "2018-05-22",
    }
    assert petition["text"] == campaign.current_statement().text


def test_a_source_that_letter_and_update_cite_is_one_citation(client):
    marker = '<p>x<sup data-source="{}"></sup></p>'
    campaign = make_campaign(body=marker.format("one"))
    campaign.sources.create(key="one", title="One", url="https://example.org/", archive_url="")
    campaign.sources.create(key="two", title="Two", published_on="2018-03-01")
    campaign.sources.filter(key="two").update(date_precision="month")
    campaign.sources.create(key="never", title="Never cited")
    body = marker.format("two") + marker.format("one")
    Update.objects.create(campaign=campaign, title="News", body=body).publish()
    cited = data_of(client, campaign.get_absolute_url())["mainEntity"]["citation"]
    assert [work["name"] for work in cited] == ["One", "Two"]
    assert cited[1]["datePublished"] == "2018-03"


@pytest.mark.parametrize(
    "hostile",
    ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028\u2029", '&quot;"\\'],
)
def test_nothing_that_somebody_wrote_ends_the_block(client, hostile):
    campaign = make_campaign(headline=f"Tell {hostile}")
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert data_of(client, campaign.get_absolute_url())["name"] == f"Tell {hostile}"


def test_each_language_is_described_in_itself_and_names_the_others(client):
    campaign = make_campaign()
    spanish = translate(campaign)
    data = data_of(client, spanish.get_absolute_url())
    assert (data["inLanguage"], data["url"]) == ("es", spanish.public_url)
    assert data["workTranslation"] == [{"@type": "WebPage", "@id": campaign.public_url}]


def test_the_card_of_a_shared_link_has_its_words_from_the_campaign_or_from_the_product(client):
    def meta(address):
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        return {tag["property"]: tag["content"] for tag in soup.select("meta[property]")}

    plain = make_campaign(headline="Stop it")
    own = make_campaign(share_title="My own words", share_text="And these under them")
    card = meta(plain.get_absolute_url())
    assert card["og:title"] == "Sign the petition: Stop it"
    assert card["og:description"] == plain.current_statement().text
    card = meta(own.get_absolute_url())
    assert (card["og:title"], card["og:description"]) == ("My own words", "And these under them")
    plain.close()
    from signatures.page_cache import pages

    pages._pages.clear()
    assert meta(plain.get_absolute_url())["og:title"] == "Stop it"


def test_a_picture_of_the_campaigns_own_is_on_the_card_with_its_size_and_words(client):
    campaign = make_campaign()
    campaign.image = Picture.objects.create(
        organization=campaign.organization,
        file="pictures/own.webp",
        alt="A camera over a street",
        width=1600,
        height=900,
    )
    campaign.save()
    soup = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    card = {tag["property"]: tag["content"] for tag in soup.select('meta[property^="og:image"]')}
    assert card == {
        "og:image": f"{settings.SITE_URL}/media/pictures/own.webp",
        "og:image:width": "1600",
        "og:image:height": "900",
        "og:image:alt": "A camera over a street",
    }
    assert data_of(client, campaign.get_absolute_url())["image"] == card["og:image"]
