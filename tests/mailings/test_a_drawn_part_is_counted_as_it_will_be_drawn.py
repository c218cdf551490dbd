"""Of a segment that takes some by lot, the page of a mailing speaks of those whom the lot draws."""

import pytest

from mailings.admin.whom import whom
from mailings.audience.counting import SAMPLES
from mailings.drafting import draft_from_update
from mailings.models import Mailing, Recipient, Segment
from mailings.pumping import freeze_audience
from signatures.addresses import mask
from signatures.models import Supporter
from tests.factories import make_campaign
from tests.mailings.making import make_lane, make_staff, make_update, scheduled_mailing, sign_up
from tests.rig.smtp_sink import SMTPSink

pytestmark = pytest.mark.django_db
DRAWN = 7


@pytest.fixture
def mailing(smtp_sink: SMTPSink) -> Mailing:
    """A draft for seven of forty people, of whom thirty have had their mail of today."""
    make_lane()
    campaign = make_campaign()
    sign_up(campaign, 30)
    freeze_audience(scheduled_mailing(make_update(campaign)).pk)
    sign_up(campaign, 10)
    rules = {"version": 1, "all": []}
    segment = Segment.objects.create(
        organization=campaign.organization, name="Some", rules=rules, most=DRAWN
    )
    draft = draft_from_update(update=make_update(campaign, title="More"), user=make_staff())
    draft.edit(by=None, segment=segment)
    return draft


def who_gets_it(mailing: Mailing) -> dict[int, bool]:
    """Everybody who is written down when it goes, and whether they are held back by the cap."""
    assert mailing.segment
    Mailing.objects.filter(pk=mailing.pk).update(
        state="scheduled",
        starts_at="2020-01-01T00:00Z",
        narrowed_by=mailing.segment.as_data(),
    )
    freeze_audience(mailing.pk)
    rows = Recipient.objects.filter(mailing=mailing)
    return {row.supporter_id: row.status == Recipient.Status.SKIPPED for row in rows}


def test_who_has_had_enough_is_counted_among_the_drawn(mailing: Mailing) -> None:
    told = whom(mailing)["capped"]
    drawn = who_gets_it(mailing)
    assert len(drawn) == DRAWN
    assert told == sum(drawn.values())
    assert 0 < told <= DRAWN


def test_samples_and_readers_of_the_preview_are_among_the_drawn(mailing: Mailing) -> None:
    told = whom(mailing)
    drawn = who_gets_it(mailing)
    assert told["count"] == DRAWN
    assert {reader.number for reader in told["readers"]} <= set(drawn)
    assert len(told["readers"]) == len(told["samples"]) == SAMPLES
    masked = {mask(person.email) for person in Supporter.objects.filter(pk__in=drawn)}
    assert set(told["samples"]) <= masked


def test_a_part_that_is_larger_than_the_whole_is_the_whole(mailing: Mailing) -> None:
    Segment.objects.update(most=1000)
    mailing.refresh_from_db()
    told = whom(Mailing.objects.get(pk=mailing.pk))
    assert (told["count"], told["capped"]) == (40, 30)
