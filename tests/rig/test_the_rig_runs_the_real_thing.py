import urllib.request
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page

from tests.rig.own_servers import OwnServers
from tests.rig.programs import Site, Worker


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_browser_sees_what_the_test_has_saved(page: Page, browser_problems: list[str]):
    get_user_model().objects.create_superuser("ada", password="a password")
    page.goto("/admin/login/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "a password")
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    assert not browser_problems


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_real_workers_start_and_stop_in_order(celery_workers: dict[str, Worker]):
    assert all(worker.running for worker in celery_workers.values())
    celery_workers["bulk"].kill()
    assert not celery_workers["bulk"].running
    celery_workers["bulk"].start()
    celery_workers["bulk"].stop()
    assert celery_workers["bulk"].child.exit_code == 0


@pytest.mark.fault
def test_a_site_on_its_own_servers_shares_them_with_the_test(
    own: OwnServers, start_site: Callable[..., Site]
):
    get_user_model().objects.create_user("ada")
    assert own.query("SELECT username FROM auth_user") == [("ada",)]
    site = start_site(environment=own.environment())
    assert urllib.request.urlopen(f"{site.url}/healthz").status == 200
