"""“New from text” in the admin: paste, look, set right, make a draft; nothing typed is lost."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Organization
from tests.campaigns.admin_pages import form_on, make_organizer, words
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

TEXTS = Path(__file__).parent / "texts"
MAIL = (TEXTS / "quoted_mail.txt").read_text()
FORM = "from_text_form"


@pytest.fixture
def organization() -> Organization:
    return make_organization(name="Tenants Together")


@pytest.fixture
def staff(client: Client, organization: Organization) -> Client:
    client.force_login(make_organizer(organization))
    return client


@pytest.fixture
def url() -> str:
    return reverse("admin:campaigns_campaign_from_text")


def read(staff: Client, url: str, text: str, **more):
    """Paste a text and press “Read the text”."""
    data = form_on(staff.get(url), FORM)
    return staff.post(url, data | {"text": text, "_read": "1"} | more)


def row(response, name: str) -> str:
    """The row of the review that is called so."""
    soup = BeautifulSoup(response.content, "html.parser")
    found = [tr for tr in soup.select("tr[data-state]") if tr.select_one(".name").text == name]
    return " ".join(found[0].get_text(" ").split())


def test_the_list_of_campaigns_leads_to_it(staff, url):
    page = staff.get(reverse("admin:campaigns_campaign_changelist"))

    assert f'href="{url}"' in page.content.decode()


def test_reading_shows_every_part_with_its_text_and_makes_nothing(staff, url):
    page = read(staff, url, MAIL)

    assert "a guess" in row(page, "headline")
    assert "sure" in row(page, "statement")
    assert "not found" in row(page, "opt-in notice")
    assert "Harbor Homes CEO Denise Ward" in row(page, "targets")
    assert "> The petition to Harbor Homes CEO Denise Ward says:" in row(page, "lead-in")
    assert "On Mon, 3 Feb 2025" in words(page)
    assert "https://tenants.example/letter (" not in words(page)
    assert not Campaign.objects.exists()


def test_what_was_read_becomes_a_draft_and_never_a_public_page(staff, url, organization):
    page = read(staff, url, MAIL)
    data = form_on(page, FORM) | {"_create": "1"}
    made = staff.post(url, data)
    campaign = Campaign.objects.get()

    assert made.headers["Location"] == reverse(
        "admin:campaigns_campaign_change", args=[campaign.pk]
    )
    assert (campaign.organization, campaign.state) == (organization, "draft")
    assert [source.url for source in campaign.sources.all()] == [
        "",
        "https://tenants.example/letter",
    ]


def test_pressing_twice_makes_one_campaign_and_the_review_says_that_it_is_there(staff, url):
    page = read(staff, url, MAIL)
    data = form_on(page, FORM) | {"_create": "1"}
    first, second = staff.post(url, data), staff.post(url, data)

    assert first.headers["Location"] == second.headers["Location"]
    assert Campaign.objects.count() == 1
    assert "is here already" in words(read(staff, url, MAIL))


def test_a_paragraph_in_the_wrong_place_is_set_right(staff, url):
    text = "Rivers Now\n\nOpen the river\n\nSign the petition\n\nIt is closed.\n\nPlease open it."
    page = read(staff, url, text)
    data = form_on(page, FORM)
    assert data["line-4"] == ["letter"]
    again = staff.post(url, data | {"line-4": "statement", "_read": "1"})

    assert "Please open it." in row(again, "statement")
    staff.post(url, form_on(again, FORM) | {"_create": "1"})
    assert Campaign.objects.get().current_statement().text == "Please open it."


def test_choices_for_another_text_are_not_applied_to_this_one(staff, url):
    data = form_on(read(staff, url, MAIL), FORM) | {"line-1": "statement"}
    page = staff.post(url, data | {"text": "Stop the dam\n\nSign now\n\nIt is bad.", "_read": "1"})

    assert "Stop the dam" in row(page, "headline")


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Paste a text"), ("It rained.\n\nAll night.", "No petition was found")],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(staff, url, text, says):
    page = read(staff, url, text)

    assert says in words(page)
    assert "".join(form_on(page, FORM).get("text", [])) == text
    assert not Campaign.objects.exists()


def test_somebody_who_insists_is_believed(staff, url):
    page = read(staff, url, "It rained.\n\nAll night.", _insist="1")

    assert "It rained." in row(page, "headline")


def test_a_file_is_read_and_put_into_the_field(staff, url):
    file = SimpleUploadedFile("word.txt", (TEXTS / "word_paste.txt").read_bytes())
    page = read(staff, url, "", file=file)

    assert "Governor Ruth Okafor" in row(page, "targets")
    assert "Coalition for Safe Streets" in form_on(page, FORM)["text"][0]


def test_a_file_that_is_no_text_is_refused_beside_its_field(staff, url):
    page = read(staff, url, MAIL, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))

    assert "looks like PDF" in words(page)
    assert form_on(page, FORM)["text"][0].splitlines() == MAIL.splitlines()


def test_a_part_that_is_too_long_is_refused_and_nothing_is_half_made(staff, url):
    text = f'Stop it\n\nSign now\n\nThe petition to Mayor A reads:\n\n"{"word " * 500}end."'
    page = read(staff, url, text)
    refused = staff.post(url, form_on(page, FORM) | {"_create": "1"})

    assert "statement:" in words(refused)
    assert not Campaign.objects.exists()


def test_t16_nobody_makes_a_campaign_for_another_organization(staff, url):
    other = make_organization()
    page = read(staff, url, MAIL, organization=str(other.pk), _create="1")

    assert page.status_code == 200
    assert not Campaign.objects.exists()


def test_a_line_of_the_list_that_becomes_no_source_is_said(staff, url):
    page = read(staff, url, MAIL.replace("> 2. Tenants", "> 2. Ibid.\n> 3. Tenants"))

    assert "both numbers cite that one" in words(page)


def test_somebody_who_may_not_add_campaigns_is_refused(client, url, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))

    assert client.get(url).status_code == 403


def test_markup_in_a_text_is_shown_as_text(staff, url):
    text = "Stop <script>alert(1)</script>\n\nSign now\n\nA <b>letter</b>.\n\nIt goes on."
    page = read(staff, url, text).content.decode()

    assert "<script>alert" not in page


def test_a_list_without_a_campaign_leads_to_the_first_one(staff, organization, url):
    address = reverse("admin:campaigns_campaign_changelist")
    empty = staff.get(address)
    assert "No campaign yet" in words(empty)
    assert f'class="button default" href="{url}"' in empty.content.decode()
    make_campaign(organization=organization)
    assert "No campaign yet" not in words(staff.get(address))
    assert "No campaign yet" not in words(staff.get(f"{address}?q=nothing"))
