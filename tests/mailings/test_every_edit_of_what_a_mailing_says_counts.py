"""Whatever changes what a mailing says counts as an edit of it, in whichever row the words stand.

Who proofs, approves or sends a mailing names the revision that they saw; a way to change its words
that did not count would let others out than they saw.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailings.digesting.preparing import draft_digest, renew
from mailings.drafting import draft_from_update
from mailings.models import DigestSchedule, Mailing, MailingTranslation, Trial
from mailings.welcoming.starting import draft_step
from tests.campaigns.admin_pages import make_organizer, save
from tests.factories import make_campaign
from tests.mailings.making import make_update

pytestmark = pytest.mark.django_db


class Desk:
    """An organizer at a mailing of one update."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.campaign = make_campaign()
        self.scope = self.campaign.organization.scopes.get(key="activism")
        self.user = make_organizer(self.campaign.organization)
        client.force_login(self.user)
        self.mailing = draft_from_update(update=make_update(self.campaign), user=self.user)

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"admin:mailings_{page}", args=args)

    def write(self, model: str, row: Any, **typed: Any) -> None:
        save(self.client, self.url(f"{model}_change", row.pk), f"{model}_form", **typed)

    def delete(self, model: str, row: Any) -> None:
        self.client.post(self.url(f"{model}_delete", row.pk), {"post": "yes"})

    def press(self, step: str, **typed: Any) -> None:
        self.client.post(self.url("mailing_step", self.mailing.pk, step), typed)

    def german(self) -> MailingTranslation:
        made: MailingTranslation = self.mailing.translations.create(language="de", subject="Neues")
        return made

    def trial(self) -> Trial:
        trial = Trial.objects.create(mailing=self.mailing)
        trial.texts.create(number=2, subject="Subject B")
        trial.texts.create(number=3, subject="Subject C")
        return trial

    def begin_trial(self) -> None:
        typed: dict[str, Any] = {"share": 20, "hours": 5, "measure": "staying"}
        typed |= {"texts-TOTAL_FORMS": 1, "texts-INITIAL_FORMS": 0, "texts-0-subject": "Subject B"}
        self.client.post(f"{self.url('trial_add')}?mailing={self.mailing.pk}", typed)

    def revision(self) -> int:
        return Mailing.objects.get(pk=self.mailing.pk).revision


WAYS: dict[str, Callable[[Desk], None]] = {
    "its own words": lambda desk: desk.write("mailing", desk.mailing, subject="Other words"),
    "a language begun": lambda desk: desk.press("language", language="es"),
    "a language written": lambda desk: desk.write(
        "mailingtranslation", desk.german(), subject="Anderes"
    ),
    "a language deleted": lambda desk: desk.delete("mailingtranslation", desk.german()),
    "a trial begun": Desk.begin_trial,
    "a text to be tried written": lambda desk: desk.write(
        "trial", desk.trial(), **{"texts-0-subject": "Other words"}
    ),
    "a text to be tried deleted": lambda desk: desk.write(
        "trial", desk.trial(), **{"texts-0-DELETE": "on"}
    ),
    "a trial deleted": lambda desk: desk.delete("trial", desk.trial()),
}


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_change_what_it_says_counts(desk: Desk, way: str) -> None:
    WAYS[way](desk)

    assert desk.revision() == 1


def test_no_list_deletes_words_without_its_mailing(desk: Desk) -> None:
    german = desk.german()
    typed = {"action": "delete_selected", "_selected_action": [german.pk], "post": "yes"}

    desk.client.post(desk.url("mailingtranslation_changelist"), typed)

    assert MailingTranslation.objects.filter(pk=german.pk).exists()


def test_a_welcome_written_on_its_own_page_counts_and_so_does_taking_it_out(desk: Desk) -> None:
    body = "<p>Hello.</p>"
    step = draft_step(scope=desk.scope, days=2, subject="Hello", body=body, user=desk.user)
    desk.mailing = step.mailing
    desk.write("welcomestep", step, subject="Good morning")
    assert desk.revision() == 1

    Mailing.objects.filter(pk=desk.mailing.pk).update(state=Mailing.State.PAUSED)
    desk.press("reword")

    assert desk.revision() == 2


@pytest.mark.parametrize("subject", ["", "Our month"])
def test_news_that_come_into_a_digest_count_and_looking_for_some_does_not(
    desk: Desk, subject: str
) -> None:
    due_at = timezone.now() + timedelta(days=1)
    schedule = DigestSchedule.objects.create(scope=desk.scope, due_at=due_at)
    digest = draft_digest(schedule=schedule, due_at=due_at)
    assert digest
    desk.mailing = digest
    if subject:
        digest.edit(by=desk.user, subject=subject)
    seen = desk.revision()
    assert renew(digest, due_at=due_at)
    assert desk.revision() == seen

    make_update(desk.campaign, title="Late news")
    assert renew(digest, due_at=due_at)

    assert desk.revision() == digest.revision == seen + 1
    digest.refresh_from_db()
    assert "Late news" in {item.update.title for item in digest.items.all() if item.update}
    assert subject in digest.subject
