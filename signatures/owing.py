"""Writing a letter into the outbox, within the limits that keep us from being anyone's mail bomb.

What a form without a login asks for is limited for the owner of the address (T2): one letter about
a campaign in ten minutes, five ever, ten a day over all campaigns. A second press within the ten
minutes asks for nothing new. A letter beyond the day's ten is not lost: it is due when the window
frees.
"""

from django.db import connection

MINUTES_BETWEEN = 10
PER_SIGNATURE = 5
PER_DAY = 10

_OWE = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason, due_at)
SELECT %(kind)s, %(supporter)s, %(signature)s, 0, '', GREATEST(
    statement_timestamp(),
    (SELECT due_at + interval '1 day' FROM signatures_letter
        WHERE supporter_id = %(supporter)s ORDER BY due_at DESC OFFSET %(per_day)s - 1 LIMIT 1)
)
WHERE (SELECT count(*) FROM signatures_letter WHERE signature_id = %(signature)s)
    < %(per_signature)s
AND NOT EXISTS (
    SELECT 1 FROM signatures_letter WHERE signature_id = %(signature)s
        AND created_at > statement_timestamp() - make_interval(mins => %(minutes)s)
)
ON CONFLICT DO NOTHING
"""

_OWE_NOW = """
INSERT INTO signatures_letter (kind, supporter_id, signature_id, attempts, reason)
VALUES (%(kind)s, %(supporter)s, %(signature)s, 0, '')
ON CONFLICT DO NOTHING
"""


def owe_on_request(*, kind: str, supporter_id: int, signature_id: int) -> None:
    """Owe a letter that anybody could have asked for by typing the address: within the limits."""
    _owe(_OWE, kind, supporter_id, signature_id)


def owe_to_owner(*, kind: str, supporter_id: int, signature_id: int) -> None:
    """Owe a letter that the owner of the address caused by an act of their own: at once."""
    _owe(_OWE_NOW, kind, supporter_id, signature_id)


def _owe(sql: str, kind: str, supporter_id: int, signature_id: int) -> None:
    parameters: dict[str, str | int] = {
        "kind": kind,
        "supporter": supporter_id,
        "signature": signature_id,
        "minutes": MINUTES_BETWEEN,
        "per_signature": PER_SIGNATURE,
        "per_day": PER_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
