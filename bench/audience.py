"""Makes mailings, one of each size: `python -m bench.with_django bench.audience 2000 digest:2000`.

Prints a list of (mailing, domain of its readers, bytes of its message) as JSON. A process of its
own, so that what it needs is not counted as a sender's memory.
"""

import json
import sys
from datetime import timedelta

from django.db.models.functions import Now

from campaigns.models import Campaign
from mailings.digesting.waking import wake_due
from mailings.models import DigestSchedule, Mailing
from mailings.proofing import sample
from tests.factories import make_campaign, make_organization
from tests.mailings.making import make_staff, make_update, scheduled_mailing, sign_up

SENTENCE = (
    "In July 2026 the council heard from forty-one of you, read the report that we cited, and"
    " postponed its vote on the contract until an independent audit has been published. "
)
# Both parts of the mail repeat them; with the wrapper it comes to about 20 KB.
PARAGRAPHS = 15


def make_mailing(name: str, people: int) -> tuple[int, str, int]:
    """A mailing of its own campaign, due now, with so many readers; nothing is frozen yet."""
    organization = make_organization(slug=name)
    campaign: Campaign = make_campaign(organization=organization, slug=name)
    domain = f"{name}.example.org"
    sign_up(campaign, people, domain=domain)
    body = f"<p>{SENTENCE * 3}</p>" * PARAGRAPHS
    mailing = scheduled_mailing(make_update(campaign, body=body), make_staff(f"staff-{name}"))
    return mailing.pk, domain, len(sample_message(mailing))


def make_digest(name: str, people: int) -> tuple[int, str, int]:
    """A digest of three new campaigns, due now; half its readers have signed one of them."""
    organization = make_organization(slug=name)
    old, *new = (
        make_campaign(organization=organization, slug=f"{name}-{number}") for number in range(4)
    )
    for campaign in new:
        make_update(campaign, body=f"<p>{SENTENCE * 3}</p>" * (PARAGRAPHS // len(new)))
    Campaign.objects.filter(pk=old.pk).update(published_at=Now() - timedelta(days=200))
    domain = f"{name}.example.org"
    quarter = people // 4
    for campaign, many in ((old, people - 2 * quarter), (new[0], quarter), (new[1], quarter)):
        sign_up(campaign, many, domain=domain)
    DigestSchedule.objects.update_or_create(
        scope=organization.scopes.get(key="activism"),
        defaults={"due_at": Now() - timedelta(minutes=1)},
    )
    [mailing] = wake_due()
    return mailing.pk, domain, len(sample_message(mailing))


def sample_message(mailing: Mailing) -> bytes:
    """The mailing as one reader gets it."""
    return sample(mailing.contents.get(), address="reader@example.org")[1]


if __name__ == "__main__":
    made = []
    for number, asked in enumerate(sys.argv[1:]):
        kind, _, people = asked.rpartition(":")
        make = make_digest if kind == "digest" else make_mailing
        made.append(make(f"bench-{number}", int(people)))
    print(json.dumps(made))
