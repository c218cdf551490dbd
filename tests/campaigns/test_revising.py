"""A text that people agree to never changes under them."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from campaigns.models import Campaign, ConsentNotice, Statement
from campaigns.revising import ReasonNeeded, revise_notice, revise_statement
from tests.factories import NOTICE, make_campaign, make_signature

pytestmark = pytest.mark.django_db

NOTE = "“At once” was added."


def revise(campaign: Campaign, text: str) -> Statement:
    """Another text, with everything that is asked for."""
    return revise_statement(
        campaign=campaign, text=text, reason="The target asked when.", change_note=NOTE
    )


def test_a_draft_is_corrected_in_place():
    campaign = make_campaign(published=False)
    first = campaign.current_statement()
    revised = revise(campaign, "Stop it at once.")
    assert (revised.pk, revised.version, revised.text) == (first.pk, 1, "Stop it at once.")
    assert campaign.statements.count() == 1


def test_the_first_text_of_a_campaign_is_its_version_one():
    campaign = make_campaign(published=False)
    campaign.statements.all().delete()
    assert revise_statement(campaign=campaign, text="Stop.").version == 1


def test_a_public_statement_gets_a_new_version_and_earlier_signatures_keep_theirs():
    campaign = make_campaign()
    signed = make_signature(campaign).statement
    revised = revise(campaign, "Stop it at once.")
    signed.refresh_from_db()
    assert (signed.version, revised.version) == (1, 2)
    assert signed.text != revised.text
    assert campaign.current_statement() == revised


def test_what_a_public_page_shows_is_frozen_from_its_first_moment():
    campaign = make_campaign()
    assert campaign.current_statement().frozen_at
    assert revise(campaign, "Stop it at once.").frozen_at
    notice = revise_notice(
        campaign=campaign, text="News.", kind="yes_no", scopes=campaign.organization.scopes.all()
    )
    assert notice.frozen_at


def test_the_same_text_again_makes_no_version():
    campaign = make_campaign()
    statement, notice = campaign.current_statement(), campaign.current_notice()
    assert revise_statement(campaign=campaign, text=statement.text) == statement
    scopes = notice.scopes.all()
    again = revise_notice(campaign=campaign, text=notice.text, kind=notice.kind, scopes=scopes)
    assert again == notice


@pytest.mark.parametrize(("reason", "note"), [("", NOTE), ("They asked.", ""), (" ", " ")])
def test_a_public_statement_changes_only_with_a_reason_and_a_public_note(reason, note):
    campaign = make_campaign()
    with pytest.raises(ReasonNeeded):
        revise_statement(campaign=campaign, text="Another.", reason=reason, change_note=note)
    assert campaign.statements.count() == 1


def test_a_change_keeps_its_reason_its_note_and_who_made_it(admin_user):
    campaign = make_campaign()
    revised = revise_statement(
        campaign=campaign,
        text="Stop it at once.",
        reason=" The target asked when. ",
        change_note=NOTE,
        author=admin_user,
    )
    assert (revised.reason, revised.change_note) == ("The target asked when.", NOTE)
    assert revised.author == admin_user
    [(later, earlier)] = campaign.statement_changes()
    assert (later, earlier.version) == (revised, 1)


def test_a_text_in_another_language_has_versions_of_its_own():
    campaign = make_campaign()
    revise(campaign, "Stop it at once.")
    campaign.edition = "es"
    assert revise_statement(campaign=campaign, text="Basta.").version == 1
    assert campaign.current_statement().text == "Basta."
    assert campaign.statement_changes() == []


@pytest.mark.parametrize("change", ["text", "kind", "scopes"])
def test_a_notice_that_differs_in_anything_is_a_new_version(change):
    campaign = make_campaign()
    shown = campaign.current_notice()
    wanted: dict[str, Any] = {
        "text": NOTICE,
        "kind": ConsentNotice.Kind.UNTICKED_BOX,
        "scopes": list(shown.scopes.all()),
    }
    wanted[change] = {"text": "News.", "kind": "yes_no", "scopes": wanted["scopes"][:1]}[change]
    revised = revise_notice(campaign=campaign, **wanted)
    assert revised.version == 2
    assert set(shown.scopes.all()) == set(campaign.organization.scopes.all())
    assert set(revised.scopes.all()) == set(wanted["scopes"])


@pytest.mark.parametrize("versions", [Statement, ConsentNotice])
def test_the_database_refuses_another_text_for_a_frozen_version(versions):
    campaign = make_campaign()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        versions.objects.filter(campaign=campaign).update(text="Something else.")


def test_the_database_refuses_another_scope_for_a_frozen_notice():
    campaign = make_campaign()
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        campaign.current_notice().scopes.clear()
