"""Letters while bulk mail goes out at full speed: how long a confirmation takes to leave.

`python -m bench.with_django bench.letters CAMPAIGN MANY SECONDS` signs it so many times, so many
seconds apart, and prints who signed and when, by the clock of the machine.
"""

import json
import sys
import time

from campaigns.models import Campaign
from signatures.signing import Typed, sign


def sign_now_and_then(campaign: Campaign, many: int, apart: float) -> list[tuple[str, float]]:
    """Addresses, and when each was asked for its confirmation."""
    signed = []
    for number in range(many):
        address = f"letter{number}@letters.example.org"
        sign(
            campaign=campaign,
            statement=campaign.current_statement(),
            notice=campaign.current_notice(),
            email=address,
            typed=Typed(name="Ada Lovelace", consents=True),
        )
        signed.append((address, time.monotonic()))
        time.sleep(apart)
    return signed


if __name__ == "__main__":
    slug, many, apart = sys.argv[1:]
    found = Campaign.objects.get(slug=slug)
    print(json.dumps(sign_now_and_then(found, int(many), float(apart))))
