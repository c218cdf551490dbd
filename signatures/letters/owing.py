"""Writing a letter into the outbox, within the limits that keep us from being anyone's mail bomb.

What a form without a login asks for is limited for the owner of the address (T2): one letter about
a campaign in ten minutes, five ever, ten a day over all campaigns. A second press within the ten
minutes asks for nothing new. The day's ten are kept when letters leave (`rationing`): only then is
it known which of those that wait should be the ten.
"""

from django.db import connection

MINUTES_BETWEEN = 10
PER_SIGNATURE = 5
PER_DAY = 10

# As parameters of the SQL below.
LIMITS = {"minutes": MINUTES_BETWEEN, "per_signature": PER_SIGNATURE}

# One look at the letters of the signature, which goes by its index: as a join, planned while there
# are few letters, it would read all of them for every signer of the crowd that comes next.
# For a statement that names what is `due (kind, supporter_id, signature_id)`: what anybody could
# have asked for by typing the address, within the limits. The person's row must be locked before.
OWE_WITHIN_LIMITS = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
SELECT kind, supporter_id, signature_id, 0, ''
FROM due
WHERE (
    SELECT count(*) < %(per_signature)s AND COALESCE(
        max(created_at) <= statement_timestamp() - make_interval(mins => %(minutes)s), true
    ) FROM signatures_letter l WHERE l.signature_id = due.signature_id
)
ON CONFLICT DO NOTHING
"""

_OWE_NOW = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
VALUES (%s, %s, %s, 0, '')
ON CONFLICT DO NOTHING
"""


def owe_to_owner(*, kind: str, supporter_id: int, signature_id: int) -> None:
    """Owe a letter that the owner of the address caused by an act of their own: at once."""
    with connection.cursor() as cursor:
        cursor.execute(_OWE_NOW, [kind, supporter_id, signature_id])
