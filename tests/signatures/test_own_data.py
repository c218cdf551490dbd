"""My data: one link by mail, once and for an hour, to see, correct, hide, withdraw, take along."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import CustomField, Statement, Translation
from signatures.confirming import disown
from signatures.guarding.guessing import MOST_A_MINUTE
from signatures.letters.outbox import Outbox
from signatures.models import DataAccess, Letter, Signature, Suppression
from tests.factories import make_campaign, make_signature
from tests.signatures.dumping import dump

pytestmark = pytest.mark.django_db

ASK = "/my-data/"
MINE = "/my-data/mine/"


@pytest.fixture
def signature():
    campaign = make_campaign(asks_comment=True, asks_to_show_name=True)
    return make_signature(campaign, email="ada@example.org")


@pytest.fixture
def visit(client, signature):
    """A visit that has begun; returns the fields that every form carries."""
    client.post(f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/")
    return {"pass": re.search(r'name="pass" value="(\w+)"', client.get(MINE).content.decode())[1]}


def change(signature):
    return reverse("own-data-change", kwargs={"pk": signature.pk})


def links_mailed(smtp_sink, to="ada@example.org"):
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    mails = [mail for mail in smtp_sink.to(to) if "link to your data" in mail.message["Subject"]]
    return [re.search(r"http\S+?(/my-data/\S+)", mail.text)[1] for mail in mails]


def test_t05_the_answer_is_the_same_whoever_is_asked_for(client, signature):
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        answer = client.post(ASK, {"email": email})
        answers.append((answer.status_code, answer["Location"], sorted(answer.cookies)))
        answers.append(client.get(answer["Location"]).content)
    assert answers[:2] == answers[2:]
    assert Letter.objects.filter(kind="data_link").count() == 1


def test_a_wrong_address_is_said_and_kept(client):
    page = client.post(ASK, {"email": "ada@"})
    assert page.status_code == 422
    assert 'value="ada@"' in page.content.decode()


def test_t02_nobody_is_mailed_twice_in_ten_minutes(client, signature, smtp_sink):
    for _ in range(5):
        client.post(ASK, {"email": "ada@example.org"})
        links_mailed(smtp_sink)
    assert len(links_mailed(smtp_sink)) == 1


def test_another_site_cannot_ask(client, signature):
    answer = client.post(ASK, {"email": "ada@example.org"}, HTTP_SEC_FETCH_SITE="cross-site")
    assert answer.status_code == 403


def test_the_link_is_made_when_the_letter_is_sent_and_opens_once(client, signature, smtp_sink):
    client.post(ASK, {"email": "ADA@example.org"})
    assert not DataAccess.objects.exists()
    link = links_mailed(smtp_sink)[0]
    for _ in range(3):
        assert "Open my data" in client.get(link).content.decode()
        client.head(link)
    opened = client.post(link)
    assert (opened.status_code, opened["Location"]) == (303, MINE)
    cookie = opened.cookies["visit"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (ASK, "Lax", True)
    assert cookie["max-age"] == 1800
    page = client.get(MINE)
    assert page["Cache-Control"] == "private, no-store"
    assert "ada@example.org" in page.content.decode()

    client.cookies.clear()
    again = client.post(link)
    assert again.status_code == 410
    assert "This link is used up." in again.content.decode()
    assert client.get(MINE)["Location"] == "/my-data/?ended=1"


def test_a_letter_that_goes_twice_has_two_links_that_both_open(client, signature, smtp_sink):
    client.post(ASK, {"email": "ada@example.org"})
    smtp_sink.drop("END", recorded=True, times=2)
    links_mailed(smtp_sink)
    Letter.objects.update(due_at=F("due_at") - timedelta(minutes=5), claimed_until=None)
    for link in links_mailed(smtp_sink):
        client.cookies.clear()
        assert client.post(link).status_code == 303


def test_b96_the_link_dies_after_an_hour_and_the_visit_after_half_of_one(client, signature):
    late = DataAccess.objects.issue(signature.supporter_id)
    DataAccess.objects.update(expires_at=timezone.now())
    assert client.post(f"/my-data/{late}/").status_code == 410
    client.post(f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/")
    assert client.get(MINE).status_code == 200
    DataAccess.objects.update(used_at=timezone.now() - DataAccess.VISIT_LASTS)
    assert client.get(MINE).status_code == 303


def test_t04_a_dump_of_the_database_opens_nothing(client, signature, smtp_sink):
    client.post(ASK, {"email": "ada@example.org"})
    link = links_mailed(smtp_sink)[0]
    token = link.split("/")[2]
    stolen = dump()
    assert "ada@example.org" in stolen
    assert token not in stolen
    digest = bytes(DataAccess.objects.get().token_hash)
    for guess in (digest.hex(), str(digest)):
        assert client.post(f"/my-data/{guess}/").status_code == 410


def test_everything_that_is_held_is_seen(client, signature, visit):
    html = client.get(MINE).content.decode()
    for seen in (
        "ada@example.org",
        "Ada Lovelace",
        signature.statement.text,
        "periodic updates on offers",
        "You agreed to it.",
        "Activism",
        "confirm page",
        "thank you for signing",
        "Mailings",
    ):
        assert seen in html


def test_the_copy_is_whole_and_for_machines(client, signature, visit):
    answer = client.get(MINE + "export/")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer["Cache-Control"] == "private, no-store"
    data = json.loads(answer.content)
    assert data["person"]["email"] == "ada@example.org"
    assert data["signatures"][0]["statement"] == signature.statement.text
    assert data["signatures"][0]["notice"] == signature.notice.text
    assert data["consents"][0]["choice"] == "agreed"
    assert len(data["subscriptions"]) == 2
    assert data["letters"][0]["kind"] == "receipt"
    assert data["mailings"] == []


def test_a_signature_is_corrected(client, signature, visit):
    prefix = f"s{signature.pk}-"
    fields = {
        prefix + "name": "Augusta",
        prefix + "comment": "Because.",
        prefix + "shows_name": "on",
    }
    assert client.post(change(signature), visit | fields).status_code == 303
    signature.refresh_from_db()
    assert (signature.name, signature.comment, signature.shows_name) == (
        "Augusta",
        "Because.",
        True,
    )
    assert (signature.state, signature.consents) == ("counted", True)
    signature.supporter.refresh_from_db()
    assert signature.supporter.name == "Augusta"

    client.post(change(signature), visit | {"hide": "1"})
    signature.refresh_from_db()
    assert not signature.shows_name


def test_answers_are_corrected_and_answers_to_old_questions_stay(client, signature, visit):
    CustomField.objects.create(campaign=signature.campaign, key="street", label="Which street?")
    Signature.objects.update(answers={"street": "Elm", "asked-once": "Yes"})
    assert 'value="Elm"' in client.get(MINE).content.decode()
    prefix = f"s{signature.pk}-"
    client.post(
        change(signature), visit | {prefix + "name": "Ada", prefix + "answer-street": "Oak"}
    )
    signature.refresh_from_db()
    assert signature.answers == {"street": "Oak", "asked-once": "Yes"}


def test_t05_who_asks_for_many_addresses_is_told_to_wait(client, signature):
    for number in range(MOST_A_MINUTE):
        assert client.post(ASK, {"email": f"a{number}@example.org"}).status_code == 303
    assert client.post(ASK, {"email": "ada@example.org"}).status_code == 429
    assert not Letter.objects.filter(kind="data_link").exists()


def test_a_mistake_is_said_and_nothing_is_lost(client, signature, visit):
    prefix = f"s{signature.pk}-"
    page = client.post(
        change(signature), visit | {prefix + "name": " ", prefix + "comment": "Kept."}
    )
    assert page.status_code == 422
    assert "Enter your name." in page.content.decode()
    assert "Kept." in page.content.decode()


def test_a_signature_is_withdrawn_and_the_mail_ends_if_one_says_so(client, signature, visit):
    client.post(change(signature), visit | {"withdraw": "1", "leave": "on"})
    signature.refresh_from_db()
    assert signature.state == "withdrawn"
    assert "ended on" in client.get(MINE).content.decode()


def test_t16_nobody_changes_somebody_elses_signature(client, signature, visit):
    other = make_signature(signature.campaign, name="Grace")
    for fields in ({"withdraw": "1"}, {"hide": "1"}, {f"s{other.pk}-name": "Mallory"}):
        assert client.post(change(other), visit | fields).status_code == 404
    other.refresh_from_db()
    assert (other.state, other.name) == ("counted", "Grace")


@pytest.mark.parametrize("wrong", [{}, {"pass": ""}, {"pass": "0" * 64}])
def test_a_form_that_we_did_not_give_to_this_visitor_changes_nothing(
    client, signature, visit, wrong
):
    for address, fields in (
        (change(signature), {"withdraw": "1"}),
        (MINE + "erase/", {"sure": "on"}),
        (MINE, {"end": "1"}),
    ):
        assert client.post(address, fields | wrong).status_code == 403
    assert Signature.objects.get().state == "counted"


def test_erasing_takes_a_tick_and_is_at_once(client, signature, visit):
    refused = client.post(MINE + "erase/", visit)
    assert refused.status_code == 422
    assert "Tick the box if you are sure." in refused.content.decode()
    done = client.post(MINE + "erase/", visit | {"sure": "on"})
    assert "Erased." in done.content.decode()
    signature.refresh_from_db()
    assert (signature.state, signature.name) == ("counted", "")
    assert client.get(MINE).status_code == 303


def test_t04_a_visit_that_was_ended_is_over_for_a_copy_of_its_cookie_too(client, signature, visit):
    copy = Client()
    copy.cookies["visit"] = client.cookies["visit"].value
    assert copy.get(MINE).status_code == 200
    client.post(MINE, visit | {"end": "1"})
    assert client.get(MINE).status_code == 303
    assert copy.get(MINE)["Location"] == "/my-data/?ended=1"
    assert copy.get(MINE + "export/").status_code == 303
    assert copy.post(change(signature), visit | {"withdraw": "1"}).status_code == 303
    signature.refresh_from_db()
    assert signature.state == "counted"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_t19_a_form_of_another_site_opens_nobodys_data_in_this_browser(client, signature, headers):
    link = f"/my-data/{DataAccess.objects.issue(signature.supporter_id)}/"
    answer = client.post(link, **headers)
    assert answer.status_code == 403
    assert not answer.cookies
    assert "Open my data" in answer.content.decode()
    assert client.get(MINE).status_code == 303
    assert client.post(link, HTTP_SEC_FETCH_SITE="same-origin")["Location"] == MINE


def test_who_said_not_me_may_still_see_and_erase(client, signature, smtp_sink):
    disown(signature_id=signature.pk)
    client.post(ASK, {"email": "ada@example.org"})
    client.post(links_mailed(smtp_sink)[0])
    assert "rejected" in client.get(MINE).content.decode().lower()


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_i3_no_link_goes_to_an_address_that_no_letter_may_reach(
    client, signature, smtp_sink, reason
):
    Suppression.objects.suppress(signature.supporter.email_hash, reason)
    client.post(ASK, {"email": "ada@example.org"})
    assert links_mailed(smtp_sink) == []


def test_the_way_there_stands_in_letters_and_on_the_preferences_page(client, signature, smtp_sink):
    outbox = Outbox()
    outbox.drain()
    outbox.close()
    mail = smtp_sink.to("ada@example.org")[0]
    for part in (mail.text, mail.html):
        assert f"{settings.SITE_URL}/my-data/" in part
    preferences = re.search(r"http\S+?(/preferences/\S+)", mail.text)[1]
    assert 'href="/my-data/"' in client.get(preferences).content.decode()


def test_every_page_has_the_way_there_in_its_footer(client, signature):
    for address in ("/", signature.campaign.get_absolute_url()):
        assert 'href="/my-data/"' in client.get(address).content.decode().partition("<footer")[2]


@pytest.fixture
def many(signature):
    """Ada signed 24 more campaigns, some of them in another language."""
    organization = signature.campaign.organization
    signatures = [signature]
    for number in range(24):
        campaign = make_campaign(
            organization=organization, headline=f"Petition {number}.", asks_country=True
        )
        if number % 2:
            translate(campaign)
        signatures.append(make_signature(campaign, email="ada@example.org"))
        if number % 2:
            french = campaign.statements.get(language="fr")
            Signature.objects.filter(pk=signatures[-1].pk).update(statement=french)
    return signatures


def translate(campaign):
    Translation.objects.create(
        campaign=campaign, language="fr", slug=f"{campaign.slug}-fr", headline="Une pétition."
    )
    Statement.objects.create(campaign=campaign, language="fr", text="Arrêtez.")


def test_of_many_signatures_twenty_are_shown_and_a_link_leads_to_the_rest(client, many, visit):
    first = client.get(MINE).content.decode()
    assert first.count('<section class="panel"') == 20
    assert "Une pétition." in first
    assert "?page=2" in first
    second = client.get(MINE + "?page=2").content.decode()
    assert second.count('<section class="panel"') == 5
    assert f'id="signature-{many[0].pk}"' in second
    assert "?page=1" in second
    for odd in ("0", "-1", "x", "99", "9" * 5000):
        assert client.get(MINE + f"?page={odd}").status_code == 200


def test_a_correction_leads_back_to_where_its_signature_stands(client, many, visit):
    oldest = many[0]
    saved = client.post(change(oldest), visit | {f"s{oldest.pk}-name": "Augusta"}, follow=True)
    assert f'id="signature-{oldest.pk}"' in saved.content.decode()
    assert "Saved." in saved.content.decode()
    refused = client.post(change(oldest), visit | {f"s{oldest.pk}-name": " "})
    assert refused.status_code == 422
    assert f'id="signature-{oldest.pk}"' in refused.content.decode()


def test_the_page_asks_the_database_no_more_for_many_signatures(
    client, many, visit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(25):
        client.get(MINE)
