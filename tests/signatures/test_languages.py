"""One campaign in several languages: a page each, one count, one signature a person over all."""

from collections.abc import Callable
from functools import partial

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from campaigns.editions import edition, editions_of
from campaigns.models import Campaign, ConsentNotice, Tally
from signatures import links, open_campaigns
from signatures.counting import refresh_tallies
from signatures.letters.writing import LetterPress
from signatures.models import DataAccess, Letter, Signature
from signatures.page_cache import pages
from tests.campaigns.languages import NOTICE_ES, STATEMENT_ES, translate
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(kind=ConsentNotice.Kind.UNTICKED_BOX)


@pytest.fixture
def spanish(campaign):
    return translate(campaign)


def read(client, address):
    pages._pages.clear()
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def sign(client, page, email="ada@example.org"):
    """Sign as a browser does that shows `page`: with the versions that its form names."""
    soup = read(client, page.get_absolute_url())
    shown = {name: soup.select_one(f"[name={name}]")["value"] for name in ("statement", "notice")}
    typed = {"name": "Ada", "email": email, "consent": "on"}
    response = client.post(page.get_absolute_url(), typed | shown)
    assert response.status_code == 303, response.content.decode()
    return response


def test_each_language_has_a_page_with_its_texts_its_words_and_its_direction(client, campaign):
    arabic = translate(campaign, language="ar", headline="قولوا لأمازون", statement="توقفوا.")
    spanish = translate(campaign)
    soup = read(client, spanish.get_absolute_url())
    assert (soup.html["lang"], soup.html["dir"]) == ("es", "ltr")
    assert soup.h1.get_text() == spanish.headline
    assert soup.blockquote.get_text(strip=True) == STATEMENT_ES
    assert NOTICE_ES in soup.form.get_text()
    assert "Nombre y apellidos" in soup.form.get_text()
    soup = read(client, arabic.get_absolute_url())
    assert (soup.html["lang"], soup.html["dir"]) == ("ar", "rtl")
    assert soup.h1.get_text() == "قولوا لأمازون"


def test_each_page_leads_to_the_others_and_tells_machines_so(client, campaign, spanish):
    for page, other in ((campaign, spanish), (spanish, campaign)):
        soup = read(client, page.get_absolute_url())
        (link,) = soup.select("nav.languages a")
        assert (link["href"], link["hreflang"]) == (other.get_absolute_url(), other.language)
        assert link["lang"] == other.language
        alternates = {a["hreflang"]: a["href"] for a in soup.select("link[hreflang]")}
        assert alternates == {
            "x-default": campaign.public_url,
            "en": campaign.public_url,
            "es": spanish.public_url,
        }
        assert soup.select_one("link[rel=canonical]")["href"] == page.public_url


def test_a_campaign_in_one_language_has_no_switcher(client, campaign):
    translate(campaign, published=False)
    assert not read(client, campaign.get_absolute_url()).select("nav.languages, link[hreflang]")


def test_a_draft_translation_and_one_of_a_draft_are_not_found(client, campaign):
    unfinished = translate(campaign, published=False)
    of_a_draft = translate(make_campaign(published=False))
    for page in (unfinished, of_a_draft):
        assert client.get(page.get_absolute_url()).status_code == 404
        assert client.post(page.get_absolute_url(), {"name": "Ada"}).status_code == 404


def test_a_signature_keeps_the_statement_and_the_notice_of_its_language(client, campaign, spanish):
    response = sign(client, spanish)
    assert response["Location"] == f"/sign/{spanish.slug}/thanks/"
    signature = Signature.objects.get()
    assert signature.campaign_id == campaign.pk
    assert signature.statement.text == STATEMENT_ES
    assert signature.notice.text == NOTICE_ES
    assert set(signature.notice.scopes.all()) == set(campaign.current_notice().scopes.all())


def test_a_form_that_names_no_version_signs_what_its_own_page_shows(client, campaign, spanish):
    typed = {"name": "Ada", "email": "ada@example.org", "consent": "on"}
    client.post(spanish.get_absolute_url(), typed)
    client.post(campaign.get_absolute_url(), typed | {"email": "bea@example.org"})
    languages = Signature.objects.order_by("pk").values_list("statement__language", flat=True)
    assert list(languages) == ["es", ""]


def test_a_person_signs_once_over_all_languages_and_both_pages_show_one_count(
    client, campaign, spanish
):
    sign(client, spanish)
    sign(client, campaign)
    assert Signature.objects.count() == 1
    Tally.objects.update_or_create(campaign=campaign, defaults={"counted": 43_218})
    for page in (campaign, spanish):
        pages._pages.clear()
        counted = client.get(f"{page.get_absolute_url()}count.json").json()
        assert counted["signatures"] == 43_218


def test_what_is_refused_is_said_in_the_language_of_the_page(client, spanish):
    response = client.post(spanish.get_absolute_url(), {"name": "", "email": "ada"})
    assert response.status_code == 422
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.h1.get_text() == spanish.headline
    assert "Escribe tu nombre." in soup.select_one(".errors").get_text()


def test_thanks_letter_confirm_page_and_count_follow_the_language_that_was_signed(
    client, campaign, spanish
):
    sign(client, spanish)
    thanks = BeautifulSoup(client.get(f"/sign/{spanish.slug}/thanks/").content, "html.parser")
    assert thanks.html["lang"] == "es"
    assert "mira tu correo" in thanks.get_text()
    letter = Letter.objects.select_related("supporter", "signature__campaign__organization").get()
    _envelope, message = LetterPress().write(letter)
    mail = email_from(message)
    assert str(mail["Subject"]) == f"Confirma tu firma: {spanish.headline}"
    text = mail.get_body(("plain",)).get_content()
    link = next(word for word in text.split() if "/confirm/" in word)
    page = BeautifulSoup(client.get("/" + link.split("/", 3)[3]).content, "html.parser")
    assert page.html["lang"] == "es"
    assert spanish.headline in page.get_text()
    assert STATEMENT_ES in page.get_text()
    assert page.figcaption.get_text() == "La petición a Amazon CEO Jeff Bezos dice:"
    confirmed = client.post("/" + link.split("/", 3)[3], {"name": "Ada", "consent": "on"})
    assert "Confirmada." in confirmed.content.decode()
    refresh_tallies()
    assert Tally.objects.get(campaign=campaign).counted == 1


@pytest.fixture
def in_rows(campaign, spanish):
    """What the campaign keeps in rows, in both languages."""
    question = campaign.custom_fields.create(
        key="role", label="You are", help="For the press.", kind="choice", choices="Worker\nNear"
    )
    correction = campaign.corrections.create(text="Three, not four.")
    target = campaign.targets.get()
    spanish.target_texts.create(row=target, phrase="Jeff Bezos, director de Amazon")
    spanish.correction_texts.create(row=correction, text="Son tres, no cuatro.")
    spanish.question_texts.create(
        row=question, label="Usted es", help="Para la prensa.", choices="Trabajadora\nVecina"
    )
    open_campaigns._kept.clear()


def test_targets_questions_and_corrections_speak_the_language_of_the_page(
    client, campaign, spanish, in_rows
):
    soup = read(client, spanish.get_absolute_url())
    assert soup.figcaption.get_text() == "La petición a Jeff Bezos, director de Amazon dice:"
    assert "Son tres, no cuatro." in soup.select_one(".corrections").get_text()
    asked = soup.select_one("[name=answer-role]")
    assert (
        soup.find("label", attrs={"for": asked["id"]}).get_text(strip=True).startswith("Usted es")
    )
    assert soup.find(id=asked["aria-describedby"]).get_text() == "Para la prensa."
    options = {one["value"]: one.get_text() for one in asked.find_all("option")[1:]}
    assert options == {"Worker": "Trabajadora", "Near": "Vecina"}
    own = read(client, campaign.get_absolute_url())
    assert own.figcaption.get_text() == "The petition to Amazon CEO Jeff Bezos reads:"
    assert "You are" in own.form.get_text()


def test_an_answer_is_stored_once_for_all_languages_and_read_back_in_the_one_signed(
    client, campaign, spanish, in_rows
):
    typed = {"name": "Ada", "email": "ada@example.org", "answer-role": "Worker"}
    assert client.post(spanish.get_absolute_url(), typed).status_code == 303
    signature = Signature.objects.get()
    assert signature.answers == {"role": "Worker"}
    assert signature.answered() == [("You are", "Worker")]
    signature.campaign = edition(campaign, spanish)
    assert signature.answered() == [("Usted es", "Trabajadora")]
    letter = Letter.objects.select_related("supporter", "signature__campaign__organization").get()
    text = email_from(LetterPress().write(letter)[1]).get_body(("plain",)).get_content()
    link = next(word for word in text.split() if "/confirm/" in word)
    page = BeautifulSoup(client.get("/" + link.split("/", 3)[3]).content, "html.parser")
    assert page.figcaption.get_text() == "La petición a Jeff Bezos, director de Amazon dice:"
    assert "Usted es" in page.form.get_text()


def test_a_required_question_is_missed_in_the_words_of_the_page(client, campaign, spanish, in_rows):
    campaign.custom_fields.update(required=True)
    open_campaigns._kept.clear()
    refused = client.post(spanish.get_absolute_url(), {"name": "Ada", "email": "ada@example.org"})
    assert "Usted es" in BeautifulSoup(refused.content, "html.parser").select_one(".errors").text


def test_an_english_article_is_not_carried_into_another_language(client, campaign, spanish):
    campaign.targets.update(organization="the United States House", title="", name="")
    english, other = (read(client, page.get_absolute_url()) for page in (campaign, spanish))
    assert english.figcaption.get_text() == "The petition to the United States House reads:"
    assert other.figcaption.get_text() == "La petición a United States House dice:"


def test_a_lead_in_may_name_the_targets_in_its_language(client, campaign):
    said = "La petición a la Cámara de Representantes dice:"
    spanish = translate(campaign, lead_in=said)
    assert read(client, spanish.get_absolute_url()).figcaption.get_text() == said


def email_from(message):
    from email import message_from_bytes, policy

    return message_from_bytes(message, policy=policy.default)


def test_letters_about_one_campaign_in_two_languages_are_not_mixed_up(client, campaign, spanish):
    sign(client, spanish, email="ada@example.org")
    sign(client, campaign, email="bea@example.org")
    press = LetterPress()
    letters = Letter.objects.select_related("supporter", "signature__campaign__organization")
    subjects = [str(email_from(press.write(one)[1])["Subject"]) for one in letters.order_by("pk")]
    assert subjects == [
        f"Confirma tu firma: {spanish.headline}",
        f"Confirm your signature: {campaign.headline}",
    ]


def test_a_page_that_moved_leads_on_with_the_codes_of_its_visitor(client, campaign, spanish):
    old = campaign.get_absolute_url(), spanish.get_absolute_url()
    Campaign.objects.filter(pk=campaign.pk).update(slug="moved-en")
    type(spanish).objects.filter(pk=spanish.pk).update(slug="moved-es")
    pages._pages.clear()
    for address, new in zip(old, ("/sign/moved-en/", "/sign/moved-es/"), strict=True):
        response = client.get(f"{address}?source=fb")
        assert response.status_code == 301
        assert response["Location"] == f"{new}?source=fb"
        # It carries one visitor's codes, so nobody else may get it from a cache.
        assert "no-store" in response["Cache-Control"]


def test_an_edition_is_never_saved_over_its_campaign(campaign, spanish):
    made = edition(campaign, spanish)
    with pytest.raises(TypeError, match="save that instead"):
        made.save()
    assert Campaign.objects.get(pk=campaign.pk).headline == campaign.headline
    assert [one.language for one in editions_of(made)] == ["en", "es"]


def test_closing_a_campaign_closes_it_in_every_language(client, campaign, spanish):
    campaign.close()
    pages._pages.clear()
    assert not read(client, spanish.get_absolute_url()).select("form")


def countries_on(page):
    soup = BeautifulSoup(page.content, "html.parser")
    return [option.get_text() for option in soup.select("[name=country] option")[1:]]


def test_countries_are_named_and_sorted_in_the_language_of_the_page(client, campaign):
    Campaign.objects.update(asks_country=True)
    german = translate(campaign, language="de")
    client.get(campaign.get_absolute_url())
    shown = countries_on(client.get(german.get_absolute_url()))
    assert shown[:3] == ["Afghanistan", "Ägypten", "Åland-Inseln"]
    assert countries_on(client.post(german.get_absolute_url(), {"name": ""})) == shown
    typed = {"name": "Ada", "email": "ada@example.org", "country": "EG"}
    assert client.post(german.get_absolute_url(), typed).status_code == 303
    token = links.confirm_token(signature_id=Signature.objects.get().pk)
    assert countries_on(client.get(links.address(links.CONFIRM, token))) == shown


@pytest.fixture
def german_signer(client, campaign):
    """Signed an English page first and a German one of the same organization last."""
    sign(client, campaign)
    other = make_campaign(organization=campaign.organization)
    sign(client, translate(other, language="de"))
    return {
        "supporter_id": Signature.objects.first().supporter_id,
        "organization_id": campaign.organization_id,
    }


@pytest.mark.parametrize("purpose", ["preferences", "unsubscribe", "stay"])
def test_pages_about_mail_speak_the_language_last_signed_with_who_sends_it(
    client, german_signer, purpose
):
    makers: dict[str, Callable[..., str]] = {
        "preferences": links.preferences_token,
        "unsubscribe": partial(links.unsubscribe_token, campaign_id=None, mailing_id=0),
        "stay": links.stay_token,
    }
    make = makers[purpose]
    page = client.get(links.address(purpose, make(**german_signer))).content.decode()
    assert '<html lang="de"' in page
    assert "Ihre Daten" in page and "Your data" not in page
    elsewhere = german_signer | {"organization_id": make_organization(language="es").pk}
    page = client.get(links.address(purpose, make(**elsewhere))).content.decode()
    assert '<html lang="es"' in page


def test_own_data_speaks_the_language_last_signed_from_its_link_to_the_farewell(
    client, german_signer
):
    address = f"/my-data/{DataAccess.objects.issue(german_signer['supporter_id'])}/"
    asked = client.get(address)
    client.post(address)
    mine = client.get("/my-data/mine/")
    form = {"pass": BeautifulSoup(mine.content, "html.parser").select_one("[name=pass]")["value"]}
    unsure = client.post("/my-data/mine/erase/", form)
    used = Client().post(address)
    erased = client.post("/my-data/mine/erase/", form | {"sure": "on"})
    for page in (asked, mine, unsure, used, erased):
        assert b'<html lang="de"' in page.content
    assert not Signature.objects.filter(supporter__erased_at=None).exists()
