"""Some of those who signed: only who asked for it, by first name and country, while they count."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection

from signatures.confirming import confirm, disown, typed_in
from signatures.erasing import erase
from signatures.models import Signature
from signatures.own_data import hide
from signatures.page_cache import pages
from signatures.showing_names import AT_MOST, first_name, shown_signers
from signatures.withdrawing import withdraw
from tests.campaigns.languages import translate
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(asks_to_show_name=True, asks_country=True, asks_postal_code=True)


def signs(campaign, name="Ada Lovelace", **fields):
    signature = make_signature(campaign, name=name)
    shown = {"shows_name": True, "country": "DE", "postal_code": "10115", **fields}
    Signature.objects.filter(pk=signature.pk).update(**shown)
    return signature


def named(client, page):
    """The names that the page lists, one text a signer."""
    pages._pages.clear()
    soup = BeautifulSoup(client.get(page.get_absolute_url()).content, "html.parser")
    return [" ".join(one.get_text().split()) for one in soup.select(".signers li")]


def test_the_newest_are_named_by_first_name_and_country_alone(client, campaign):
    signs(campaign)
    signs(campaign, name="Grace Hopper", country="")
    assert named(client, campaign) == ["Grace", "Ada, Germany"]
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert not [word for word in ("Lovelace", "Hopper", "10115") if word in page]


def test_the_country_is_named_in_the_language_of_the_page(client, campaign):
    signs(campaign)
    assert named(client, translate(campaign)) == ["Ada, Alemania"]


def test_nobody_is_named_who_did_not_ask_for_it(client, campaign):
    signs(campaign, shows_name=False)
    assert named(client, campaign) == []
    assert (
        "Some of those who signed" not in client.get(campaign.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("state", [one for one in Signature.State if one != "counted"])
def test_nobody_is_named_whose_signature_does_not_count(client, campaign, state):
    signs(campaign, state=state)
    assert named(client, campaign) == []


def test_t02_nobody_is_named_who_has_not_confirmed_that_it_was_them(client):
    campaign = make_campaign(asks_to_show_name=True, proof="at_once")
    typed = {"name": "Ada Lovelace", "email": "ada@example.org", "shows_name": "on"}
    client.post(campaign.get_absolute_url(), typed)
    signature = Signature.objects.get(state="counted", shows_name=True)
    assert named(client, campaign) == []
    confirm(signature_id=signature.pk, typed=typed_in(signature))
    assert named(client, campaign) == ["Ada"]


@pytest.mark.parametrize("leave", ["hide", "withdraw", "erase", "disown"])
def test_a_name_is_gone_at_once_when_its_owner_says_so(client, campaign, leave):
    signature = signs(campaign)
    assert named(client, campaign) == ["Ada, Germany"]
    supporter, one = {"supporter_id": signature.supporter_id}, {"signature_id": signature.pk}
    {
        "hide": lambda: hide(**one, **supporter),
        "withdraw": lambda: withdraw(**one, via="test"),
        "erase": lambda: erase(**supporter),
        "disown": lambda: disown(**one),
    }[leave]()
    assert named(client, campaign) == []


def test_t7_a_name_is_text_and_nothing_else(client, campaign):
    signs(campaign, name="<script>alert(1)</script> Lovelace")
    assert named(client, campaign) == ["<script>alert(1)</script>, Germany"]
    assert "<script>alert" not in client.get(campaign.get_absolute_url()).content.decode()


def test_names_stay_on_an_ended_page_and_leave_a_withdrawn_one(client, campaign):
    signs(campaign)
    campaign.close()
    assert named(client, campaign) == ["Ada, Germany"]
    type(campaign).objects.filter(pk=campaign.pk).update(state="withdrawn")
    assert named(client, campaign) == []


def test_a_campaign_that_asks_no_more_shows_no_more(client, campaign):
    signs(campaign)
    type(campaign).objects.filter(pk=campaign.pk).update(asks_to_show_name=False)
    assert named(client, campaign) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada"),
        ("Ada", "Ada"),
        ("Ada L.", "Ada"),
        ("Lovelace, Ada", "Ada"),
        ("Dr. Ada Lovelace", "Ada"),
        ("Dr. Lovelace", ""),
        ("A. Lovelace", ""),
        ("Martin L. King", "Martin"),
        ("王小明", ""),
        ("김 민수", "민수"),
        ("Мария Кюри", "Мария"),
        ("", ""),
    ],
)
def test_where_the_given_name_cannot_be_told_nothing_is_shown(name, shown):
    assert first_name(name) == shown


def test_of_many_the_newest_are_found_by_an_index_of_their_own(campaign):
    model = make_signature(campaign)
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH people AS (
                INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code,
                    country)
                SELECT n, n, sha256(n::text::bytea), '', '', '' FROM generate_series(1, 5000) n
                RETURNING id, email::int AS n)
            INSERT INTO signatures_signature (campaign_id, supporter_id, statement_id, notice_id,
                consents, name, postal_code, country, comment, referrer_code, state, shows_name,
                counted_at, confirmed_at)
            SELECT %s, id, %s, %s, false, 'Ada', '', 'DE', '', '', 'counted', n %% 100 = 0, now(),
                now()
            FROM people""",
            [campaign.pk, model.statement_id, model.notice_id],
        )
        cursor.execute("ANALYZE signatures_signature")
    # More than a page shows, and hardly any of those who signed.
    assert len(shown_signers(campaign)) == AT_MOST
    with connection.execute_wrapper(explained := Explained()):
        shown_signers(campaign)
    assert "signature_names_shown" in explained.plan


class Explained:
    """Keeps the plan of a query in place of running it."""

    def __call__(self, execute, sql, params, many, context):
        execute("EXPLAIN " + sql, params, many, context)
        self.plan = "\n".join(row[0] for row in context["cursor"].fetchall())
        return execute(sql, params, many, context)
