"""Nobody proofs a digest or a welcome before each person gets it: whoever may not send changes none
of its words, in no language and by no button."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.digesting.preparing import draft_digest
from mailings.models import DigestSchedule, Mailing
from mailings.welcoming.starting import draft_step
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update

pytestmark = pytest.mark.django_db

TYPED = {"subject": "Buy now", "body": "<p>Words.</p>", "preheader": "", "from_name": ""}


def at_work(group: str, mailing: Mailing) -> Client:
    """The browser of somebody in a group of the mailing's organization."""
    user = make_staff(organization=mailing.organization)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(params=["digest", "welcome"])
def by_itself(request: pytest.FixtureRequest) -> Mailing:
    """A draft that will go out by itself, and has a German text."""
    campaign = make_campaign()
    scope = campaign.organization.scopes.get(key="activism")
    if request.param == "welcome":
        user = make_staff(organization=campaign.organization)
        mailing = draft_step(scope=scope, days=2, subject="Welcome", user=user).mailing
    else:
        make_update(campaign)
        tomorrow = timezone.now() + timedelta(days=1)
        schedule = DigestSchedule.objects.create(scope=scope, due_at=tomorrow)
        drafted = draft_digest(schedule=schedule, due_at=tomorrow)
        assert drafted
        mailing = drafted
    mailing.translations.create(language="de", subject="Neues")
    return mailing


def ways_to_write(mailing: Mailing) -> list[str]:
    """Every address at which words of the mailing are changed."""
    text = mailing.translations.get()
    return [
        reverse("admin:mailings_mailing_change", args=[mailing.pk]),
        reverse("admin:mailings_mailing_step", args=[mailing.pk, "language"]),
        reverse("admin:mailings_mailing_step", args=[mailing.pk, "reword"]),
        reverse("admin:mailings_mailingtranslation_change", args=[text.pk]),
        reverse("admin:mailings_mailingtranslation_delete", args=[text.pk]),
    ]


@pytest.mark.parametrize("group", ["Authors", "Editors"])
def test_t16_who_may_not_send_it_changes_none_of_its_words(group: str, by_itself: Mailing) -> None:
    client = at_work(group, by_itself)

    answers = {
        url: client.post(url, TYPED | {"language": "es", "post": "yes"}).status_code
        for url in ways_to_write(by_itself)
    }

    assert answers == dict.fromkeys(answers, 403)
    before = by_itself.revision
    by_itself.refresh_from_db()
    assert by_itself.revision == before
    assert [text.subject for text in by_itself.translations.all()] == ["Neues"]


def test_who_may_send_it_may_word_it_in_another_language(by_itself: Mailing) -> None:
    client = at_work("Organizers", by_itself)
    url = reverse("admin:mailings_mailing_step", args=[by_itself.pk, "language"])

    client.post(url, {"language": "es"})

    assert set(by_itself.translations.values_list("language", flat=True)) == {"de", "es"}
