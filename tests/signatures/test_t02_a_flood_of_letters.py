"""A mailbox gets ten letters a day whoever asks for them, and its owner's own is among them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from signatures.confirming import confirm, typed_in
from signatures.guarding.networks import network_at
from signatures.letters.outbox import Outbox
from signatures.letters.rationing import MOST_FROM_ONE, MOST_WAITING
from signatures.models import Letter, Signature, Supporter
from signatures.own_data import owe_link
from signatures.signing import Typed, Visit, sign
from tests.factories import make_campaign, make_organization

pytestmark = pytest.mark.django_db

VICTIM = "victim@own-domain.example"
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def drain():
    """Sends all that may go now."""
    box = Outbox()

    def until_empty():
        while box.drain():
            pass

    yield until_empty
    box.close()


def ask(campaign, email=VICTIM, *, by=ELSEWHERE):
    """Somebody at the address `by` types `email` into the sign form."""
    sign(
        campaign=campaign,
        statement=campaign.current_statement(),
        notice=campaign.current_notice(),
        email=email,
        typed=Typed(name="Mallory", consents=False),
        visit=Visit(network=network_at(by)),
    )
    return Signature.objects.get(campaign=campaign, supporter__email=email)


def flood(organization, number, email=VICTIM, *, by="10.0.{0}.1"):
    """So many campaigns are signed in the victim's name, by default each from another network."""
    campaigns = [make_campaign(organization=organization) for _ in range(number)]
    for position, campaign in enumerate(campaigns):
        ask(campaign, email.format(position), by=by.format(position))


def pass_time(**period):
    ago = timedelta(**period)
    Letter.objects.update(
        created_at=F("created_at") - ago, due_at=F("due_at") - ago, sent_at=F("sent_at") - ago
    )


def test_t02_an_address_with_plus_signs_is_one_mailbox(organization, drain, smtp_sink):
    flood(organization, 40, "victim+{0}@own-domain.example")
    drain()
    assert len(smtp_sink.mails) == MOST_FROM_ONE
    assert Supporter.objects.count() == 40


def test_t02_one_petition_sends_a_mailbox_one_letter_in_ten_minutes_and_five_ever(
    organization, drain, smtp_sink
):
    campaign = make_campaign(organization=organization)
    for number in range(8):
        ask(campaign, f"victim+{number}@own-domain.example", by=f"10.0.{number}.1")
    for hour in range(8):
        drain()
        assert len(smtp_sink.mails) == min(hour + 1, 5)
        pass_time(hours=6)
    assert Signature.objects.filter(campaign=campaign).count() == 8
    told = set(Letter.objects.exclude(dropped_at=None).values_list("reason", flat=True))
    assert told == {"the mailbox has had five letters about this campaign"}


def test_t02_spellings_use_up_nothing_that_the_address_itself_is_due_about_a_petition(
    organization, drain, smtp_sink
):
    campaign = make_campaign(organization=organization)
    for number in range(6):
        ask(campaign, f"victim+{number}@own-domain.example", by=f"10.0.{number}.1")
        drain()
        pass_time(hours=6)
    ask(campaign, by=HOME)
    drain()
    assert len(smtp_sink.to(VICTIM)) == 1


def test_t02_a_flood_of_spellings_leaves_room_for_the_address_itself(
    organization, drain, smtp_sink
):
    flood(organization, 40, "victim+{0}@own-domain.example")
    drain()
    flood(organization, 5)
    drain()
    assert len(smtp_sink.to(VICTIM)) == 10 - MOST_FROM_ONE
    assert len(smtp_sink.mails) == 10


def test_t02_a_plus_that_a_provider_gives_to_others_costs_strangers_nothing(
    organization, drain, smtp_sink
):
    flood(organization, 20, "victim+{0}@own-domain.example")
    campaign = make_campaign(organization=organization)
    ask(campaign, "colleague@own-domain.example", by=HOME)
    drain()
    assert len(smtp_sink.to("colleague@own-domain.example")) == 1


def test_t02_what_one_network_asked_for_leaves_room_for_the_owner(organization, drain, smtp_sink):
    flood(organization, 30, by=ELSEWHERE)
    drain()
    assert len(smtp_sink.mails) == MOST_FROM_ONE
    own = ask(make_campaign(organization=organization), by=HOME)
    drain()
    assert own.letters.get().sent_at
    assert len(smtp_sink.mails) == MOST_FROM_ONE + 1


def test_t02_who_confirms_from_a_network_may_ask_for_all_ten_there(organization, drain, smtp_sink):
    flood(organization, 5, by=HOME)
    drain()
    first = Signature.objects.earliest("pk")
    confirm(signature_id=first.pk, typed=typed_in(first))
    flood(organization, 9, by=HOME)
    drain()
    asked = Letter.objects.filter(kind="confirm")
    assert asked.exclude(sent_at=None).count() == 10


def test_t02_letters_that_their_owner_causes_take_no_place(organization, drain, smtp_sink):
    for _ in range(10):
        signature = ask(make_campaign(organization=organization), by=HOME)
        drain()
        signature.refresh_from_db()
        confirm(signature_id=signature.pk, typed=typed_in(signature))
        drain()
    assert len(smtp_sink.mails) == 20


def test_t02_when_room_comes_the_newest_goes_first(organization, drain, smtp_sink):
    flood(organization, 25)
    drain()
    own = ask(make_campaign(organization=organization), by=HOME)
    drain()
    assert own.letters.get().sent_at is None
    pass_time(hours=24, minutes=1)
    drain()
    assert own.letters.get().sent_at
    assert len(smtp_sink.mails) == 20


def test_t02_what_three_days_cannot_carry_is_dropped_from_the_oldest_on(
    organization, drain, smtp_sink
):
    flood(organization, 60)
    drain()
    waiting = Letter.objects.unsent()
    assert waiting.count() == MOST_WAITING
    dropped = Letter.objects.exclude(dropped_at=None)
    assert dropped.count() == 60 - 10 - MOST_WAITING
    newest_dropped, oldest_waiting = dropped.latest("pk"), waiting.earliest("pk")
    assert newest_dropped.created_at <= oldest_waiting.created_at
    assert {one.reason for one in dropped} == {"too many letters wait for this mailbox"}
    for _ in range(4):
        pass_time(hours=24, minutes=1)
        drain()
    assert not waiting.exists()
    assert len(smtp_sink.mails) == 10 + MOST_WAITING


def test_t02_a_flood_of_spellings_does_not_pile_up(organization, drain, smtp_sink):
    flood(organization, 90, "victim+{0}@own-domain.example")
    drain()
    assert Letter.objects.unsent().count() <= MOST_WAITING
    assert len(smtp_sink.mails) == MOST_FROM_ONE


def test_t02_the_link_to_own_data_has_a_place_among_the_ten(organization, drain, smtp_sink):
    flood(organization, 10)
    drain()
    owe_link(email=VICTIM)
    drain()
    assert len(smtp_sink.mails) == 10
    pass_time(hours=24, minutes=1)
    drain()
    assert Letter.objects.get(kind="data_link").sent_at


def test_what_was_tried_once_keeps_its_place(organization, drain, smtp_sink):
    smtp_sink.reply("RCPT", "452 4.2.2 full", recipient=VICTIM, times=1)
    flood(organization, 12)
    drain()
    assert len(smtp_sink.mails) == 9
    pass_time(minutes=2)
    drain()
    assert len(smtp_sink.mails) == 10


@pytest.mark.django_db(transaction=True)
def test_t02_of_three_workers_at_once_none_gives_away_a_place_twice(organization, smtp_sink):
    flood(organization, 30)

    def work(_number):
        outbox = Outbox()
        while outbox.drain():
            pass
        outbox.close()
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert len(smtp_sink.mails) == 10


def test_spellings_of_a_mailbox_are_found_by_an_index_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code,
                country)
            SELECT key, key, sha256(key::bytea), '', '', '' FROM (
                SELECT 'p' || n || CASE WHEN n %% 3 = 0 THEN '+x' ELSE '' END || '@example.org'
                    AS key FROM generate_series(1, 6000) n
            ) people""",
            [],
        )
        cursor.execute("ANALYZE signatures_supporter")
        cursor.execute(
            r"""EXPLAIN SELECT FROM signatures_supporter v WHERE v.email_key LIKE '%+%'
            AND regexp_replace(v.email_key, '\+[^@]*@', '@') = 'p3@example.org'"""
        )
        assert "supporter_by_mailbox" in str(cursor.fetchall())
