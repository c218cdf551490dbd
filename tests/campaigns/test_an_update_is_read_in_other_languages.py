"""An update in another language stands on the page of that language, in its feed, in its mail."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Translation, Update, UpdateText
from mailings.drafting import add_language, draft_from_update
from mailings.writing import who_wrote
from tests.campaigns.admin_pages import make_organizer, save, words
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

ENGLISH, SPANISH = "<p>They stopped for a year.</p>", "<p>Pararon por un año.</p>"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(headline="Tell Amazon: Stop")


@pytest.fixture
def spanish(campaign: Campaign) -> Translation:
    return translate(campaign)


@pytest.fixture
def update(campaign: Campaign) -> Update:
    return Update.objects.create(
        campaign=campaign, title="They stopped", body=ENGLISH, published_at=timezone.now()
    )


def said_in_spanish(update: Update) -> UpdateText:
    text: UpdateText = update.texts.create(language="es", title="Pararon", body=SPANISH)
    return text


def addresses(spanish: Translation, update: Update) -> list[str]:
    return [
        reverse("campaign-page", args=[spanish.slug]),
        reverse("update-page", args=[spanish.slug, update.pk]),
        reverse("campaign-feed", args=[spanish.slug]),
    ]


def test_the_pages_and_the_feed_of_a_language_tell_it_in_that_language(
    client: Client, campaign: Campaign, spanish: Translation, update: Update
) -> None:
    said_in_spanish(update)
    for address in addresses(spanish, update):
        html = client.get(address).content.decode()
        assert "Pararon por un año." in html, address
        assert "They stopped" not in html, address
    for address in (campaign.get_absolute_url(), reverse("campaign-feed", args=[campaign.slug])):
        html = client.get(address).content.decode()
        assert "They stopped for a year." in html
        assert "Pararon" not in html
    page = client.get(addresses(spanish, update)[0]).content.decode()
    assert '<article class="update"' in page
    assert 'lang="es"' in page.split('<article class="update"')[1].split(">")[0]


def test_until_it_says_all_it_stands_there_as_it_was_written(
    client: Client, spanish: Translation, update: Update
) -> None:
    update.texts.create(language="es", title="Pararon", body="")
    for address in addresses(spanish, update):
        assert "They stopped for a year." in client.get(address).content.decode(), address


def test_an_organizer_begins_it_beside_the_update_and_saves_it(
    client: Client, campaign: Campaign, spanish: Translation, update: Update
) -> None:
    client.force_login(make_organizer(campaign.organization))
    begin = reverse("admin:campaigns_update_language", args=[update.pk])
    for _ in range(2):
        answer = client.post(begin, {"language": "es"})
    text = update.texts.get()
    url = reverse("admin:campaigns_updatetext_change", args=[text.pk])
    assert answer.headers["Location"] == url
    assert "This field is required." in words(save(client, url, "updatetext_form", title=""))
    save(client, url, "updatetext_form", title="Pararon", body=SPANISH)
    assert "Pararon" in client.get(addresses(spanish, update)[0]).content.decode()
    assert "Pararon" in words(
        client.get(reverse("admin:campaigns_update_change", args=[update.pk]))
    )
    assert "Choose a language" in words(client.post(begin, {"language": "xx"}, follow=True))
    assert client.get(begin).status_code == 405


def test_t16_a_stranger_neither_sees_nor_begins_it(client: Client, update: Update) -> None:
    text = said_in_spanish(update)
    client.force_login(make_organizer(make_organization()))
    begin = reverse("admin:campaigns_update_language", args=[update.pk])
    assert client.post(begin, {"language": "de"}).status_code == 404
    url = reverse("admin:campaigns_updatetext_change", args=[text.pk])
    assert client.get(url).status_code == 404
    assert not update.texts.filter(language="de").exists()


def test_its_mail_in_that_language_begins_with_these_words_and_knows_their_writer(
    client: Client, campaign: Campaign, update: Update
) -> None:
    text = said_in_spanish(update)
    writer = make_organizer(campaign.organization)
    client.force_login(writer)
    url = reverse("admin:campaigns_updatetext_change", args=[text.pk])
    save(client, url, "updatetext_form", preheader="Un año")
    mailing = draft_from_update(update=update, user=None)

    added = add_language(mailing=mailing, language="es", user=None)

    assert added
    assert (added.subject, added.preheader, added.body) == ("Pararon", "Un año", SPANISH)
    assert writer.pk in who_wrote(mailing)
