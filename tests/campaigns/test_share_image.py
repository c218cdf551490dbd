"""The picture of a shared link: its size, its colours, its address, and scripts it cannot set."""

import io
import re
import urllib.request

import psutil
import pytest
from PIL import Image

from campaigns.card_drawing import _face_for
from campaigns.editions import edition
from campaigns.models import Campaign, Organization, Tally
from campaigns.share_image import Card, card_of, digest, draw, share_image_url
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization

SIGNAL = (0xFF, 0xD2, 0x1F)


def card(**words) -> Card:
    return Card(
        **{
            "organization": "Example Action",
            "headline": "Tell Amazon: Stop",
            "action": "Sign the petition",
            "count_line": "43,000+ people have signed",
            "signal": "#FFD21F",
            "right_to_left": False,
            "host": "act.example.org",
            **words,
        }
    )


def picture(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Where in `box` anything dark stands."""
    return image.crop(box).convert("L").point(lambda level: 255 * (level < 128)).getbbox()


def test_it_is_a_poster_of_1200_by_630_in_the_organizations_colour():
    image = picture(draw(card()))
    assert image.size == (1200, 630)
    assert image.getpixel((600, 610)) == SIGNAL
    assert picture(draw(card(signal="#0B4FA8"))).getpixel((600, 610)) == (0x0B, 0x4F, 0xA8)
    assert ink(image, (64, 130, 1136, 500))
    assert len(draw(card())) < 60_000


@pytest.mark.parametrize(
    "headline",
    [
        "Listen",
        "A long headline on matters of procedure " * 5,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        "Амазон: хватит продавать технологии распознавания лиц",
        "Ngừng bán công nghệ nhận dạng khuôn mặt",
    ],
)
def test_no_headline_leaves_its_place(headline):
    image = picture(draw(card(headline=headline[:200])))
    assert ink(image, (0, 112, 60, 500)) is None
    assert ink(image, (1140, 112, 1200, 500)) is None
    assert ink(image, (64, 120, 1136, 500))


def test_arabic_begins_at_the_right():
    image = picture(draw(card(headline="توقفوا", right_to_left=True, count_line="")))
    drawn = ink(image, (64, 130, 1136, 500))
    assert drawn
    left, _top, right, _bottom = drawn
    assert right > 1050
    assert left > 500
    assert image.getpixel((70, 570)) == SIGNAL  # the button is at the right too


def test_a_script_without_a_face_is_replaced_by_the_address_and_never_by_boxes():
    assert _face_for("停止") == ""
    assert _face_for("Стоп") == "DejaVuSansCondensed-Bold.ttf"
    assert _face_for("Stopp, ç’est ő") == "ArchivoCondensed-ExtraBold.ttf"
    plain = draw(card(headline="停止向政府出售", organization="行动组织"))
    assert plain == draw(card(headline="act.example.org", organization="act.example.org"))


@pytest.mark.django_db
def test_the_address_changes_with_what_is_drawn_and_with_nothing_else():
    campaign = make_campaign()

    def address():
        return share_image_url(Campaign.objects.get(pk=campaign.pk))

    def tally(counted):
        Tally.objects.update_or_create(campaign=campaign, defaults={"counted": counted})

    seen = [address()]
    assert re.fullmatch(rf"/sign/{campaign.slug}/share\.[0-9a-f]{{16}}\.png", seen[0])
    tally(49)
    Campaign.objects.filter(pk=campaign.pk).update(body="<p>Another letter.</p>")
    assert address() == seen[0]
    tally(43_218)
    seen.append(address())
    tally(43_999)
    assert address() == seen[1]
    tally(44_000)
    seen.append(address())
    Campaign.objects.filter(pk=campaign.pk).update(headline="Another headline")
    seen.append(address())
    Organization.objects.filter(pk=campaign.organization_id).update(signal_color="#AABBCC")
    seen.append(address())
    assert len(set(seen)) == 5


@pytest.mark.django_db
def test_the_page_leads_to_it_and_it_is_kept_for_ever_under_its_address(client):
    campaign = make_campaign(organization=make_organization(signal_color="#2E7D32"))
    page = client.get(campaign.get_absolute_url()).content.decode()
    address = re.search(r'og:image" content="http://[^/]+(/[^"]+)"', page)[1]
    response = client.get(address)
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert picture(response.content).getpixel((600, 610)) == (0x2E, 0x7D, 0x32)
    assert 'name="twitter:card" content="summary_large_image"' in page


@pytest.mark.django_db
def test_an_address_of_before_a_change_gets_the_picture_of_today_for_an_hour(client):
    campaign = make_campaign()
    response = client.get(f"/sign/{campaign.slug}/share.0123456789abcdef.png")
    assert response.content == draw(card_of(campaign))
    assert response["Cache-Control"] == "public, max-age=3600"


@pytest.mark.django_db
def test_each_language_has_a_picture_of_its_own():
    campaign = make_campaign()
    spanish = card_of(edition(campaign, translate(campaign)))
    assert spanish.headline == "Díganle a Amazon: basta"
    assert digest(spanish) != digest(card_of(campaign))


@pytest.mark.django_db
def test_drafts_and_withdrawn_campaigns_have_no_picture(client):
    draft = make_campaign(published=False)
    assert client.get(f"/sign/{draft.slug}/share.0123456789abcdef.png").status_code == 404


@pytest.mark.django_db
def test_a_closed_campaign_asks_nobody_to_sign():
    campaign = make_campaign()
    campaign.close()
    assert card_of(campaign).action == ""


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_web_worker_that_gives_out_a_picture_has_not_loaded_what_draws_it(start_site):
    campaign = make_campaign()
    site = start_site()
    for address in ("/", campaign.get_absolute_url(), share_image_url(campaign)):
        assert urllib.request.urlopen(site.url + address).status == 200
    master = psutil.Process(site.child.pid)
    for process in (master, *master.children(recursive=True)):
        assert not any("_imaging" in loaded.path for loaded in process.memory_maps())
