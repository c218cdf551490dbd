"""Writing a mail: drafted, previewed as its readers see it, in several languages, never lost."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from mailings.digesting.waking import wake
from mailings.models import DigestSchedule, Mailing, MailingTranslation
from mailings.proofing import send_proof
from mailings.welcoming.starting import draft_step
from signatures.models import Supporter
from tests.campaigns.admin_pages import form_on, make_organizer, save, words
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_staff, make_update, scheduled_mailing
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db

FORM = "mailing_form"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(body="<p>It errs.</p>", ask="Stop it now.")


@pytest.fixture
def reader(campaign: Campaign) -> Supporter:
    """Somebody who gets an ask: they signed another campaign of the organization."""
    other = make_campaign(organization=campaign.organization)
    return make_signature(other, name="Käthe Kollwitz", email="kaethe@example.org").supporter


@pytest.fixture
def mailing(staff: Client, campaign: Campaign) -> Mailing:
    """The ask, drafted by one click."""
    begin = reverse("admin:mailings_mailing_from_campaign", args=[campaign.pk])
    assert begin in words_of_links(staff.get(change_url("campaigns_campaign", campaign.pk)))
    assert "This makes a draft" in words(staff.get(begin))
    assert not Mailing.objects.exists()
    assert staff.post(begin, follow=True).status_code == 200
    return Mailing.objects.get()


def words_of_links(page: Any) -> list[str]:
    return [str(link["href"]) for link in BeautifulSoup(page.content, "html.parser").select("a")]


def change_url(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def step(mailing: Mailing, name: str) -> str:
    return reverse("admin:mailings_mailing_step", args=[mailing.pk, name])


def shown(client: Client, mailing: Mailing, **typed: str) -> str:
    """The preview of what is typed."""
    url = reverse("admin:mailings_mailing_preview", args=[mailing.pk])
    return client.post(url, typed).content.decode()


def test_the_preview_shows_what_is_typed_and_saves_nothing(staff: Client, mailing: Mailing) -> None:
    before = mailing.body
    html = shown(staff, mailing, body="<p>Fresh words.</p>", headline="Another headline")
    assert "Fresh words." in html
    assert "Another headline</h1>" in html
    text = shown(staff, mailing, body="<p>Fresh words.</p>", preview_part="text")
    assert "Fresh words.\r\n" in text or "Fresh words.\n" in text
    mailing.refresh_from_db()
    assert (mailing.body, mailing.state) == (before, Mailing.State.DRAFT)
    assert "no postal" not in shown(staff, mailing, body="x" * 50_000)


def test_the_preview_is_light_or_dark_whatever_the_browser_prefers(
    staff: Client, mailing: Mailing
) -> None:
    assert "@media all" in shown(staff, mailing, preview_scheme="dark")
    assert "@media not all" in shown(staff, mailing, preview_scheme="light")


def test_the_preview_is_that_of_a_reader_whose_name_and_address_stay_hidden(
    staff: Client, mailing: Mailing, reader: Supporter
) -> None:
    page = staff.get(change_url("mailings_mailing", mailing.pk))
    choice = BeautifulSoup(page.content, "html.parser").select_one("#preview-reader")
    assert choice
    offered = [option.get_text() for option in choice.select("option")]
    assert offered == ["somebody without a name", "k•••@example.org (K…)"]

    as_reader = shown(staff, mailing, preview_reader=str(reader.pk))
    assert "Dear K…," in as_reader
    assert "Käthe" not in as_reader
    assert "kaethe@" not in as_reader + page.content.decode()
    assert "Dear friend," in shown(staff, mailing)
    stranger = make_signature(make_campaign(), name="Eve Adams").supporter
    assert "Dear friend," in shown(staff, mailing, preview_reader=str(stranger.pk))


def test_saving_voids_the_proof_and_scheduling_ends_the_writing(
    staff: Client, mailing: Mailing, reader: Supporter, smtp_sink: SMTPSink
) -> None:
    send_proof(mailing=mailing, user=make_staff())
    save(staff, change_url("mailings_mailing", mailing.pk), FORM, subject="Another")
    mailing.refresh_from_db()
    assert (mailing.subject, mailing.state) == ("Another", Mailing.State.DRAFT)
    opened = form_on(staff.get(change_url("mailings_mailing", mailing.pk)), FORM)
    Mailing.objects.update(state=Mailing.State.SCHEDULED)
    page = staff.post(
        change_url("mailings_mailing", mailing.pk), opened | {"subject": "Late", "_save": "1"}
    )
    assert page.status_code == 403
    mailing.refresh_from_db()
    assert mailing.subject == "Another"


def test_saving_without_a_change_keeps_the_proof(
    staff: Client, mailing: Mailing, smtp_sink: SMTPSink
) -> None:
    send_proof(mailing=mailing, user=make_staff())
    save(staff, change_url("mailings_mailing", mailing.pk), FORM)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PROOFED


def test_f32_two_who_write_one_mail_do_not_overwrite_each_other(
    staff: Client, mailing: Mailing, campaign: Campaign
) -> None:
    other = Client()
    other.force_login(make_organizer(campaign.organization, "grace"))
    url = change_url("mailings_mailing", mailing.pk)
    opened = form_on(staff.get(url), FORM)
    save(other, url, FORM, subject="Hers")

    page = staff.post(url, opened | {"subject": "Mine", "_save": "1"})
    assert "grace saved another version" in words(page)
    mailing.refresh_from_db()
    assert mailing.subject == "Hers"
    assert form_on(page, FORM)["subject"] == ["Mine"]


def test_another_language_begins_as_a_copy_and_is_written_on_its_own_page(
    staff: Client, mailing: Mailing
) -> None:
    staff.post(step(mailing, "language"), {"language": "de"})
    staff.post(step(mailing, "language"), {"language": "de"})
    staff.post(step(mailing, "language"), {"language": "xx"})
    german = MailingTranslation.objects.get()
    assert german.body == mailing.body
    url = change_url("mailings_mailingtranslation", german.pk)
    save(staff, url, "mailingtranslation_form", subject="Hört auf", body="<p>Hallo!</p>")

    german.refresh_from_db()
    assert (german.subject, german.body) == ("Hört auf", "<p>Hallo!</p>")
    preview = reverse("admin:mailings_mailingtranslation_preview", args=[german.pk])
    page = staff.get(preview).content.decode()
    assert 'lang="de"' in page
    assert "Hallo!" in page
    assert "Hört auf" in words(staff.get(change_url("mailings_mailing", mailing.pk)))


def test_an_update_may_be_mailed_with_words_of_its_own(staff: Client, campaign: Campaign) -> None:
    update = make_update(campaign)
    staff.post(reverse("admin:mailings_mailing_from_update", args=[update.pk]))
    mailing = Mailing.objects.get()
    assert "They stopped for a year." in shown(staff, mailing)
    assert "Only by mail." in shown(staff, mailing, body="<p>Only by mail.</p>")


def test_t16_a_stranger_sees_and_writes_nothing(mailing: Mailing) -> None:
    stranger = Client()
    stranger.force_login(make_organizer(make_campaign().organization, "eve"))
    preview = reverse("admin:mailings_mailing_preview", args=[mailing.pk])
    typed = reverse("admin:mailings_mailing_typed", args=[mailing.pk])
    begin = reverse("admin:mailings_mailing_from_campaign", args=[mailing.campaign_id])

    assert stranger.get(preview).status_code == 404
    assert stranger.post(preview, {"body": "x"}).status_code == 404
    assert stranger.post(typed, {"body": "x"}).status_code == 404
    assert stranger.post(begin).status_code == 404
    assert stranger.post(step(mailing, "language"), {"language": "de"}).status_code == 404


def test_t21_what_was_scheduled_is_shown_as_it_goes_out_whatever_changes_after(
    staff: Client, campaign: Campaign, smtp_sink: SMTPSink
) -> None:
    make_signature(campaign)
    update = make_update(campaign)
    mailing = scheduled_mailing(update)
    update.body = "<p>Something quite different.</p>"
    update.save()

    assert "They stopped for a year." in shown(staff, mailing)
    assert "quite different" not in shown(staff, mailing, body="<p>And quite different.</p>")


def test_a_digest_and_a_welcome_are_previewed_on_the_same_page(
    staff: Client, campaign: Campaign
) -> None:
    make_update(campaign)
    scope = campaign.organization.scopes.get(key="activism")
    schedule = DigestSchedule.objects.create(scope=scope, due_at=timezone.now())
    digest = wake(schedule=schedule)
    welcome = draft_step(
        scope=scope, days=3, user=None, subject="Welcome", preheader="", body="<p>Glad.</p>"
    ).mailing
    assert digest
    Mailing.objects.filter(pk=digest.pk).update(state=Mailing.State.DRAFT)

    for mailing, says in ((digest, "They stopped for a year."), (welcome, "Glad.")):
        assert staff.get(change_url("mailings_mailing", mailing.pk)).status_code == 200
        assert says in shown(staff, Mailing.objects.get(pk=mailing.pk))


@pytest.mark.parametrize(
    ("line", "typed", "says"),
    [
        ("subject", "Dear {firstname|friend}", "{firstname|friend} is no field"),
        ("preheader", "Dear {first_name}", "Say what stands in place of a name"),
        ("headline", "Dear\u202e friend", "Behind “Dear” stands a character that cannot be seen"),
    ],
)
def test_what_no_line_can_say_is_named_at_that_line_when_it_is_saved(
    staff: Client, mailing: Mailing, line: str, typed: str, says: str
) -> None:
    page = save(staff, change_url("mailings_mailing", mailing.pk), FORM, **{line: typed})

    field = BeautifulSoup(page.content, "html.parser").select_one(f".field-{line}")
    assert field
    assert says in field.get_text()
    assert form_on(page, FORM)[line] == [typed]
    mailing.refresh_from_db()
    assert getattr(mailing, line) != typed


def test_deleting_a_language_leads_back_to_its_mailing(staff: Client, mailing: Mailing) -> None:
    text = mailing.translations.create(language="es", subject="Hola", body="<p>Hola.</p>")
    address = reverse("admin:mailings_mailingtranslation_delete", args=[text.pk])

    page = staff.post(address, {"post": "yes"}, follow=True)

    assert page.redirect_chain[-1][0] == change_url("mailings_mailing", mailing.pk)
    assert "The text is deleted." in words(page)
    assert not mailing.translations.exists()
