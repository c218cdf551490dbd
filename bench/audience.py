"""Makes mailings: `python -m bench.with_django bench.audience 2000 2000 …`, one of each size.

Prints a list of (mailing, domain of its readers, bytes of its message) as JSON. A process of its
own, so that what it needs is not counted as a sender's memory.
"""

import json
import sys

from campaigns.models import Campaign
from mailings.models import Mailing
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


def sample_message(mailing: Mailing) -> bytes:
    """The mailing as one reader gets it."""
    return sample(mailing.contents.get(), address="reader@example.org")[1]


if __name__ == "__main__":
    sizes = enumerate(map(int, sys.argv[1:]))
    print(json.dumps([make_mailing(f"bench-{number}", people) for number, people in sizes]))
