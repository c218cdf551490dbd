"""Every condition, alone, negated, combined: counted, written down and told of one person alike."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from campaigns.models import Campaign, CustomField, Organization
from mailings import audience
from mailings.audience.rule import audience_of_rules
from mailings.models import Mailing, Recipient, Segment
from mailings.segments import BadRules, Rules
from mailings.segments.wording import sentence_of
from signatures.models import Signature, Subscription, Supporter, Tag, TaggedSupporter
from tests.factories import make_campaign, make_organization
from tests.mailings.making import make_update, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> dict[str, Any]:
    """Six people a–f, all of whom agreed to activism mail; what is true of whom stands below."""
    organization = make_organization()
    first = make_campaign(organization=organization, headline="A")
    second = make_campaign(organization=organization, headline="B", language="de")
    people = dict(zip("abcdef", sign_up(first, 6), strict=True))
    for name in "ab":
        _sign(second, people[name])
    Signature.objects.filter(supporter=people["a"], campaign=first).update(
        referrer_code="tw1", answers={"nurse": True, "why": "Because"}
    )
    Signature.objects.filter(supporter=people["b"], campaign=first).update(
        counted_at=timezone.now() - timedelta(days=90)
    )
    Signature.objects.filter(supporter=people["c"]).update(country="US", postal_code="94110")
    Signature.objects.filter(supporter=people["d"]).update(country="US", postal_code="10001")
    # What another organization was told, or has made of the person's row, is none of ours.
    _sign(make_campaign(organization=make_organization()), people["e"], country="US")
    Supporter.objects.filter(pk=people["e"].pk).update(country="US", postal_code="94110")
    Subscription.objects.filter(supporter=people["e"]).update(subscribed_at="2026-05-01T23:59Z")
    tag = Tag.objects.create(organization=organization, name="volunteer")
    TaggedSupporter.objects.create(tag=tag, supporter=people["f"])
    nurse = CustomField.objects.create(campaign=first, key="nurse", label="Nurse?", kind="tick")
    why = CustomField.objects.create(campaign=first, key="why", label="Why?")
    scope = organization.scopes.get(key="activism")
    sent = Mailing.objects.create(organization=organization, scope=scope, subject="Old news")
    for number, (name, status) in enumerate({"a": 3, "b": 6, "c": 8, "d": 4}.items(), 1):
        Recipient.objects.create(
            mailing=sent,
            lane=0,
            seq=number,
            subscription_id=0,
            supporter=people[name],
            status=status,
            done_at=timezone.now() - timedelta(days=30),
        )
    return locals()


def _sign(campaign: Campaign, supporter: Supporter, **fields: Any) -> None:
    Signature.objects.create(
        campaign=campaign,
        supporter=supporter,
        statement=campaign.current_statement(),
        notice=campaign.current_notice(),
        consents=True,
        name="A. Reader",
        state=Signature.State.COUNTED,
        counted_at=timezone.now(),
        **fields,
    )


def conditions(world: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Each condition with those for whom it holds."""
    return [
        ({"is": "signed", "campaign": world["second"].pk}, "ab"),
        ({"is": "agreed", "scope": world["scope"].pk}, "abcdef"),
        ({"is": "joined", "date": "2026-05-01"}, "abcdf"),
        ({"is": "active", "times": 2, "days": 30}, "a"),
        ({"is": "source", "code": "tw1"}, "a"),
        ({"is": "country", "country": "US"}, "cd"),
        ({"is": "region", "country": "US", "prefixes": ["94", "95"]}, "c"),
        ({"is": "language", "language": "de"}, "ab"),
        ({"is": "got", "mailing": world["sent"].pk}, "ac"),
        ({"is": "tagged", "tag": world["tag"].pk}, "f"),
        ({"is": "answered", "question": world["nurse"].pk, "answer": "true"}, "a"),
        ({"is": "answered", "question": world["why"].pk, "answer": "because"}, "a"),
    ]


def rules(*groups: list[dict[str, Any]]) -> Rules:
    return Rules.read({"version": 1, "all": list(groups)})


def found(world: dict[str, Any], wanted: Rules) -> str:
    """Whom the rules describe, by the query that counts; the one for single people affirms it."""
    described = audience_of_rules(wanted, scope=world["scope"])
    by_pk = {person.pk: name for name, person in world["people"].items()}
    with connection.cursor() as cursor:
        cursor.execute(audience.counting.people_within(described, None), described.values)
        counted = {pk for (pk,) in cursor.fetchall()}
        one = described.holds_for("s.id")
        asked = f"SELECT s.id FROM signatures_supporter s WHERE {one}"  # noqa: S608
        cursor.execute(asked, described.values)
        assert counted == {pk for (pk,) in cursor.fetchall()}
    assert audience.look(described).count == len(counted)
    return "".join(sorted(by_pk[pk] for pk in counted))


def test_each_condition_and_its_opposite(world: dict[str, Any]) -> None:
    for condition, expected in conditions(world):
        assert found(world, rules([condition])) == expected, condition
        rest = "".join(sorted(set("abcdef") - set(expected)))
        assert found(world, rules([condition | {"not": True}])) == rest, condition


def test_any_combination_of_and_or_and_not(world: dict[str, Any]) -> None:
    """Twenty that were put together at random, against the same worked out in Python."""
    choice = random.Random(7)
    known = conditions(world)
    for _ in range(20):
        groups, expected = [], set("abcdef")
        for _group in range(choice.randint(1, 3)):
            picked = choice.sample(known, choice.randint(1, 3))
            turned = [(*one, choice.random() < 0.4) for one in picked]
            groups.append([cond | {"not": negated} for cond, _who, negated in turned])
            expected &= set().union(
                *(set("abcdef") - set(who) if negated else set(who) for _c, who, negated in turned)
            )
        assert found(world, rules(*groups)) == "".join(sorted(expected)), groups


def test_a_mailing_goes_to_its_segment_as_it_was_when_it_was_scheduled(
    world: dict[str, Any],
) -> None:
    organization: Organization = world["organization"]
    segment = Segment.objects.create(
        organization=organization,
        name="Not in B",
        rules=rules([{"is": "signed", "campaign": world["second"].pk, "not": True}]).data(),
    )
    mailing = Mailing.objects.create(
        organization=organization,
        scope=world["scope"],
        campaign=world["first"],
        segment=segment,
        subject="News",
    )
    mailing.updates.add(make_update(world["first"]))
    assert audience.count(mailing) == 4
    assert [audience.is_larger_than(mailing, people) for people in (3, 4)] == [True, False]
    assert len(audience.samples(mailing)) == 4
    assert all("•" in one for one in audience.samples(mailing))
    Mailing.objects.filter(pk=mailing.pk).update(
        state="scheduled", starts_at=timezone.now(), narrowed_by=segment.as_data()
    )
    Segment.objects.update(rules=rules().data())

    while audience.freeze_page(mailing.pk):
        pass

    got = Recipient.objects.filter(mailing=mailing).values_list("supporter", flat=True)
    assert set(got) == {world["people"][name].pk for name in "cdef"}


def test_a_random_part_is_the_same_people_every_time(world: dict[str, Any]) -> None:
    parts = []
    segment = Segment.objects.create(organization=world["organization"], name="Three", most=3)
    for _ in range(2):
        mailing = Mailing.objects.create(
            organization=world["organization"],
            scope=world["scope"],
            segment=segment,
            subject="News",
            state="scheduled",
            starts_at=timezone.now(),
            narrowed_by=segment.as_data(),
        )
        assert audience.count(mailing) == 3
        assert [audience.is_larger_than(mailing, people) for people in (2, 3)] == [True, False]
        while audience.freeze_page(mailing.pk):
            pass
        rows = Recipient.objects.filter(mailing=mailing)
        parts.append(set(rows.values_list("supporter", flat=True)))
    assert len(parts[0]) == 3
    assert parts[0] == parts[1]


def test_rules_read_as_one_sentence(world: dict[str, Any]) -> None:
    said = rules(
        [{"is": "signed", "campaign": world["first"].pk}],
        [{"is": "signed", "campaign": world["second"].pk, "not": True}],
        [{"is": "joined", "date": "2026-05-01"}],
    )
    organization = world["organization"]
    with translation.override("en"):
        assert sentence_of(said, organization) == (
            "People who signed “A” and did not sign “B” and joined after May 1, 2026."
        )
        either = rules([said.requirements[0][0].data(), said.requirements[1][0].data()])
        assert sentence_of(either, organization, 1500) == (
            "People who signed “A” or did not sign “B”; at most 1,500 of them, chosen by lot and"
            " the same each time."
        )
        assert sentence_of(rules(), organization) == "Everyone."


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"version": 2, "all": []},
        {"version": 1, "all": [[]]},
        {"version": 1, "all": [[{"is": "sql", "campaign": 1}]]},
        {"version": 1, "all": [[{"is": "signed", "campaign": "1 OR 1=1"}]]},
        {"version": 1, "all": [[{"is": "signed", "campaign": True}]]},
        {"version": 1, "all": [[{"is": "signed", "campaign": 1, "or": "x"}]]},
        {"version": 1, "all": [[{"is": "joined", "date": "soon"}]]},
        {"version": 1, "all": [[{"is": "source", "code": "x" * 65}]]},
        {"version": 1, "all": [[{"is": "region", "country": "US", "prefixes": []}]]},
        {"version": 1, "all": [[{"is": "source", "code": "x"}]] * 11},
    ],
)
def test_what_is_no_rule_is_refused(data: Any) -> None:
    with pytest.raises(BadRules):
        Rules.read(data)


def test_t16_rules_name_nothing_of_another_organization(world: dict[str, Any]) -> None:
    stranger = make_campaign()
    foreign_scope = stranger.organization.scopes.get(key="activism")
    for condition in (
        {"is": "signed", "campaign": stranger.pk},
        {"is": "agreed", "scope": foreign_scope.pk},
    ):
        with pytest.raises(BadRules):
            audience_of_rules(rules([condition]), scope=world["scope"])


def test_t16_what_happened_with_another_organization_is_not_seen(world: dict[str, Any]) -> None:
    stranger = make_campaign(language="fr")
    _sign(stranger, world["people"]["e"])
    Signature.objects.filter(campaign=stranger).update(referrer_code="theirs")

    assert found(world, rules([{"is": "language", "language": "fr"}])) == ""
    assert found(world, rules([{"is": "source", "code": "theirs"}])) == ""
    assert found(world, rules([{"is": "active", "times": 2, "days": 30}])) == "a"
