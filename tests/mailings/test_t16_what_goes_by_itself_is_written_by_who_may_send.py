"""Nobody proofs a digest or a welcome before each person gets it: whoever may not send changes none
of its words, in no language and by no button."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.admin.steps import STEPS
from mailings.composing import compile_contents
from mailings.digesting.preparing import draft_digest
from mailings.models import DigestSchedule, Mailing, MailingTranslation, WelcomeStep
from mailings.proofing import proved
from mailings.welcoming.starting import draft_step
from tests.factories import make_campaign
from tests.mailings.making import make_staff, make_update
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

EVERYTHING_ELSE = "everything but sending"
TYPED = {"subject": "Buy now", "body": "<p>Words.</p>", "preheader": "", "from_name": ""}
# What a page of words, of a deletion, of a button and of a list look for, whichever answers.
POSTED = TYPED | {"language": "es", "post": "yes", "action": "delete_selected"}


def at_work(group: str, mailing: Mailing) -> Client:
    """The browser of somebody in a group of the mailing's organization, or with every permission
    there is about mailings save that to send them."""
    user = make_staff(organization=mailing.organization)
    if group == EVERYTHING_ELSE:
        every = Permission.objects.filter(content_type__app_label="mailings")
        user.user_permissions.set(every.exclude(codename="send_mailing"))
    else:
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
        mailing = draft_step(
            scope=scope, days=2, subject="Welcome", body="<p>Hello.</p>", user=user
        ).mailing
    else:
        make_update(campaign)
        tomorrow = timezone.now() + timedelta(days=1)
        schedule = DigestSchedule.objects.create(scope=scope, due_at=tomorrow)
        drafted = draft_digest(schedule=schedule, due_at=tomorrow)
        assert drafted
        mailing = drafted
    mailing.translations.create(language="de", subject="Neues", body="<p>Hallo.</p>")
    return mailing


def approved(mailing: Mailing) -> Mailing:
    """The same, approved as it stands."""
    assert mailing.mark_proofed(by=None)
    said = proved(compile_contents(mailing))
    assert mailing.approve(by=None, digest=said, count=1, written_by=[])
    return mailing


def said_by(mailing: Mailing) -> list[Any]:
    """All that its readers read of it, and what its approval stands on."""
    words = ("subject", "preheader", "headline", "body")
    own = Mailing.objects.filter(pk=mailing.pk)
    return [
        *own.values(*words, "from_name", "revision", "state", "approved_digest"),
        *mailing.translations.values("language", *words),
        *mailing.items.values("position", "kind", "update"),
    ]


def addresses(mailing: Mailing) -> Iterator[str]:
    """Every address of the admin of mailings: those of its own rows, and each button beside it."""
    rows: dict[Any, Any] = {MailingTranslation: mailing.translations.get(), Mailing: mailing}
    rows |= {WelcomeStep: WelcomeStep.objects.filter(mailing=mailing).first()}
    for model, model_admin in admin.site._registry.items():
        row = rows.get(model) or mailing
        for pattern in model_admin.get_urls():
            if not pattern.name or model._meta.app_label != "mailings":
                continue
            steps = STEPS if pattern.name == "mailings_mailing_step" else [""]
            for step in steps:
                given = [row.pk, step][: len(pattern.pattern.converters)]
                yield reverse(f"admin:{pattern.name}", args=given)


@pytest.mark.parametrize("group", ["Authors", "Editors", EVERYTHING_ELSE])
def test_t16_no_address_lets_who_may_not_send_it_change_what_it_says(
    group: str, by_itself: Mailing, smtp_sink: SMTPSink
) -> None:
    client = at_work(group, approved(by_itself))
    before, tried = said_by(by_itself), 0
    texts = list(by_itself.translations.values_list("pk", flat=True))

    for url in addresses(by_itself):
        client.post(url, POSTED | {"_selected_action": texts})
        assert said_by(by_itself) == before, url
        tried += 1

    assert tried > 60


@pytest.mark.parametrize("group", ["Authors", "Editors", EVERYTHING_ELSE])
def test_t16_who_may_not_send_it_is_refused_its_words(group: str, by_itself: Mailing) -> None:
    client = at_work(group, by_itself)
    text = by_itself.translations.get()
    mailing, translation = "admin:mailings_mailing_", "admin:mailings_mailingtranslation_"
    urls = [
        *(reverse(f"{mailing}{page}", args=[by_itself.pk]) for page in ("change", "delete")),
        *(reverse(f"{mailing}step", args=[by_itself.pk, step]) for step in ("language", "reword")),
        *(reverse(f"{translation}{page}", args=[text.pk]) for page in ("change", "delete")),
        f"{reverse('admin:mailings_trial_add')}?mailing={by_itself.pk}",
        reverse("admin:mailings_welcomestep_add"),
    ]
    if step := WelcomeStep.objects.filter(mailing=by_itself).first():
        pages = ("change", "delete")
        urls += [reverse(f"admin:mailings_welcomestep_{page}", args=[step.pk]) for page in pages]

    answers = {url: client.post(url, POSTED).status_code for url in urls}

    assert answers == dict.fromkeys(answers, 403)


def test_who_may_send_it_may_word_it_in_another_language(by_itself: Mailing) -> None:
    client = at_work("Organizers", by_itself)
    url = reverse("admin:mailings_mailing_step", args=[by_itself.pk, "language"])

    client.post(url, {"language": "es"})

    assert set(by_itself.translations.values_list("language", flat=True)) == {"de", "es"}
