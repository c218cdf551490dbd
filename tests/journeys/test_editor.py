"""An organizer writes a letter with sources in a real browser."""

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from campaigns.models import Campaign, Picture, Source
from campaigns.picturing import draw_anew, keep
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign
from tests.journeys.editor import button, editor_of, log_in

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(published=False, body="<p>They watch everyone.</p>")
    for key, title in (("wong-2018", "Amazon under fire"), ("aclu-2017", "Protest bills")):
        Source.objects.create(
            campaign=campaign, key=key, title=title, published_on=date(2018, 5, 22)
        )
    return campaign


def test_markers_and_ask_are_inserted_shown_saved_and_numbered(page, campaign, browser_problems):
    log_in(page, make_organizer(campaign.organization))
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    letter = editor_of(page, "Letter")

    # A source chosen from the campaign's own.
    letter.click()
    page.keyboard.press("Control+End")
    button(page, "Insert source").click()
    page.get_by_label("Source of this campaign").select_option("aclu-2017")
    button(page, "Insert").click()
    # Another, typed the way the importer reads it.
    page.keyboard.type(" And everywhere.[^wong-2018]")
    expect(letter.locator("sup")).to_have_count(2)

    # The ask shows the words that the campaign's field has at this moment.
    page.get_by_label("Ask:").fill("Stop watching us.")
    letter.click()
    page.keyboard.press("Control+End")
    button(page, "Insert ask").click()
    shown = "element => getComputedStyle(element, '::after').content"
    assert letter.locator("div[data-block=ask]").evaluate(shown) == '"Stop watching us."'

    page.locator("[name=_continue]").last.click()
    page.get_by_text("was changed successfully").wait_for()
    campaign.refresh_from_db()
    assert campaign.body == (
        '<p>They watch everyone.<sup data-source="aclu-2017"></sup> And everywhere.'
        '<sup data-source="wong-2018"></sup></p>\n<div data-block="ask"></div>'
    )

    # Opened and saved again, nothing is lost.
    expect(letter.locator("sup")).to_have_count(2)
    page.locator("[name=_publish]").last.click()
    page.get_by_text("takes signatures").wait_for()
    stored = campaign.body
    campaign.refresh_from_db()
    assert (campaign.body, campaign.state) == (stored, "open")

    # The page numbers the sources by first use.
    page.goto(campaign.get_absolute_url())
    expect(page.locator(".prose a[role=doc-noteref]")).to_contain_text(["1", "2"])
    assert "Protest bills" in page.locator("[role=doc-endnotes] li").first.inner_text()
    assert not browser_problems


def test_a_button_is_written_and_an_update_cites_the_sources_of_its_campaign(
    page, campaign, browser_problems
):
    campaign.publish()
    log_in(page, make_organizer(campaign.organization))
    page.goto(f"/admin/campaigns/update/add/?campaign={campaign.pk}")
    page.get_by_label("Title:").fill("They listened")
    assert page.locator("output").first.inner_text() == "13 / 50"
    text = editor_of(page, "Text")
    text.click()
    page.keyboard.type("Yes.")
    button(page, "Insert source").click()
    page.get_by_label("Source of this campaign").select_option("wong-2018")
    button(page, "Insert").click()
    button(page, "Insert button").click()
    page.get_by_label("Words on the button").fill("Read it")
    page.get_by_label("Address it leads to").fill("https://example.org/news")
    button(page, "Insert").click()
    page.locator("[name=_publish]").last.click()
    page.get_by_text("Published:").wait_for()
    assert campaign.updates.get().body == (
        '<p>Yes.<sup data-source="wong-2018"></sup></p>\n<p data-block="button">'
        '<a href="https://example.org/news" rel="noopener nofollow">Read it</a></p>'
    )
    assert not browser_problems


def test_what_is_typed_for_two_campaigns_is_put_back_with_its_campaign(
    page, campaign, browser_problems
):
    campaign.publish()
    other = make_campaign(organization=campaign.organization)
    log_in(page, make_organizer(campaign.organization))
    for each in (campaign, other):
        page.goto(f"/admin/campaigns/update/add/?campaign={each.pk}")
        page.get_by_label("Title:").fill(f"News of {each.pk}")
        editor_of(page, "Text").click()
        page.keyboard.type(f"Of {each.pk}.")
        expect(page.get_by_text("not saved yet")).to_be_visible()

    page.goto(f"/admin/campaigns/update/add/?campaign={campaign.pk}")
    expect(page.get_by_label("Title:")).to_have_value("")
    page.get_by_role("link", name="Put it back").click()

    expect(page.get_by_label("Title:")).to_have_value(f"News of {campaign.pk}")
    expect(editor_of(page, "Text")).to_have_text(f"Of {campaign.pk}.")
    expect(page.locator("[name=campaign]")).to_have_value(str(campaign.pk))
    assert not browser_problems


def test_a_picture_is_inserted_kept_through_the_editor_and_shown(
    page, campaign, browser_problems, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    with io.BytesIO() as file:
        Image.new("RGB", (700, 400), "#0B4FA8").save(file, "PNG")
        drawn = draw_anew(ContentFile(file.getvalue()))
    picture = keep(Picture(organization=campaign.organization, alt="A blue field"), drawn)
    keep(Picture(organization=make_campaign().organization, alt="Not ours"), drawn)
    log_in(page, make_organizer(campaign.organization))
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    letter = editor_of(page, "Letter")
    letter.click()
    page.keyboard.press("Control+End")

    button(page, "Insert picture").click()
    expect(page.get_by_label("Picture", exact=True).locator("option")).to_have_count(1)
    button(page, "Insert").click()
    expect(letter.get_by_alt_text("A blue field")).to_be_visible()
    for _round in range(2):
        button(page, "Save and continue editing").first.click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()
        expect(letter.get_by_alt_text("A blue field")).to_be_visible()

    campaign.refresh_from_db()
    assert f'<img src="{picture.url}" alt="A blue field" width="700" height="400">' in campaign.body
    assert not browser_problems
