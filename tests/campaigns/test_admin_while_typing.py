"""The letter and its sources are checked while somebody types, and nothing of it is saved."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Source, Update
from campaigns.text.vocabulary import MAX_BODY
from tests.campaigns.admin_pages import make_organizer
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Campaign:
    return make_campaign(published=False)


@pytest.fixture
def staff(client: Client, draft: Campaign) -> Client:
    client.force_login(make_organizer(draft.organization))
    return client


def asked(staff: Client, pk: int, *rows: dict[str, str], **typed: str) -> list[str]:
    sources = {"sources-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        sources |= {f"sources-{number}-{name}": value for name, value in row.items()}
    answer = staff.post(reverse("admin:campaigns_campaign_check", args=[pk]), sources | typed)
    assert answer.status_code == 200
    return answer.json()["findings"]


def cites(*keys: str) -> str:
    return "<p>" + "".join(f'x<sup data-source="{key}"></sup>' for key in keys) + "</p>"


WHOLE = {"key": "wong", "url": "https://example.org/1", "published_on": "2018-05-22"}


def test_a_whole_row_that_is_cited_has_nothing_to_look_at(staff, draft):
    assert asked(staff, draft.pk, WHOLE, body=cites("wong")) == []


@pytest.mark.parametrize(
    ("row", "body", "says"),
    [
        (WHOLE, cites("wong", "frej"), "Cited, and no source has this key: frej."),
        (WHOLE, "<p>x</p>", "Never cited: wong."),
        (WHOLE | {"url": ""}, cites("wong"), "No address to check the source at: wong."),
        (WHOLE | {"published_on": "20"}, cites("wong"), "No date: wong."),
        (WHOLE | {"DELETE": "on"}, cites("wong"), "Cited, and no source has this key: wong."),
        (WHOLE | {"url": "http://example.org"}, cites("wong"), "An address without https"),
    ],
)
def test_what_is_wrong_is_told_before_it_is_saved(staff, draft, row, body, says):
    [finding] = asked(staff, draft.pk, row, body=body)
    assert finding.startswith(says)
    assert not Source.objects.exists()


def test_two_rows_with_one_address_are_told(staff, draft):
    second = WHOLE | {"key": "frej"}
    assert asked(staff, draft.pk, WHOLE, second, body=cites("wong", "frej")) == [
        "The same address: wong, frej."
    ]


def test_a_source_that_an_update_cites_is_used(staff, draft):
    Update.objects.create(campaign=draft, title="News", body=cites("wong"))
    assert asked(staff, draft.pk, WHOLE, body="<p>x</p>") == []


def test_a_new_campaign_is_checked_before_its_first_save(staff):
    assert asked(staff, 0, body=cites("wong")) == ["Cited, and no source has this key: wong."]


@pytest.mark.parametrize("total", ["", "many", "-1", "99999", "٣"])
def test_nonsense_is_answered_quietly(staff, draft, total):
    url = reverse("admin:campaigns_campaign_check", args=[draft.pk])
    answer = staff.post(url, {"sources-TOTAL_FORMS": total, "body": "<p>x</p>"})
    assert answer.json() == {"findings": []}


def test_a_letter_that_is_too_long_says_so(staff, draft):
    [finding] = asked(staff, draft.pk, body="a" * (MAX_BODY + 1))
    assert f"{MAX_BODY:,}" in finding


def test_t16_nothing_of_another_organization_is_told(staff):
    theirs = make_campaign()
    url = reverse("admin:campaigns_campaign_check", args=[theirs.pk])
    assert staff.post(url, {"body": "x"}).status_code == 404
    assert staff.get(url).status_code == 405
