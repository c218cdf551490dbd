"""An export has a column for each question of the campaign's own, safe to open in a spreadsheet."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from signatures.erasing import erase
from signatures.models import Signature
from signatures.staff.exporting import Chosen, ask, stream
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_signature

# The stream reads on a connection of its own, so what it reads must be committed.
pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {"union": "=1+1", "visits": True, "gone": "Old words"}


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign()
    ask_one = campaign.custom_fields.create
    ask_one(key="union", label="Your union", position=1)
    ask_one(key="visits", label="I shop there", kind="tick", position=2)
    ask_one(key="where", label="country", position=3)
    ask_one(key="sum", label="=2+2", position=4)
    return campaign


def export(campaign: Campaign, file_format: str = "csv", columns: str = "all") -> bytes:
    asked, _token = ask(
        campaign=campaign,
        user=None,
        purpose="x",
        file_format=file_format,
        chosen=Chosen(columns=columns),
    )
    return b"".join(stream(asked))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_t10_each_answer_stands_under_its_question_and_none_is_a_formula(campaign):
    Signature.objects.filter(pk=make_signature(campaign).pk).update(answers=GIVEN, country="DE")
    make_signature(campaign)
    first, second = rows(export(campaign))
    assert (first["Your union"], first["I shop there"]) == ("'=1+1", "yes")
    assert (first["country"], first["country (where)"], first["'=2+2"]) == ("DE", "", "")
    assert first["answers to former questions"] == '{"gone": "Old words"}'
    assert {second[name] for name in ("Your union", "I shop there")} == {""}
    assert second["answers to former questions"] == ""
    assert first["notice text"] == campaign.current_notice().text


def test_t10_a_workbook_has_the_same_columns(campaign):
    Signature.objects.filter(pk=make_signature(campaign).pk).update(answers=GIVEN)
    sheet = zipfile.ZipFile(io.BytesIO(export(campaign, "xlsx"))).read("xl/worksheets/sheet1.xml")
    for text in ("Your union", "I shop there", "'=2+2", "'=1+1", "answers to former questions"):
        assert text.encode() in sheet.replace(b"&apos;", b"'")
    assert b"<f>" not in sheet


def test_a_delivery_has_no_answers(campaign):
    Signature.objects.filter(pk=make_signature(campaign).pk).update(answers=GIVEN)
    (row,) = rows(export(campaign, columns="delivery"))
    assert list(row) == ["name", "postal code", "country"]


def test_the_page_says_why_an_erased_person_is_counted_and_in_no_file(campaign, client):
    make_signature(campaign, name="Ada")
    erased = make_signature(campaign, name="Bob")
    erase(supporter_id=erased.supporter_id)
    client.force_login(make_organizer(campaign.organization))
    page = words(client.get(reverse("admin:signatures_export_ask", args=[campaign.pk])))
    assert "A file can therefore have fewer rows than the page counts." in page
    assert [row["name"] for row in rows(export(campaign, columns="delivery"))] == ["Ada"]
