"""Two organizers have one page open: the second hears what the first saved, and loses nothing."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Source
from signatures.page_cache import pages
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.campaigns.languages import translate
from tests.factories import make_campaign
from tests.signatures.meanwhile import Tab, just_before

pytestmark = pytest.mark.django_db
FORM = "campaign_form"
CLOSES = datetime(2031, 5, 1, 16, 0, 42, tzinfo=UTC)
BODY = "<p>{}</p>".format(" ".join(f"word{number}" for number in range(200)))


@pytest.fixture
def campaign():
    pages._pages.clear()
    return make_campaign(body=BODY, closing="Thanks.", closes_at=CLOSES)


@pytest.fixture
def url(campaign):
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def someone(campaign, name):
    person = Client()
    person.force_login(make_organizer(campaign.organization, name))
    return person


@pytest.fixture
def alice(campaign):
    return someone(campaign, "alice")


@pytest.fixture
def bea(campaign):
    return someone(campaign, "bea")


def submit(person, url, data, form=FORM, **typed):
    return person.post(url, data | {"_save": "Save"} | typed)


def now(campaign):
    return Campaign.objects.get(pk=campaign.pk)


def test_a_page_saved_by_one_person_after_another_says_nothing(alice, bea, campaign, url):
    save(bea, url, FORM, headline="First")
    assert submit(alice, url, form_on(alice.get(url), FORM), headline="Second").status_code == 302
    assert now(campaign).headline == "Second"


def test_the_second_hears_who_changed_what_and_sees_both_texts(alice, bea, campaign, url):
    opened = form_on(alice.get(url), FORM)
    save(bea, url, FORM, headline="Tell Amazon: Enough", lead_line="News.")
    response = submit(alice, url, opened, headline="Tell Amazon: Quit")
    said = words(response)
    assert response.status_code == 200
    assert "bea saved this page at" in said
    assert "Changed Headline and Lead line." in said
    assert "Both of you changed: Headline" in said
    soup = BeautifulSoup(response.content, "html.parser")
    marked = [mark.get_text() for mark in soup.select(".meanwhile mark")]
    assert marked == ["Enough", "Quit"]
    assert now(campaign).headline == "Tell Amazon: Enough"
    assert form_on(response, FORM)["headline"] == ["Tell Amazon: Quit"]


def test_saving_again_keeps_mine_and_what_only_the_other_changed(alice, bea, campaign, url):
    opened = form_on(alice.get(url), FORM)
    save(bea, url, FORM, headline="Theirs", closing="Yours truly.")
    warned = submit(alice, url, opened, headline="Mine", ask="Do it.")
    assert "what is saved stands in the form now: Closing." in words(warned)
    assert submit(alice, url, form_on(warned, FORM)).status_code == 302
    saved = now(campaign)
    assert (saved.headline, saved.closing, saved.ask) == ("Mine", "Yours truly.", "Do it.")
    assert saved.closes_at == CLOSES


def test_theirs_is_taken_over_field_by_field(alice, bea, campaign, url):
    opened = form_on(alice.get(url), FORM)
    changed = BODY.replace("word150", "better")
    save(
        bea,
        url,
        FORM,
        headline="Theirs",
        body=changed,
        statement_text="Stop all of it.",
        statement_reason="Asked",
        statement_change_note="Clearer.",
    )
    mine = BODY.replace("word20", "mine")
    warned = submit(alice, url, opened, headline="Mine", body=mine)
    said = words(warned)
    assert "Both of you changed: Letter" in said
    assert "Statement" in said
    chosen = form_on(warned, FORM) | {"take-theirs": ["body"]}
    assert submit(alice, url, chosen).status_code == 302
    saved = now(campaign)
    assert (saved.headline, saved.body) == ("Mine", changed)
    assert saved.current_statement().text == "Stop all of it."


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_asked(alice, bea, campaign, url):
    opened, theirs = form_on(alice.get(url), FORM), form_on(bea.get(url), FORM)
    claim = 'UPDATE "campaigns_campaign" SET "edits"'
    with just_before(claim, lambda: Tab(lambda: submit(bea, url, theirs, headline="B")).done()):
        response = submit(alice, url, opened, headline="A")
    assert response.status_code == 200
    assert "bea saved this page at" in words(response)
    assert now(campaign).headline == "B"


def test_a_row_that_only_the_other_changed_is_not_turned_back(alice, bea, campaign, url):
    source = Source.objects.create(campaign=campaign, key="wong", title="Recipe")
    opened = form_on(alice.get(url), FORM)
    save(bea, url, FORM, **{"sources-0-publisher": "The Guardian"})
    warned = submit(alice, url, opened, headline="Mine")
    assert "publisher" in words(warned).lower()
    assert submit(alice, url, form_on(warned, FORM)).status_code == 302
    source.refresh_from_db()
    assert (source.publisher, now(campaign).headline) == ("The Guardian", "Mine")


def test_a_copy_accepted_meanwhile_stays_without_a_word(alice, campaign, url):
    source = Source.objects.create(campaign=campaign, key="wong", title="Recipe")
    opened = form_on(alice.get(url), FORM)
    Source.objects.filter(pk=source.pk).update(archive_url="https://archive.example/1")
    assert submit(alice, url, opened, headline="Mine").status_code == 302
    source.refresh_from_db()
    assert source.archive_url == "https://archive.example/1"


def test_a_row_that_the_other_deleted_comes_back_only_if_i_worked_on_it(alice, bea, campaign, url):
    for key in ("one", "two"):
        Source.objects.create(campaign=campaign, key=key, title=key)
    opened = form_on(alice.get(url), FORM)
    save(bea, url, FORM, **{"sources-0-DELETE": "on", "sources-1-DELETE": "on"})
    warned = submit(alice, url, opened, **{"sources-1-title": "Two, mended"})
    assert "Deleted meanwhile: source, source." in words(warned)
    assert submit(alice, url, form_on(warned, FORM)).status_code == 302
    assert list(campaign.sources.values_list("key", "title")) == [("two", "Two, mended")]


def test_an_outcome_told_meanwhile_is_not_turned_back(alice, campaign, url):
    campaign.close()
    opened = form_on(alice.get(url), FORM)
    now(campaign).win(outcome="They stopped.")
    warned = submit(alice, url, opened, headline="Mine")
    assert "This page was changed after you opened it" in words(warned)
    submit(alice, url, form_on(warned, FORM))
    assert (now(campaign).outcome, now(campaign).headline) == ("They stopped.", "Mine")


def test_opening_and_closing_by_the_clock_disturbs_nobody(alice, campaign, url):
    opened = form_on(alice.get(url), FORM)
    now(campaign).close()
    assert submit(alice, url, opened, headline="Mine").status_code == 302
    assert (now(campaign).headline, now(campaign).state) == ("Mine", "closed")


def test_a_preview_asks_nothing_and_saves_nothing(alice, bea, campaign, url):
    opened = form_on(alice.get(url), FORM)
    save(bea, url, FORM, headline="Theirs")
    response = alice.post(url, opened | {"headline": "Mine", "_preview": "1"})
    assert "Mine" in words(response)
    assert now(campaign).headline == "Theirs"


@pytest.mark.parametrize("sent", ["", "[]", "nonsense", '[1,2,["x"]]', '["a",null,{}]'])
def test_a_form_that_says_nothing_of_what_it_showed_overwrites_nothing(alice, campaign, url, sent):
    opened = form_on(alice.get(url), FORM) | {"seen": sent}
    assert "Both of you changed: Headline" in words(submit(alice, url, opened, headline="Mine"))
    assert now(campaign).headline == campaign.headline


def test_translations_are_guarded_too(alice, bea, campaign):
    translation, form = translate(campaign), "translation_form"
    url = reverse("admin:campaigns_translation_change", args=[translation.pk])
    opened = form_on(alice.get(url), form)
    save(bea, url, form, headline="Theirs")
    warned = submit(alice, url, opened, headline="Mine")
    assert "Both of you changed: Headline" in words(warned)
    translation.refresh_from_db()
    assert translation.headline == "Theirs"
    submit(alice, url, form_on(warned, form))
    translation.refresh_from_db()
    assert translation.headline == "Mine"
