"""PostgreSQL is killed in the middle of a mailing and comes back."""

from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.db import DatabaseError, connection

from mailings.pumping import pump
from tests.factories import make_campaign
from tests.mailings.driving import assert_kept_promise, drive, wait_for_mails
from tests.mailings.making import make_update, scheduled_mailing, sign_up
from tests.rig.own_servers import OwnServers
from tests.rig.programs import Worker
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.fault

CONNECTIONS = 4


@pytest.fixture
def own_broker(own: OwnServers) -> Iterator[None]:
    """The bell of this process rings where the worker of the own servers listens."""
    before = current_app.conf.broker_url, current_app.conf.broker_transport_options
    current_app.conf.broker_url = own.valkey.url()
    current_app.conf.broker_transport_options = {**before[1], "global_keyprefix": ""}
    yield
    current_app.conf.broker_url, current_app.conf.broker_transport_options = before


def test_f02_a_killed_database_repeats_nothing_and_the_worker_goes_on_by_itself(
    own: OwnServers,
    own_broker: None,
    smtp_sink: SMTPSink,
    start_worker: Callable[..., Worker],
) -> None:
    campaign = make_campaign()
    sign_up(campaign, 900)
    mailing = scheduled_mailing(make_update(campaign))
    smtp_sink.mails.clear()
    smtp_sink.latency = 0.001
    # Leases of a quarter of an hour: only a worker that gives its chunks back is done in time.
    worker = start_worker("bulk", environment=own.environment())
    pump()
    wait_for_mails(smtp_sink, 100)
    assert own.postgres.child
    own.postgres.child.kill()
    with pytest.raises(DatabaseError):
        pump()
    own.postgres.start()
    connection.close()
    drive(mailing, timeout=40)

    assert worker.running
    assert_kept_promise(mailing, smtp_sink, most_unknown=CONNECTIONS)
