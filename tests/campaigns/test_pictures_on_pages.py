"""Pictures stand on pages with their size and their text, and no page waits for their disk."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from campaigns.models import Campaign, Picture
from campaigns.picturing import draw_anew, keep
from campaigns.text.sanitising import clean
from signatures.models import Signature
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def picture() -> Picture:
    with io.BytesIO() as file:
        Image.new("RGB", (1200, 800), "#0B4FA8").save(file, "PNG")
        drawn = draw_anew(ContentFile(file.getvalue()))
    return keep(Picture(organization=make_campaign().organization, alt='A "blue" field'), drawn)


@pytest.fixture
def campaign(picture: Picture) -> Campaign:
    organization = picture.organization
    organization.logo = picture
    organization.save()
    body = f'<p>Look.</p><p><img src="{picture.url}" alt="Blue"></p>'
    return make_campaign(organization=organization, image=picture, body=body)


def page_of(client: Client, campaign: Campaign) -> Tag:
    response = client.get(campaign.get_absolute_url())
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_the_picture_of_a_campaign_stands_below_the_ask(client, campaign, picture):
    page = page_of(client, campaign)
    image = page.select_one(".picture img")
    assert image["alt"] == 'A "blue" field'
    assert (image["width"], image["height"]) == ("1200", "800")
    assert image["loading"] == "lazy"
    assert image["src"] == picture.url
    assert [part.split()[1] for part in image["srcset"].split(", ")] == ["480w", "960w", "1200w"]
    html = str(page)
    assert html.index('id="sign"') < html.index('class="picture"') < html.index('class="letter"')


def test_every_picture_of_the_page_is_there_and_all_below_the_ask_wait_to_be_neared(
    client, campaign
):
    images = page_of(client, campaign).find_all("img")
    assert len(images) == 3
    assert [image.get("loading") for image in images] == [None, "lazy", "lazy"]
    for image in images:
        listed = [part.split()[0] for part in image.get("srcset", "").split(", ") if part]
        for url in {image["src"], *listed}:
            assert client.get(url).status_code == 200, url


def test_the_logo_stands_beside_the_name(client, campaign):
    name = page_of(client, campaign).select_one(".masthead .name")
    assert name.img["alt"] == ""
    assert name.get_text(strip=True) == campaign.organization.name


def test_a_page_without_pictures_has_no_trace_of_them(client):
    assert not page_of(client, make_campaign()).find_all("img")


def test_t35_a_text_shows_our_own_pictures_and_no_other(picture):
    own = f'<p><img src="{picture.url}" alt="Blue"></p>'
    assert "<img" in clean(own)
    for src in (
        "https://evil.example/a.webp",
        "//evil.example/media/pictures/a.webp",
        "/media/../admin/",
        "/admin/logout/",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "javascript:alert(1)",
    ):
        assert "<img" not in clean(f'<p>x<img src="{src}" alt="x"></p>'), src


@pytest.mark.parametrize("state", ["deleted", "no folder", "closed"])
def test_f30_without_the_disk_of_pictures_pages_and_signing_go_on(client, campaign, media, state):
    url = campaign.image.url
    shutil.rmtree(media)
    if state == "no folder":
        media.write_text("a file")
    elif state == "closed":
        media.mkdir(mode=0)
    assert page_of(client, campaign).select_one(".picture img")["src"] == url
    assert client.get(url).status_code == 404
    typed = {"name": "Ada Lovelace", "email": "ada@example.org"}
    assert client.post(campaign.get_absolute_url(), typed).status_code == 303
    assert Signature.objects.filter(campaign=campaign).exists()
