"""Held signatures: kept, mailed, and let go by a confirmation or by a browser's work."""

import hashlib
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from signatures.confirming import confirm, typed_in
from signatures.guarding import challenging
from signatures.keeping.forgetting import forget
from signatures.models import CountShard, Letter, NetworkWindow, Signature, UsedChallenge
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everybody_is_too_many(settings):
    settings.NETWORK_LIMITS = {300: 0}


@pytest.fixture(autouse=True)
def little_work(monkeypatch):
    monkeypatch.setattr(challenging, "TRIES", 4)


@pytest.fixture
def visitor():
    return Client()


def post(visitor, campaign, email="ada@example.org"):
    return visitor.post(campaign.get_absolute_url(), {"name": "Ada", "email": email})


def thanks(campaign):
    return f"/sign/{campaign.slug}/thanks/"


def challenge_on(visitor, campaign):
    page = visitor.get(thanks(campaign)).content.decode()
    found = re.search(r'name="challenge" value="([^"]+)"', page)
    return found and found[1]


def solve(salt):
    for number in range(100_000):
        work = hashlib.pbkdf2_hmac("sha256", str(number).encode(), salt.encode(), 5000, 4)
        if int.from_bytes(work, "big") < 2**32 // challenging.TRIES:
            return number
    raise AssertionError("no solution")


def answer(visitor, campaign, salt, solution=None):
    solution = solve(salt) if solution is None else solution
    return visitor.post(thanks(campaign), {"challenge": salt, "solution": solution})


def numbers():
    shards = CountShard.objects.all()
    return {name: sum(getattr(s, name) for s in shards) for name in ("held", "pending", "counted")}


def test_a_held_signature_is_kept_and_gets_its_letter_at_once(visitor):
    campaign = make_campaign(proof="at_once")
    assert post(visitor, campaign).status_code == 303
    signature = Signature.objects.get()
    assert (signature.state, signature.counted_at) == ("held", None)
    assert [letter.kind for letter in Letter.objects.all()] == ["confirm"]
    assert numbers() == {"held": 1, "pending": 0, "counted": 0}
    assert "Thank you for signing" not in visitor.get(thanks(campaign)).content.decode()


def test_without_any_script_the_mail_is_the_way_out(visitor):
    campaign = make_campaign(proof="at_once")
    post(visitor, campaign)
    signature = Signature.objects.get()
    confirm(signature_id=signature.pk, typed=typed_in(signature))
    signature.refresh_from_db()
    assert signature.state == "counted"
    assert numbers() == {"held": 0, "pending": 0, "counted": 1}


@pytest.mark.parametrize(("proof", "state"), [("confirm_first", "pending"), ("at_once", "counted")])
def test_a_solved_challenge_lets_the_signature_go_on(visitor, proof, state):
    campaign = make_campaign(proof=proof)
    post(visitor, campaign)
    response = answer(visitor, campaign, challenge_on(visitor, campaign))
    assert (response.status_code, response.url) == (303, f"{thanks(campaign)}?solved=1")
    assert Signature.objects.get().state == state
    assert numbers() == {"held": 0, "pending": 0, "counted": 0} | {state: 1}
    assert challenge_on(visitor, campaign) is None


def test_after_the_end_a_solved_challenge_leads_to_what_came_of_the_campaign(visitor):
    campaign = make_campaign(proof="at_once")
    post(visitor, campaign)
    salt = challenge_on(visitor, campaign)
    campaign.withdraw(outcome="A mistake.")
    assert answer(visitor, campaign, salt).url == campaign.get_absolute_url()
    assert Signature.objects.get().state == "held"


def test_every_address_from_there_is_challenged_alike_and_answered_alike(visitor):
    campaign = make_campaign()
    post(Client(), campaign, "known@example.org")
    known = Signature.objects.get()
    confirm(signature_id=known.pk, typed=typed_in(known))
    answers = set()
    for email in ("known@example.org", "new@example.org"):
        post(visitor, campaign, email)
        salt = challenge_on(visitor, campaign)
        response = answer(visitor, campaign, salt)
        answers.add((response.status_code, response.url, response.content))
    assert len(answers) == 1
    known.refresh_from_db()
    assert known.state == "counted"


@pytest.mark.parametrize("wrong", ["-1", "x", "", "1" * 13, "٣", "999999"])
def test_a_wrong_answer_lets_nothing_go_and_says_so(visitor, wrong):
    campaign = make_campaign()
    post(visitor, campaign)
    salt = challenge_on(visitor, campaign)
    if wrong == "999999":
        wrong = next(n for n in range(100) if not is_right(salt, n))
    response = answer(visitor, campaign, salt, wrong)
    assert response.url.endswith("?unsolved=1")
    assert "Please try once more" in visitor.get(response.url).content.decode()
    assert Signature.objects.get().state == "held"


def is_right(salt, number):
    work = hashlib.pbkdf2_hmac("sha256", str(number).encode(), salt.encode(), 5000, 4)
    return int.from_bytes(work, "big") < 2**32 // challenging.TRIES


def test_a_challenge_is_good_for_one_address_of_one_campaign(visitor):
    campaign, other = make_campaign(), make_campaign()
    post(visitor, campaign)
    salt = challenge_on(visitor, campaign)
    post(visitor, campaign, "grace@example.org")
    assert answer(visitor, campaign, salt).url.endswith("?unsolved=1")
    post(visitor, other)
    assert answer(visitor, other, salt).url.endswith("?unsolved=1")
    forged = salt.replace(salt[:4], "0000", 1)
    assert answer(visitor, other, forged).url.endswith("?unsolved=1")
    assert set(Signature.objects.values_list("state", flat=True)) == {"held"}


def test_a_challenge_works_once(visitor):
    campaign = make_campaign()
    post(visitor, campaign)
    salt = challenge_on(visitor, campaign)
    answer(visitor, campaign, salt)
    Signature.objects.update(state="held")
    assert answer(visitor, campaign, salt).url.endswith("?solved=1")
    assert Signature.objects.get().state == "held"
    assert UsedChallenge.objects.count() == 1


def test_a_challenge_lasts_an_hour_and_nothing_of_it_is_kept_after(visitor, settings):
    campaign = make_campaign()
    post(visitor, campaign)
    salt = challenge_on(visitor, campaign)
    solution = solve(salt)
    answer(visitor, campaign, salt, solution)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert not challenging.is_solved(
            salt, str(solution), campaign=campaign, email="ada@example.org"
        )
        forget()
    assert not UsedChallenge.objects.exists()
    NetworkWindow.objects.update(window="2026-01-01T00:00Z")
    settings.NETWORK_LIMITS = {300: 40, 86400: 400}
    forget()
    assert not NetworkWindow.objects.exists()


def test_a_new_address_does_not_get_rid_of_the_challenge(visitor):
    campaign = make_campaign()
    post(visitor, campaign)
    visitor.post(thanks(campaign), {"email": "right@example.org"})
    assert challenge_on(visitor, campaign)
    assert set(Signature.objects.values_list("state", flat=True)) == {"held"}


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_real_browser_does_the_work_under_the_content_policy(page, browser_problems, monkeypatch):
    monkeypatch.setattr(challenging, "TRIES", 16)
    campaign = make_campaign(proof="at_once")
    page.goto(campaign.get_absolute_url())
    page.get_by_label("Full name").fill("Ada Lovelace")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Sign the petition").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Thank you for signing.").wait_for()
    assert Signature.objects.get().state == "counted"
    assert not browser_problems
