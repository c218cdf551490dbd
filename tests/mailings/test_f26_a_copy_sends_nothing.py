"""A restored or cloned database sends nothing before somebody says so on its host."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from mailings.arming import arm_sending
from mailings.mailbox import look_into_mailbox
from mailings.models import Mailing
from mailings.proofing import ProofFailed, send_proof
from mailings.pumping import pump
from mailings.sending import send_slice
from mailings.tasks import send_slice as send_slice_task
from signatures.arming import is_armed
from signatures.letters.outbox import Outbox
from signatures.models import KeyFingerprint, Letter
from tests.factories import make_campaign, make_signature
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up, statuses
from tests.rig.own_servers import OwnServers
from tests.rig.programs import Worker, with_database
from tests.rig.smtp_sink import SMTPSink


@pytest.fixture
def under_way(smtp_sink: SMTPSink) -> Mailing:
    """A mailing to three people that is being sent, and a letter that is due."""
    campaign = make_campaign()
    sign_up(campaign, 3)
    mailing = scheduled_mailing(make_update(campaign))
    pump()
    make_signature(campaign, confirmed=False)
    smtp_sink.mails.clear()
    return mailing


@pytest.fixture
def other_host(settings: Any, tmp_path: Path) -> None:
    """What is on this host's disk is not what was on that of the one that was copied."""
    settings.VAR_DIR = tmp_path


def everything_that_sends() -> None:
    """What workers, beat and staff may set off."""
    pump()
    send_slice(lane=0)
    send_slice_task(0)
    Outbox().drain()
    look_into_mailbox()


@pytest.mark.django_db
def test_f26_a_first_installation_is_armed_by_its_first_migration() -> None:
    assert is_armed()


@pytest.mark.django_db
def test_f26_on_another_host_nothing_leaves(
    under_way: Mailing, other_host: None, smtp_sink: SMTPSink
) -> None:
    everything_that_sends()
    with pytest.raises(ProofFailed, match="arm_sending"):
        send_proof(mailing=under_way, user=make_staff())

    assert smtp_sink.mails == []
    assert statuses(under_way) == {"pending": 3}
    assert Letter.objects.unsent().count() == 1


@pytest.mark.django_db
def test_f26_a_migration_on_another_host_arms_no_copy(under_way: Mailing, other_host: None) -> None:
    call_command("migrate", verbosity=0)
    assert not is_armed()

    KeyFingerprint.objects.filter(purpose="sending").delete()
    call_command("migrate", verbosity=0)

    assert not is_armed(), "people are in it: it is no first installation"


@pytest.mark.django_db
def test_f26_armed_by_hand_it_sends_and_a_mailing_under_way_waits_for_a_look(
    under_way: Mailing, other_host: None, smtp_sink: SMTPSink
) -> None:
    call_command("arm_sending", yes=True, verbosity=0)
    everything_that_sends()

    assert len(smtp_sink.mails) == 1, "the letter"
    under_way.refresh_from_db()
    assert under_way.state == "paused"
    assert "copied or moved" in under_way.pause_reason

    under_way.resume()
    arm_sending()
    send_slice(lane=0)
    assert statuses(under_way) == {"sent": 3}


@pytest.mark.django_db
def test_f26_hosts_with_the_same_key_send_together(
    under_way: Mailing, settings: Any, tmp_path: Path
) -> None:
    settings.SENDING_KEY = "shared by all workers of this database"
    arm_sending()

    settings.VAR_DIR = tmp_path

    assert is_armed()


@pytest.mark.django_db
def test_f26_staff_and_monitors_are_told(client: Any, under_way: Mailing, other_host: None) -> None:
    client.force_login(make_staff(is_superuser=True))

    assert "manage.py arm_sending" in client.get("/admin/").content.decode()
    ready = client.get("/readyz")
    assert "arm_sending" in ready.json()["sending"]
    assert ready.status_code == 200


@pytest.mark.fault
def test_f26_workers_on_a_clone_of_the_database_send_nothing_though_the_host_is_the_same(
    own: OwnServers, smtp_sink: SMTPSink, start_worker: Callable[..., Worker]
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 3)
    scheduled_mailing(make_update(campaign))
    make_signature(campaign, confirmed=False)
    smtp_sink.mails.clear()
    original = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE copied TEMPLATE "{original}"')

    there = own.environment(DATABASE_URL=with_database(own.postgres.url(), "copied"))
    workers = [start_worker(name, environment=there) for name in ("tx", "bulk")]
    time.sleep(4)
    assert smtp_sink.mails == []
    for worker in workers:
        worker.stop()

    start_worker("tx", environment=own.environment())
    smtp_sink.wait(1, timeout=10)
