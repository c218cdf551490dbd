"""`import_campaign` makes a campaign of a text, whole or not at all, and only once."""

import hashlib
import io
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import CommandError, call_command

from campaigns.citations import format_citation
from campaigns.importing.creating import create_campaign
from campaigns.importing.parsing import parse_campaign
from campaigns.models import Campaign, MailScope, Organization, Source
from campaigns.text.rendering import render_page, render_plain

pytestmark = pytest.mark.django_db

SAMPLE = settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt"
SMALL = """Rivers Now

{0}

Go

The petition to Mayor A reads:

"{1}"

We email you.

{0}

Why."""


def run(*arguments):
    stdout = io.StringIO()
    call_command("import_campaign", *map(str, arguments), stdout=stdout)
    return stdout.getvalue()


def small(headline="Open the river", statement="Open it."):
    return parse_campaign(SMALL.format(headline, statement))


def test_the_sample_becomes_a_draft_at_its_stable_address():
    said = run(SAMPLE)
    campaign = Campaign.objects.get()

    assert said.splitlines()[0] == f"{settings.SITE_URL}/sign/amazon-rekognition/"
    assert "30 other allies" in said
    assert campaign.state == "draft"
    assert campaign.current_statement().text.startswith("Stop selling facial recognition")
    assert [str(target) for target in campaign.targets.all()] == ["Amazon CEO Jeff Bezos"]
    assert [ally.name for ally in campaign.allies.all()] == ["Center for Media Justice", "ACLU"]


def test_the_organization_and_its_scopes_are_made_of_the_brand_and_the_notice():
    run(SAMPLE)
    organization = Organization.objects.get()
    notice = Campaign.objects.get().current_notice()

    assert (organization.name, organization.short_name) == ("Credo Action", "CREDO")
    assert notice.text == "You'll receive periodic updates on offers and activism opportunities."
    assert notice.kind == "implicit"
    assert [(scope.key, scope.cadence) for scope in notice.scopes.order_by("key")] == [
        ("activism", "monthly"),
        ("offers", "monthly"),
    ]


def test_publish_opens_the_page():
    run(SAMPLE, "--publish")

    assert Campaign.objects.open().get().slug == "amazon-rekognition"


def test_an_organization_that_is_already_there_is_used():
    by_brand = Organization.objects.create(name="CREDO ACTION", slug="somewhere")
    chosen = Organization.objects.create(name="Other", slug="other")
    run(SAMPLE)
    run(SAMPLE, "--organization", "other")

    assert [campaign.slug for campaign in by_brand.campaigns.all()] == ["amazon-rekognition"]
    assert [campaign.slug for campaign in chosen.campaigns.all()] == ["amazon-rekognition-2"]
    assert Organization.objects.count() == 2


def test_importing_twice_says_so_and_doubles_nothing():
    run(SAMPLE)
    Campaign.objects.update(headline="Retitled since")
    said = run(SAMPLE)

    assert said.splitlines()[0] == f"{settings.SITE_URL}/sign/amazon-rekognition/"
    assert "here already" in said
    assert Campaign.objects.get().headline == "Retitled since"
    assert MailScope.objects.count() == 2


def test_the_same_text_under_another_name_is_the_same_campaign(tmp_path):
    run(SAMPLE)
    other = tmp_path / "another-name.txt"
    other.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    said = run(other)

    assert said.splitlines()[0] == f"{settings.SITE_URL}/sign/amazon-rekognition/"
    assert "here already" in said
    assert Campaign.objects.count() == 1


def test_the_same_text_for_another_organization_is_another_campaign():
    Organization.objects.create(name="Other", slug="other")
    run(SAMPLE)
    run(SAMPLE, "--organization", "other")

    assert Campaign.objects.count() == 2


def test_the_address_of_a_citation_is_that_of_its_source(tmp_path):
    file = tmp_path / "river.txt"
    file.write_text(
        SMALL.format("Open the river", "Open it.").replace("Why.", "Why.1 So.2")
        + '\n\n1. Ada Poe, "Closed," The Gazette, 2016. https://g.example/a?fbclid=1\n'
        + '2. "Shut," The Echo, May 2, 2017.\nhttps://e.example/b\nAccessed May 3, 2018.'
    )
    run(file)

    assert list(Source.objects.values_list("title", "url", "accessed_on")) == [
        ("Closed", "https://g.example/a", None),
        ("Shut", "https://e.example/b", date(2018, 5, 3)),
    ]


def test_a_text_in_another_language_makes_a_page_in_that_language():
    run(settings.BASE_DIR / "tests/campaigns/texts/german.txt")

    assert Campaign.objects.get().language == "de"


def test_importing_again_publishes_a_draft_and_never_reopens_what_was_closed():
    run(SAMPLE)
    run(SAMPLE, "--publish")
    assert Campaign.objects.get().state == "open"

    Campaign.objects.get().close()
    run(SAMPLE, "--publish")
    assert Campaign.objects.get().state == "closed"


def test_another_statement_under_the_same_headline_gets_an_address_of_its_own():
    first = create_campaign(draft=small()).campaign
    second = create_campaign(draft=small(statement="Open it today."))

    assert second.created
    assert (first.slug, second.campaign.slug) == ("open-the-river", "open-the-river-2")
    assert create_campaign(draft=small(statement="Open it today.")).campaign == second.campaign


def test_standard_input_is_read_too(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SAMPLE.read_bytes())))

    assert "/sign/tell-amazon-stop-powering-trumps-surveillance-state/" in run("-")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "There is no text"),
        (b"\x00\xff\x00", "not a text file"),
        (b"It was a dark night.\n\nThe rain fell.", "No petition was found"),
        (SMALL.format("A", "x" * 2001).encode(), "statement: .*2000 characters"),
        (b'A\n\nThe petition to Mayor A reads:\n\n"Act."', "whose petition.*--organization SLUG"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_words_and_changes_nothing(tmp_path, content, says):
    file = tmp_path / "some.txt"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=says):
        run(file)
    assert not Campaign.objects.exists()
    assert not Organization.objects.exists()


def test_a_page_that_may_not_be_published_is_not_imported_by_halves(tmp_path):
    file = tmp_path / "some.txt"
    file.write_text(SMALL.format("A", "Act.").replace("We email you.", ""))

    with pytest.raises(CommandError, match="opt-in notice"):
        run(file, "--publish")
    assert not Campaign.objects.exists()


def test_a_missing_file_and_an_unknown_organization_are_named():
    with pytest.raises(CommandError, match="nowhere.txt cannot be read"):
        run("nowhere.txt")
    with pytest.raises(CommandError, match="“nobody”"):
        run(SAMPLE, "--organization", "nobody")


def words(text):
    """Text without what only guides a line's end: white space and word joiners."""
    return " ".join(text.replace("\u2060", "").split())


def test_every_line_of_the_sample_stands_on_the_page_made_of_it():
    run(SAMPLE)
    campaign = Campaign.objects.get()
    rendered = render_page(campaign.body, sources=campaign.sources.all(), ask=campaign.ask)
    body = BeautifulSoup(rendered.html, "html.parser")
    for hidden in body.select(".visually-hidden"):
        hidden.decompose()
    page = [
        *(campaign.organization.name, campaign.headline, campaign.call_to_action_text),
        *(campaign.lead_in_text, f'"{campaign.current_statement().text}"'),
        *(campaign.current_notice().text, campaign.lead_line),
        *(block.text for block in body.find_all("p")),
        campaign.closing,
        *(f"{note.number}. {note.citation}" for note in rendered.notes),
    ]

    lines = [line for line in SAMPLE.read_text().splitlines() if line.strip()]
    lines.remove(f"    {campaign.headline}")  # printed twice, kept once
    assert [words(text) for text in page] == [words(line) for line in lines]


def test_every_sentence_of_the_sample_stands_in_the_plain_text_of_its_mail():
    run(SAMPLE)
    campaign = Campaign.objects.get()
    plain = render_plain(
        campaign.body, sources=campaign.sources.all(), ask=campaign.ask, ask_url="https://x.org/"
    )

    mail = words(re.sub(r"\[([0-9]+)\]", r"\1", plain.body)).replace(" <https://x.org/>", "")
    letter = words(SAMPLE.read_text()).split("surveillance business. ")[1].split(" Thanks for")[0]
    assert mail == letter
    assert all(format_citation(source) in words(plain.sources) for source in campaign.sources.all())


def test_the_sample_in_the_package_is_the_page_that_it_quotes():
    digest = hashlib.sha256(SAMPLE.read_bytes()).hexdigest()

    assert digest == "7162f1dc33f210bdab0e29de72d71860244ea9691a015fe89d12c46c7764f7c7"


@pytest.mark.django_db
def test_a_member_named_on_import_sees_the_organization(django_user_model):
    user = django_user_model.objects.create_user("organizer", is_staff=True)
    sample = settings.BASE_DIR / "campaigns/samples/credo-amazon-rekognition.txt"
    call_command("import_campaign", str(sample), member="organizer")
    assert Campaign.objects.visible_to(user).count() == 1


@pytest.mark.parametrize(
    ("owner", "notice", "named"),
    [
        ("Rivers Now", "You will receive updates from Oakford Readers.", "Oakford Readers"),
        ("Rivers Now", "38 Bridges would like to keep you updated by email.", "38 Bridges"),
        ("Rivers Now", "Ich möchte E-Mails von Grüne Stadt erhalten.", "Grüne Stadt"),
        ("Oakford Readers United", "You will receive updates from Oakford Readers United.", ""),
        ("Oakford Readers United", "Oakford Readers may email you.", ""),
        ("Rivers Now", "You will receive updates from time to time. We may email you.", ""),
    ],
)
def test_a_notice_that_speaks_for_another_organization_is_told(tmp_path, owner, notice, named):
    Organization.objects.create(name=owner, slug="owner")
    file = tmp_path / "library.txt"
    file.write_text(f"Tell Mayor Lee: keep the library\n\nThe branch is busy.\n\n{notice}\n")
    said = run(file, "--organization", "owner")
    assert (f"It names {named}, and the campaign will be one of {owner}." in said) == bool(named)
    assert ("It names" in said) == bool(named)
