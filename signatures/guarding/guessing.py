"""Who tries links that are none of ours, or asks for other people's, again and again: counted by
network, for a minute.

A link's code of 128 bits cannot be guessed; the limit keeps those who try from keeping us busy. It
never stands between a person and a link that is good.
"""

from django.db import connection

from signatures.guarding.networks import Network

MOST_A_MINUTE = 20

_HIT = """
INSERT INTO signatures_networkwindow AS w (key, "window", hits)
VALUES (%s, date_trunc('minute', statement_timestamp()), 1)
ON CONFLICT (key, "window") DO UPDATE SET hits = w.hits + 1
RETURNING hits
"""


def too_many_bad_links(network: Network) -> bool:
    """Count one bad link from this network, and say whether that is too many in this minute."""
    return _too_many(network, "bad link")


def too_many_questions(network: Network) -> bool:
    """The same for one who asks what is held about an address."""
    return _too_many(network, "own data")


def _too_many(network: Network, purpose: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HIT, [network.key(purpose)])
        return bool(cursor.fetchone()[0] > MOST_A_MINUTE)
