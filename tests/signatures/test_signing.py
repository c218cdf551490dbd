"""The sign form: what a visitor sends, and what stands in the database and the outbox after."""

import pytest
from bs4 import BeautifulSoup

from campaigns.models import ConsentNotice, CustomField, Statement
from signatures.models import ConsentEvent, CountShard, Letter, Signature, Subscription, Supporter
from tests.factories import make_campaign, make_signature

pytestmark = pytest.mark.django_db


def post(client, campaign, **fields):
    return client.post(
        campaign.get_absolute_url(), {"name": "Ada", "email": "ada@example.org", **fields}
    )


def test_signing_leads_to_the_thanks_page_and_owes_one_confirmation(client, campaign):
    response = post(client, campaign)
    assert response.status_code == 303
    assert response.url == f"/sign/{campaign.slug}/thanks/"
    signature = Signature.objects.get()
    assert (signature.name, signature.state) == ("Ada", "pending")
    assert [letter.kind for letter in signature.letters.all()] == ["confirm"]


def test_a_signature_stores_the_versions_that_were_shown(client, campaign):
    shown = campaign.current_statement()
    Statement.objects.create(campaign=campaign, version=2, text="A new text.")
    post(client, campaign, statement=shown.pk, notice=campaign.current_notice().pk)
    assert Signature.objects.get().statement == shown


def test_versions_that_the_form_does_not_name_are_the_current_ones(client, campaign):
    newest = Statement.objects.create(campaign=campaign, version=2, text="A new text.")
    post(client, campaign)
    assert Signature.objects.get().statement == newest


@pytest.mark.parametrize("pk", ["0", "-1", str(2**63), "1e400", "1 OR 1=1", "foreign"])
def test_b56_a_version_of_something_else_shows_the_form_again(client, campaign, pk):
    if pk == "foreign":
        pk = make_campaign().current_statement().pk
    response = post(client, campaign, statement=pk)
    assert response.status_code == 422
    assert "ada@example.org" in response.content.decode()
    assert not Signature.objects.exists()


def test_the_choice_is_stored_and_nobody_is_subscribed_before_confirming(client, campaign):
    post(client, campaign, consent="on")
    assert Signature.objects.get().consents is True
    assert not Subscription.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_an_unticked_box_is_no(client, campaign):
    post(client, campaign)
    assert Signature.objects.get().consents is False


def test_yes_or_no_must_be_chosen(client):
    campaign = make_campaign(kind=ConsentNotice.Kind.YES_NO)
    assert post(client, campaign).status_code == 422
    assert post(client, campaign, consent="maybe").status_code == 422
    assert post(client, campaign, consent="no").status_code == 303
    assert Signature.objects.get().consents is False


def test_an_implicit_notice_agrees_by_signing(client):
    campaign = make_campaign(kind=ConsentNotice.Kind.IMPLICIT)
    post(client, campaign)
    assert Signature.objects.get().consents is True


def test_signing_again_changes_nothing_that_stands(client, campaign):
    first = make_signature(campaign, email="ada@example.org", name="Ada Lovelace")
    Letter.objects.update(created_at="2026-01-01T00:00Z")
    response = post(client, campaign, name="Somebody Else", email="ADA@Example.org", consent="")
    assert response.status_code == 303
    first.refresh_from_db()
    assert (first.name, first.consents, first.state) == ("Ada Lovelace", True, "counted")
    assert Supporter.objects.count() == 1
    assert first.letters.filter(kind="already_signed").count() == 1


def test_a_campaign_that_counts_at_once_counts_and_sends_a_receipt(client):
    campaign = make_campaign(proof="at_once")
    post(client, campaign, consent="on")
    signature = Signature.objects.get()
    assert signature.state == "counted"
    assert signature.confirmed_at is None
    assert [letter.kind for letter in Letter.objects.all()] == ["receipt"]
    assert not Subscription.objects.exists()
    assert sum(shard.counted for shard in CountShard.objects.all()) == 1


def test_a_closed_campaign_takes_no_signature(client, campaign):
    campaign.close()
    assert post(client, campaign).status_code == 409
    assert not Signature.objects.exists()


def test_where_the_visitor_came_from_is_kept(client, campaign):
    client.post(
        f"{campaign.get_absolute_url()}?source=fb-spring",
        {"name": "Ada", "email": "ada@example.org"},
    )
    assert Signature.objects.get().referrer_code == "fb-spring"


@pytest.mark.parametrize("field", ["postal_code", "country"])
def test_a_field_that_the_campaign_asks_for_is_required_and_stored(client, field):
    campaign = make_campaign(asks_postal_code=True, asks_country=True, asks_comment=True)
    filled = {"postal_code": "94105", "country": "US", "comment": "Enough."}
    missing = post(client, campaign, **filled | {field: ""})
    assert missing.status_code == 422
    assert "Enough." in missing.content.decode()
    post(client, campaign, **filled)
    signature = Signature.objects.get()
    assert {name: getattr(signature, name) for name in filled} == filled


def test_b61_fields_that_are_not_of_the_form_are_ignored(client, campaign):
    post(client, campaign, state="counted", confirmed_at="2020-01-01", campaign_id="2")
    assert Signature.objects.get().state == "pending"


def test_errors_are_listed_on_top_and_beside_the_field_and_the_form_is_kept(client, campaign):
    response = post(client, campaign, name="", email="not an address", consent="on")
    html = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in html
    assert html.count("Enter your name.") == 2
    assert 'value="not an address"' in html
    assert "checked" in html
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("shown_kind", "choice", "current_kind"),
    [
        (ConsentNotice.Kind.UNTICKED_BOX, "", ConsentNotice.Kind.IMPLICIT),
        (ConsentNotice.Kind.YES_NO, "no", ConsentNotice.Kind.UNTICKED_BOX),
        (ConsentNotice.Kind.YES_NO, "no", ConsentNotice.Kind.IMPLICIT),
    ],
)
def test_a_no_to_the_notice_that_was_shown_stays_a_no(client, shown_kind, choice, current_kind):
    campaign = make_campaign(kind=shown_kind)
    shown = campaign.current_notice()
    newer = ConsentNotice.objects.create(
        campaign=campaign, version=2, text="Another notice.", kind=current_kind
    )
    newer.scopes.set(campaign.organization.scopes.all())
    assert post(client, campaign, notice=shown.pk, consent=choice).status_code == 303
    signature = Signature.objects.get()
    assert (signature.notice, signature.consents) == (shown, False)


def test_a_name_that_composing_makes_too_long_is_refused(client, campaign):
    response = post(client, campaign, name="\u0958" * 200)
    assert response.status_code == 422
    assert "too long" in response.content.decode()


@pytest.mark.parametrize(("length", "status"), [(2000, 303), (2001, 422)])
def test_t27_what_is_too_long_is_said_with_its_field_and_limit_and_nothing_is_cut(
    client, length, status
):
    campaign = make_campaign(asks_comment=True)
    CustomField.objects.create(campaign=campaign, key="why", label="Why?", kind="text")
    page = BeautifulSoup(client.get(campaign.get_absolute_url()).content, "html.parser")
    asked = page.select_one("[name=comment]")
    hint = page.find(id=asked["aria-describedby"]).get_text(strip=True)
    assert hint == "At most 2000 characters."
    # Where a browser would cut it off, it is refused in words long before.
    assert int(str(asked["maxlength"])) > 2001
    comment, answer = "x" * length, "y" * (length // 4)
    response = post(client, campaign, comment=comment, **{"answer-why": answer})
    assert response.status_code == status
    if status == 422:
        html = response.content.decode()
        assert "Your comment is too long: it has 2001 characters, and 2000 fit." in html
        assert comment in html and f'value="{answer}"' in html
        response = post(client, campaign, **{"answer-why": answer + "y"})
        assert "Your answer to “Why?” is too long: 500 characters fit." in response.content.decode()


def test_an_address_in_the_wrong_field_or_that_cannot_be_written_to_is_said(client, campaign):
    response = post(client, campaign, name="ada@example.de", email="jürgen@example.org")
    html = response.content.decode()
    assert "This is an email address. Write your name here" in html
    assert "Our mail reaches no address with letters like ü or é before the @." in html
    assert 'value="ada@example.de"' in html and 'value="jürgen@example.org"' in html
