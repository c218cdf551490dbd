"""Signing: one transaction, PostgreSQL alone, the constraint decides.

What the visitor sees is the same for a new, repeated, pending, held, suppressed or withdrawn
address; what differs is the letter that the owner of the address gets.

A new signature is two statements in one round trip: the first locks the person's row if there is
one, the second writes everything there is to write. A repeat takes a few more.
"""

import json
import logging
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg2.errors import LockNotAvailable

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.addresses import email_hash, email_key
from signatures.guarding.limiting import crowded, windows_of
from signatures.guarding.networks import Network
from signatures.letters.owing import LIMITS, OWE_WITHIN_LIMITS
from signatures.models import CountShard, Signature
from signatures.prepared import Prepared

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What a signer typed, cleaned; `answers` by the keys of the campaign's own questions."""

    name: str
    postal_code: str = ""
    country: str = ""
    comment: str = ""
    answers: dict[str, str | bool] = field(default_factory=dict)
    shows_name: bool = False
    consents: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """How a visitor came: by what link, from where. `trapped`: filled in what no human sees.

    `typist`: 16 random bytes that this browser alone will know (see `disclaiming`).
    """

    referrer_code: str = ""
    sharer_id: int | None = None
    mailing_number: int | None = None
    network: Network | None = None
    trapped: bool = False
    typist: bytes | None = None


# The lock makes what one address asks for wait its turn, so that the limits of its letters hold
# however many ask at once. It is one person's row: signers of a campaign do not share it.
_LOCK = Prepared(
    "lock_supporter",
    "SELECT FROM signatures_supporter WHERE email_key = %(email_key)s FOR NO KEY UPDATE",
    {"email_key": "text"},
)

_KNOW_PERSON = """
WITH known AS (
    SELECT id FROM signatures_supporter WHERE email_key = %(email_key)s
), made AS (
    INSERT INTO signatures_supporter (email, email_key, email_hash, name, postal_code, country)
    SELECT %(email)s, %(email_key)s, %(email_hash)s, '', '', ''
    WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id
), person AS (
    SELECT id FROM known UNION ALL SELECT id FROM made
)
"""

_COUNT_NETWORK = """, hit AS (
    INSERT INTO signatures_networkwindow AS w (key, "window", hits)
    SELECT key, to_timestamp(floor(extract(epoch FROM statement_timestamp()) / secs) * secs), 1
    FROM person, unnest(%(keys)s, %(seconds)s) AS limits (key, secs)
    ON CONFLICT (key, "window") DO UPDATE SET hits = w.hits + 1
    RETURNING key, "window", hits
), verdict AS (
    SELECT array_agg(key) AS over, array_agg(extract(
            epoch FROM "window" + make_interval(secs => secs) - statement_timestamp()
        )::float) AS remaining
    FROM hit JOIN unnest(%(keys)s, %(seconds)s, %(most)s) AS limits (key, secs, most) USING (key)
    WHERE hits > most
)
"""

_COUNT_NO_NETWORK = """, verdict AS (
    SELECT NULL::bytea[] AS over, NULL::float[] AS remaining
)
"""

_SIGNED = """, signed AS (
    INSERT INTO signatures_signature (
        campaign_id, supporter_id, statement_id, notice_id, consents, name, postal_code, country,
        comment, answers, shows_name, referrer_code, sharer_id, mailing_number, network, typist,
        state, counted_at
    )
    SELECT %(campaign)s, person.id, %(statement)s, %(notice)s, %(consents)s, %(name)s,
        %(postal_code)s, %(country)s, %(comment)s, %(answers)s, %(shows_name)s, %(referrer_code)s,
        (SELECT id FROM signatures_signature WHERE id = %(sharer)s), %(mailing)s, %(network)s,
        %(typist)s, state.now, CASE WHEN state.now = 'counted' THEN statement_timestamp() END
    FROM person, verdict, LATERAL (
        SELECT CASE WHEN %(held)s OR over IS NOT NULL THEN 'held' ELSE %(state)s END
    ) AS state (now)
    ON CONFLICT (campaign_id, supporter_id) DO NOTHING
    RETURNING id, supporter_id, state, consents
)
"""

_DUE_NEW = """
    SELECT CASE WHEN state = 'counted' THEN 'receipt' ELSE 'confirm' END, supporter_id, id
    FROM signed
"""

# What somebody who types an address again is owed, by the state of the signature that exists.
_DUE_AGAIN = """
    SELECT CASE state WHEN 'counted' THEN 'already_signed' WHEN 'rejected' THEN 'rejected'
        ELSE 'confirm' END, supporter_id, id
    FROM signatures_signature
    WHERE campaign_id = %(campaign)s AND supporter_id = (
        SELECT id FROM signatures_supporter WHERE email_key = %(email_key)s
    )
"""

_OWED = f""", due (kind, supporter_id, signature_id) AS (
    {_DUE_NEW} UNION ALL {_DUE_AGAIN}
), owed AS (
    {OWE_WITHIN_LIMITS}
)
"""

_MOVED = """, moved AS (
    INSERT INTO signatures_countshard AS c (
        campaign_id, day, shard, pending, held, counted, opted_in
    )
    SELECT %(campaign)s, (statement_timestamp() AT TIME ZONE 'UTC')::date,
        pg_backend_pid() %% %(shards)s, (state = 'pending')::int, (state = 'held')::int,
        (state = 'counted')::int, (state = 'counted' AND consents)::int
    FROM signed
    ON CONFLICT (campaign_id, day, shard) DO UPDATE SET
        pending = c.pending + EXCLUDED.pending,
        held = c.held + EXCLUDED.held,
        counted = c.counted + EXCLUDED.counted,
        opted_in = c.opted_in + EXCLUDED.opted_in
)
SELECT EXISTS (SELECT FROM person), over, remaining FROM verdict
"""

_TYPES = {
    "email_key": "text",
    "email": "text",
    "email_hash": "bytea",
    "campaign": "bigint",
    "statement": "bigint",
    "notice": "bigint",
    "consents": "boolean",
    "name": "text",
    "postal_code": "text",
    "country": "text",
    "comment": "text",
    "answers": "jsonb",
    "shows_name": "boolean",
    "referrer_code": "text",
    "sharer": "bigint",
    "mailing": "bigint",
    "network": "bytea",
    "typist": "bytea",
    "held": "boolean",
    "state": "text",
    "shards": "int",
    "minutes": "int",
    "per_signature": "int",
}

# Each part takes something from the one before, so all signers lock in one order: the person, the
# windows of the network, the shard of the count.
_SIGN = Prepared("sign", _KNOW_PERSON + _COUNT_NO_NETWORK + _SIGNED + _OWED + _MOVED, _TYPES)
_SIGN_AND_COUNT_NETWORK = Prepared(
    "sign_and_count_network",
    _KNOW_PERSON + _COUNT_NETWORK + _SIGNED + _OWED + _MOVED,
    _TYPES | {"keys": "bytea[]", "seconds": "int[]", "most": "int[]"},
)

_SEND_AGAIN = Prepared(
    "send_link_again",
    f"WITH due (kind, supporter_id, signature_id) AS ({_DUE_AGAIN}) {OWE_WITHIN_LIMITS}",
    {"email_key": "text", "campaign": "bigint", **dict.fromkeys(LIMITS, "int")},
)


def sign(
    *,
    campaign: Campaign,
    statement: Statement,
    notice: ConsentNotice,
    email: str,
    typed: Typed,
    visit: Visit = Visit(),
) -> bool:
    """Record that the owner of `email` is said to sign, and owe them the letter that asks or tells.

    `statement` and `notice` are the versions that were shown. `email` is a clean address. A repeat
    changes nothing that stands: not the name, not a subscription, not a withdrawal. Safe to call
    any number of times at once: the constraint lets one row in.

    Returns whether the visitor is to solve a challenge: the network is over a limit or the visit is
    trapped. Then a signature is held, whoever's it is, and a repeat is asked just as well.
    """
    statement.freeze()
    notice.freeze()
    parameters = _parameters(campaign, statement, notice, email, typed, visit)
    windows = windows_of(visit.network) if visit.network else None
    if windows is None or crowded.holds(windows):
        over = windows is not None
        _sign(_SIGN, parameters | {"held": over or visit.trapped})
        return over or visit.trapped
    try:
        over = _sign(_SIGN_AND_COUNT_NETWORK, parameters | windows._asdict())
    except DatabaseError as error:
        if connection.in_atomic_block or not connection.is_usable() or _waited_for_person(error):
            raise
        _sign(_SIGN, parameters | {"held": True})
        # Without counting it works, so what counts visitors is out of order: nobody is turned
        # away, everybody is held.
        logger.exception("Networks cannot be counted, so signatures are held")
        crowded.hold_everyone()
        return True
    return over or visit.trapped


def _waited_for_person(error: DatabaseError) -> bool:
    """Whether somebody else had the row of the person for too long: no other way helps."""
    cause = error.__cause__
    if not isinstance(cause, LockNotAvailable):
        return False
    return "signatures_supporter" in (cause.diag.context or "")


def _parameters(
    campaign: Campaign,
    statement: Statement,
    notice: ConsentNotice,
    email: str,
    typed: Typed,
    visit: Visit,
) -> dict[str, Any]:
    at_once = campaign.proof == Campaign.Proof.AT_ONCE
    key = email_key(email)
    return {
        "email_key": key,
        "email": email,
        "email_hash": email_hash(key),
        "campaign": campaign.pk,
        "statement": statement.pk,
        "notice": notice.pk,
        "consents": typed.consents,
        "name": typed.name,
        "postal_code": typed.postal_code,
        "country": typed.country,
        "comment": typed.comment,
        "answers": json.dumps(typed.answers),
        "shows_name": typed.shows_name,
        "referrer_code": visit.referrer_code[:64],
        "sharer": visit.sharer_id,
        "mailing": visit.mailing_number,
        "network": visit.network and visit.network.hash(),
        "typist": visit.typist,
        "held": visit.trapped,
        "state": Signature.State.COUNTED if at_once else Signature.State.PENDING,
        "shards": CountShard.SHARDS,
        **LIMITS,
    }


def _sign(way: Prepared, parameters: dict[str, Any]) -> bool:
    """Sign, or answer who signed before. Returns whether the network is over a limit."""
    done = _Done(*_in_one_trip(way, parameters)[0])
    if not done.is_known:
        # Somebody else's first signature for this address was committed in the same moment: now
        # its row is there to be locked and seen.
        done = _Done(*_in_one_trip(way, parameters)[0])
    for key, remaining in zip(done.over or (), done.remaining or (), strict=True):
        crowded.add(bytes(key), remaining)
    return bool(done.over)


class _Done(NamedTuple):
    """Whether the person is known now, and which windows of the network are over their limit, for
    how many seconds more."""

    is_known: bool
    over: list[memoryview] | None
    remaining: list[float] | None


def _in_one_trip(way: Prepared, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Lock the person's row if there is one, then do it. Returns the rows that come back.

    Where no transaction is open, PostgreSQL makes one of what comes in one round trip. A connection
    that died since it was last used is replaced, once: what is done already is not done again.
    """
    # To ask whether a kept connection lives costs a round trip, and trying again needs no answer.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _call(way, parameters)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _call(way, parameters)


def _call(way: Prepared, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    _LOCK.ready()
    way.ready()
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOCK.call}; {way.call}", parameters)
        return cursor.fetchall() if cursor.description else []


def send_link_again(*, campaign: Campaign, email: str) -> None:
    """Owe the letter about an existing signature once more, within the limits; else do nothing."""
    _in_one_trip(_SEND_AGAIN, {"email_key": email_key(email), "campaign": campaign.pk, **LIMITS})
