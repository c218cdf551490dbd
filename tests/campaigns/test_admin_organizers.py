"""What an organizer may do comes with the migrations, and ends where others decide."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from advocacy.organizers import GROUPS, MAY
from campaigns.models import MailScope
from tests.campaigns.admin_pages import form_on, save, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", GROUPS)
def test_migrating_gives_a_group_every_permission_it_is_meant_to_have(name):
    group = Group.objects.get(name=name)
    given = {permission.codename for permission in group.permissions.all()}
    assert given == {
        f"{action}_{model}" for (_app, model), actions in GROUPS[name].items() for action in actions
    }


def test_readers_may_look_and_nothing_else():
    given = Group.objects.get(name="Readers").permissions.all()
    assert {permission.codename.split("_")[0] for permission in given} == {"view"}


def test_the_group_names_models_that_exist():
    for label, model in MAY:
        assert apps.get_model(label, model)


def test_migrating_again_restores_what_was_taken_and_adds_nothing():
    group = Group.objects.get(name="Organizers")
    before = set(group.permissions.all())
    group.permissions.remove(Permission.objects.get(codename="change_campaign"))
    call_command("migrate", verbosity=0)
    assert set(group.permissions.all()) == before
    assert Group.objects.count() == len(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("gone", ["delete_signature", "add_user"])
def test_migrating_again_takes_what_is_no_longer_meant(name, gone):
    group = Group.objects.get(name=name)
    before = set(group.permissions.all())
    group.permissions.add(Permission.objects.get(codename=gone))
    call_command("migrate", verbosity=0)
    assert set(group.permissions.all()) == before


def test_an_organizer_cannot_make_members_or_accounts(staff, campaign):
    url = reverse("admin:campaigns_organization_change", args=[campaign.organization_id])
    form = form_on(staff.get(url), "organization_form")
    assert not [name for name in form if name.startswith("memberships")]
    for name in ("auth_user_changelist", "auth_user_add", "auth_group_changelist"):
        assert staff.get(reverse(f"admin:{name}")).status_code == 403


def test_a_superuser_makes_somebody_a_member(admin_client, campaign):
    url = reverse("admin:campaigns_organization_change", args=[campaign.organization_id])
    assert "memberships-TOTAL_FORMS" in form_on(admin_client.get(url), "organization_form")


def test_a_kind_of_mail_that_consents_stand_on_is_not_deleted(staff, campaign):
    url = reverse("admin:campaigns_organization_change", args=[campaign.organization_id])
    assert b"scopes-0-DELETE" not in staff.get(url).content


def test_what_people_agreed_to_keeps_its_name(staff, campaign):
    page = reverse("admin:campaigns_organization_change", args=[campaign.organization_id])
    agreed = campaign.notices.get().scopes.get(key="activism")
    save(staff, page, "organization_form", **{"scopes-0-name": "Offers of our partners"})
    agreed.refresh_from_db()
    assert agreed.name == "Activism"
    assert "one that people agreed to keeps its name" in words(staff.get(page))
    with pytest.raises(IntegrityError, match="add another kind"), transaction.atomic():
        MailScope.objects.filter(pk=agreed.pk).update(name="Offers of our partners")

    save(staff, page, "organization_form", **{"scopes-0-cadence": "weekly"})
    agreed.refresh_from_db()
    assert agreed.cadence == "weekly"


def test_staff_who_are_not_logged_in_are_asked_to(client):
    for name in ("index", "campaigns_campaign_changelist", "campaigns_campaign_citation"):
        answer = client.get(reverse(f"admin:{name}"))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))
