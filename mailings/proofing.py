"""A proof: the very mail that everyone would get, sent to one member of staff."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.source_health.fetching import Fetcher
from mailings.assembling import Copies
from mailings.composing import CannotBeSent, Reader, compile_content, fill
from mailings.examining import blocking, examine
from mailings.models import Mailing, MailingContent, Proof
from postroom.skeleton import SkeletonError
from postroom.smtp import Connection, SMTPSettings
from postroom.transport import Envelope, Kind

# Somebody waits for the page: seconds for the connection, the message and its acceptance.
_CONNECT, _MESSAGE, _DOT = 5, 10, 20
# No supporter has this number, so the links of a proof lead nobody away.
_NOBODY = 0


class ProofFailed(Exception):
    """The mail server did not take the proof; the text says what it answered."""


def sample(content: MailingContent, *, address: str) -> tuple[Envelope, bytes]:
    """The mail as somebody who signed today gets it. Raises CannotBeSent."""
    mailing = content.mailing
    copy = Copies(content).whole
    signed = mailing.campaign or Campaign.objects.get(pk=mailing.about()[0])
    try:
        return fill(
            copy.skeleton,
            mailing=mailing,
            language=content.language,
            reader=Reader(_NOBODY, address, signed.headline, timezone.now(), subject=copy.subject),
        )
    except SkeletonError as error:
        raise CannotBeSent([str(error)]) from error


def send_proof(*, mailing: Mailing, user: Any, fetcher: Fetcher | None = None) -> Proof:
    """Examine what the mailing says now and send it to `user`, as to a reader without a name.

    The Proof is written once the server has taken it, with what the examination found. `fetcher`
    asks the links, by default those of the public web. Raises CannotBeSent, also when a check
    blocks, and ProofFailed.
    """
    if not user.email:
        raise CannotBeSent([_("Your account has no email address to send a proof to.")])
    content = compile_content(mailing)
    envelope, message = sample(content, address=user.email)
    checks = examine(message, preheader=mailing.preheader, fetcher=fetcher)
    if reasons := blocking(checks):
        raise CannotBeSent(reasons)
    way = replace(
        SMTPSettings.from_url(settings.EMAIL_URL),
        connect_timeout=_CONNECT,
        message_timeout=_MESSAGE,
        dot_timeout=_DOT,
    )
    with Connection(way) as way_out:
        outcome = way_out.send(envelope, message)
    if outcome.kind is not Kind.ACCEPTED:
        raise ProofFailed(f"{outcome.kind}: {outcome.code or ''} {outcome.text}".strip())
    proof = Proof.objects.create(
        mailing=mailing,
        digest=_proved(content),
        sent_to=user,
        checks=[check.as_data() for check in checks],
    )
    mailing.mark_proofed(by=user)
    return proof


def is_proofed(content: MailingContent) -> bool:
    """Whether a proof of exactly this content, for exactly this audience, reached its reader."""
    return proof_of(content) is not None


def proof_of(content: MailingContent) -> Proof | None:
    """The newest proof of exactly this content, for exactly this audience."""
    return content.mailing.proofs.filter(digest=_proved(content)).first()


def _proved(content: MailingContent) -> bytes:
    """What a proof stands for: the text, the kind of mail, whose signers get it, the segment."""
    mailing = content.mailing
    segment = json.dumps(mailing.narrowed(), sort_keys=True)
    audience = f"{mailing.scope_id} {mailing.campaign_id} {segment}".encode()
    return hashlib.sha256(bytes(content.digest) + audience).digest()
