"""One tab erases, another is still open: nothing of the person comes back."""

import pytest
from django.db import transaction

from signatures.erasing import erase
from signatures.letters.outbox import Outbox
from signatures.models import DataAccess, Letter, Supporter
from signatures.own_data import correct, hide, owe_link
from tests.factories import make_campaign, make_signature
from tests.signatures.meanwhile import Tab, just_before, until_a_statement_waits_for_a_lock

EMAIL = "ada@example.org"


@pytest.fixture
def signature(db):
    return make_signature(make_campaign(asks_to_show_name=True), email=EMAIL)


def test_what_is_saved_after_an_erasure_stays_erased(signature):
    own = {"signature_id": signature.pk, "supporter_id": signature.supporter_id}
    erase(supporter_id=signature.supporter_id)
    assert not correct(**own, texts={"name": "Ada Lovelace", "comment": "Because."})
    assert not hide(**own)
    signature.refresh_from_db()
    assert (signature.name, signature.comment) == ("", "")


def test_nobody_corrects_what_is_not_theirs(signature):
    other = make_signature(signature.campaign, name="Grace")
    own = {"signature_id": other.pk, "supporter_id": signature.supporter_id}
    assert not correct(**own, texts={"name": "Mallory"})
    assert not hide(**own)
    other.refresh_from_db()
    assert other.name == "Grace"


def test_no_link_to_the_data_of_an_erased_person_is_made(signature):
    erase(supporter_id=signature.supporter_id)
    with pytest.raises(Supporter.DoesNotExist):
        DataAccess.objects.issue(signature.supporter_id)
    assert not DataAccess.objects.exists()


def test_an_erasure_while_the_letter_is_written_sends_nothing(signature, smtp_sink):
    owe_link(email=EMAIL)
    Letter.objects.exclude(kind="data_link").delete()
    outbox = Outbox()
    (letter,), _held_back = outbox._claim()
    with just_before("FOR NO KEY UPDATE", lambda: erase(supporter_id=letter.supporter_id)):
        outbox._send(letter)
    outbox.close()
    assert not smtp_sink.mails
    assert not DataAccess.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_asks_for_the_link_while_they_are_erased_is_owed_none():
    signature = make_signature(make_campaign(), email=EMAIL)
    with transaction.atomic():
        erase(supporter_id=signature.supporter_id)
        other = Tab(lambda: owe_link(email=EMAIL))
        until_a_statement_waits_for_a_lock()
    other.done()
    assert not Letter.objects.exists()
