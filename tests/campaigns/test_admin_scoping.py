"""T16: staff of one organization meet nothing of another, at no address of the admin."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse

from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.models import Campaign, Picture, Source, Translation, Update, UpdateText
from mailings.models import (
    ArrivedMail,
    DigestSchedule,
    Mailing,
    MailingTally,
    MailingTranslation,
    Reply,
    Segment,
    Trial,
)
from mailings.welcoming.starting import draft_step
from signatures.models import PaperBatch, StateChange, Suppression, Tag
from signatures.staff.exporting import Chosen, ask
from tests.campaigns.admin_pages import make_organizer, words
from tests.factories import make_campaign, make_organization, make_signature

pytestmark = pytest.mark.django_db

MARK = "Beacon"


@pytest.fixture
def theirs() -> dict[str, Model]:
    """One row of every kind, of an organization that our organizer does not work for."""
    organization = make_organization(name=f"{MARK} Union", short_name=MARK)
    scope = organization.scopes.get(key="activism")
    organization.scopes.update(name=f"{MARK} news")
    campaign = make_campaign(organization=organization, headline=f"Tell {MARK} City: Listen")
    source = Source.objects.create(campaign=campaign, key="a", title=f"{MARK} report")
    picture = Picture.objects.create(organization=organization, alt=MARK, width=1, height=1)
    signature = make_signature(campaign, name=f"{MARK} Signer", email=f"{MARK}@example.net")
    waiting = make_signature(campaign, email=f"{MARK}-2@example.net", confirmed=False)
    update = Update.objects.create(campaign=campaign, title=f"{MARK} answered", body="<p>Yes.</p>")
    translation = Translation.objects.create(
        campaign=campaign, language="es", slug="beacon-es", headline=f"{MARK}, escuchen"
    )
    mailing = Mailing.objects.create(organization=organization, scope=scope, subject=MARK)
    schedule = DigestSchedule.objects.create(scope=scope, due_at=datetime(2030, 1, 1, tzinfo=UTC))
    segment = Segment.objects.create(organization=organization, name=MARK)
    welcome = draft_step(scope=scope, days=0, subject=MARK, user=None)
    trial = Trial.objects.create(mailing=mailing)
    spanish = MailingTranslation.objects.create(mailing=mailing, language="es", subject=MARK)
    reply = Reply.objects.create(
        arrived=ArrivedMail.objects.create(digest=b"d" * 32, raw=b"Hello."),
        organization=organization,
        sender=f"{MARK}@example.net",
        subject=MARK,
        arrived_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    blocked = Suppression.objects.create(
        email_hash=signature.supporter.email_hash, reason="complaint"
    )
    moved = StateChange.objects.create(campaign=campaign, to_state="rejected", reason=MARK)
    export, _token = ask(
        campaign=campaign, user=None, purpose=MARK, file_format="csv", chosen=Chosen()
    )
    paper = PaperBatch.objects.create(
        campaign=campaign, signatures=7, collected_on="2020-01-01", collected_by=MARK
    )
    rows = [organization, campaign, update, signature, signature.supporter, moved, export, paper]
    rows += [translation, waiting.letters.get(), blocked, mailing, schedule, source, picture]
    tally = MailingTally.objects.create(mailing=mailing)
    tag = Tag.objects.create(organization=organization, name=MARK)
    text = UpdateText.objects.create(update=update, language="es", title=MARK, body="<p>Sí.</p>")
    rows += [tag, tally, segment, welcome, trial, spanish, reply, text]
    return {row._meta.label: row for row in rows}


@pytest.fixture
def organizer() -> User:
    ours = make_campaign(headline="Tell Amazon: Stop")
    make_signature(ours)
    return make_organizer(ours.organization)


@pytest.fixture
def staff(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def scoped_admins() -> list[admin.ModelAdmin]:
    """Every admin of our own apps; one that is not scoped fails here, whoever wrote it."""
    own = ("campaigns", "signatures", "mailings")
    admins = [a for m, a in admin.site._registry.items() if m._meta.app_label in own]
    unscoped = [a for a in admins if not isinstance(a, OrganizationScopedAdmin)]
    # Lanes and what providers report belong to the server and to no organization: only superusers
    # see them.
    assert {a.model._meta.label for a in unscoped} <= {"mailings.Lane", "mailings.MailEvent"}
    return [a for a in admins if a not in unscoped]


def addresses_of(model_admin: admin.ModelAdmin) -> Iterator[URLPattern]:
    for pattern in model_admin.get_urls():
        if pattern.name:
            yield pattern


def test_t16_every_address_of_an_object_of_another_organization_answers_404(staff, theirs):
    tried = 0
    for model_admin in scoped_admins():
        row = theirs[model_admin.model._meta.label]
        for pattern in addresses_of(model_admin):
            if "<" not in str(pattern.pattern):
                continue
            # An address under an update or a campaign of another app takes that row's key.
            url = reverse(f"admin:{pattern.name}", args=_arguments(pattern, row, theirs))
            for method in (staff.get, staff.post):
                status = method(url).status_code
                assert status in (403, 404, 405), (url, status)
                tried += 1
            assert 404 in (staff.get(url).status_code, staff.post(url).status_code), url
    assert tried > 40


def _arguments(pattern: URLPattern, row: Model, theirs: dict[str, Model]) -> list[object]:
    """The row's key, or that of the update where a mailing begins; then the word of a step."""
    row = theirs["campaigns.Update"] if str(pattern.name).endswith("from_update") else row
    row = theirs["campaigns.Campaign"] if str(pattern.name).endswith("source_check") else row
    row = theirs["campaigns.Campaign"] if "campaign_id" in pattern.pattern.converters else row
    step = "close" if pattern.name == "campaigns_campaign_step" else "pause"
    return [row.pk, step][: len(pattern.pattern.converters)]


def test_t16_no_list_shows_a_row_or_a_filter_of_another_organization(staff, theirs):
    for model_admin in scoped_admins():
        opts = model_admin.model._meta
        for term in ("", "Beacon", "beacon@example.net"):
            url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            page = staff.get(url, {"q": term} if term and model_admin.search_fields else {})
            assert page.status_code == 200, url
            assert MARK.lower() not in words(page).lower(), url


def test_t16_no_form_offers_a_choice_of_another_organization(staff, theirs):
    for model_admin in scoped_admins():
        opts = model_admin.model._meta
        page = staff.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_add"))
        assert page.status_code in (200, 302, 403)
        assert MARK not in page.content.decode(), opts.label


def test_t16_no_autocomplete_offers_a_row_of_another_organization(staff, theirs):
    answers = 0
    for model_admin in scoped_admins():
        opts = model_admin.model._meta
        for field in model_admin.autocomplete_fields:
            query = {"app_label": opts.app_label, "model_name": opts.model_name}
            answer = staff.get(reverse("admin:autocomplete"), query | {"field_name": field})
            assert answer.status_code == 200
            assert MARK not in answer.content.decode()
            answers += 1
    assert answers


def test_t16_the_landing_page_and_the_preview_show_nothing_of_another_organization(staff, theirs):
    assert MARK not in staff.get(reverse("admin:index")).content.decode()
    preview = reverse("admin:preview", args=[theirs["campaigns.Campaign"].pk])
    assert staff.get(preview).status_code == 404


def test_t16_a_row_of_another_organization_cannot_be_chosen_by_its_key(staff, theirs):
    campaign = theirs["campaigns.Campaign"]
    answer = staff.post(
        reverse("admin:campaigns_update_add"),
        {"campaign": campaign.pk, "title": "News", "body": "<p>Yes.</p>"},
    )
    assert answer.status_code == 200
    assert "campaign" in answer.context["adminform"].form.errors
    assert not Update.objects.filter(title="News").exists()


def test_t16_a_campaign_cannot_be_made_for_another_organization(staff, theirs):
    organization = theirs["campaigns.Organization"]
    staff.post(
        reverse("admin:campaigns_campaign_add"),
        {"organization": organization.pk, "headline": "Tell", "slug": "tell"},
    )
    assert not Campaign.objects.filter(slug="tell").exists()


def test_t16_staff_of_no_organization_see_nothing(client, theirs, organizer):
    organizer.memberships.all().delete()
    client.force_login(organizer)
    page = client.get(reverse("admin:campaigns_campaign_changelist"))
    assert page.context["cl"].result_count == 0


def test_a_superuser_sees_every_organization(admin_client, theirs, organizer):
    page = admin_client.get(reverse("admin:campaigns_campaign_changelist"))
    assert page.context["cl"].result_count == 2
