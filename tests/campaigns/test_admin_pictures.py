"""Staff upload pictures, choose them for pages, and are told what is wrong with a file."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from campaigns.models import Campaign, Organization, Picture
from tests.campaigns.admin_pages import form_on, save, words
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

ADD = "admin:campaigns_picture_add"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def file(name: str = "IMG_2041 at home.png", kind: str = "PNG", width: int = 700) -> Any:
    with io.BytesIO() as made:
        Image.new("RGB", (width, 300), "#0B4FA8").save(made, kind)
        return SimpleUploadedFile(name, made.getvalue(), content_type="text/html")


def upload(staff: Client, what: Any = None, alt: str = "A blue field") -> Any:
    page = staff.get(reverse(ADD))
    typed = form_on(page, "picture_form") | {"upload": what or file(), "alt": alt, "_save": "Save"}
    return staff.post(reverse(ADD), typed, follow=True)


def test_t35_a_picture_is_taken_and_its_name_forgotten(staff, campaign, media):
    assert upload(staff).status_code == 200
    picture = Picture.objects.get()
    assert picture.organization == campaign.organization
    assert (picture.alt, picture.width, picture.height) == ("A blue field", 700, 300)
    names = [path.name for path in (media / "pictures").iterdir()]
    assert len(names) == 2
    assert not [name for name in names if "IMG" in name or "home" in name]


def test_t35_a_program_in_a_pictures_clothes_is_refused_and_nothing_typed_is_lost(staff, media):
    svg = SimpleUploadedFile("a.png", b"<svg onload='alert(1)'/>", content_type="image/png")
    page = upload(staff, svg, alt="A drawing")
    assert "PNG, JPEG or WebP" in words(page)
    assert form_on(page, "picture_form")["alt"] == ["A drawing"]
    assert not Picture.objects.exists()
    assert not media.exists()


def test_a_picture_needs_its_text_alternative(staff):
    assert "This field is required" in words(upload(staff, alt=" "))
    assert not Picture.objects.exists()


def test_t16_a_picture_is_given_to_no_other_organization(staff):
    other = make_organization()
    typed = {"organization": other.pk, "upload": file(), "alt": "x", "_save": "Save"}
    staff.post(reverse(ADD), typed)
    assert not Picture.objects.exists()


def test_t16_a_page_shows_its_own_organizations_pictures_alone(staff, campaign):
    theirs = Picture.objects.create(
        organization=make_organization(), alt="Theirs", file="pictures/x.webp", width=1, height=1
    )
    url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    save(staff, url, "campaign_form", image=str(theirs.pk))
    url = reverse("admin:campaigns_organization_change", args=[campaign.organization.pk])
    save(staff, url, "organization_form", logo=str(theirs.pk))
    assert Campaign.objects.get(pk=campaign.pk).image is None
    assert Organization.objects.get(pk=campaign.organization.pk).logo is None


def test_a_picture_that_a_page_shows_is_not_deleted(staff, campaign, media):
    upload(staff)
    picture = Picture.objects.get()
    url = reverse("admin:campaigns_picture_delete", args=[picture.pk])
    for shown in (
        {"image": picture},
        {"body": f'<p><img src="{picture.url}" alt="x"></p>'},
    ):
        Campaign.objects.filter(pk=campaign.pk).update(**shown)
        assert staff.post(url, {"post": "yes"}).status_code == 403
        Campaign.objects.filter(pk=campaign.pk).update(image=None, body="")
    campaign.organization.logo = picture
    campaign.organization.save()
    assert staff.post(url, {"post": "yes"}).status_code == 403


def test_a_picture_that_nobody_needs_goes_with_its_files(
    staff, media, django_capture_on_commit_callbacks
):
    upload(staff)
    url = reverse("admin:campaigns_picture_delete", args=[Picture.objects.get().pk])
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(url, {"post": "yes"})
    assert not Picture.objects.exists()
    assert list((media / "pictures").iterdir()) == []


def test_a_better_text_alternative_changes_no_file(staff, media):
    upload(staff)
    before = Picture.objects.get()
    url = reverse("admin:campaigns_picture_change", args=[before.pk])
    save(staff, url, "picture_form", alt="A field of flax")
    after = Picture.objects.get()
    assert (after.alt, after.file.name) == ("A field of flax", before.file.name)


def test_a_disk_that_takes_no_file_leaves_no_picture_behind(staff, media):
    media.parent.mkdir(exist_ok=True)
    media.write_text("no folder")
    staff.raise_request_exception = False
    assert upload(staff).status_code == 500
    assert not Picture.objects.exists()


def test_t16_the_editor_is_offered_the_organizations_own_pictures(staff, campaign):
    upload(staff)
    other = make_campaign()
    Picture.objects.create(organization=other.organization, alt="Theirs", width=1, height=1)
    url = reverse("admin:campaigns_picture_offer")
    for query in ("", f"?campaign={campaign.pk}", "?campaign=x"):
        assert [each["alt"] for each in staff.get(url + query).json()["pictures"]] == [
            "A blue field"
        ]
    assert staff.get(f"{url}?campaign={other.pk}").json() == {"pictures": []}
