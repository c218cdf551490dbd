"""A proof: the very mail that everyone would get, marked as one, sent to one member of staff."""

import email
import email.policy
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.source_health.fetching import Fetcher
from mailings.assembling import Copies
from mailings.composing import CannotBeSent, Reader, compile_contents, fill
from mailings.examining import blocking, examine
from mailings.following import counted_links, keep_links
from mailings.models import Mailing, MailingContent, Proof
from mailings.sampling import sample_reason
from postroom.headers import text_field
from postroom.skeleton import SkeletonError
from postroom.transport import Envelope, Kind
from postroom.ways import open_way
from signatures.arming import HOW as HOW_TO_ARM
from signatures.arming import is_armed

# Somebody waits for the page: seconds for the connection, the message and its acceptance.
_CONNECT, _MESSAGE, _DOT = 5, 10, 20
# No supporter has this number, so the links of a proof lead nobody away.
_NOBODY = 0
# The field with its further lines (RFC 5322 §2.2.3); the first one stands in the head.
_SUBJECT = re.compile(rb"^Subject:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", re.MULTILINE)


class ProofFailed(Exception):
    """The mail server did not take the proof; the text says what it answered."""


def sample(content: MailingContent, *, address: str) -> tuple[Envelope, bytes]:
    """The mail as somebody who may get it and signed today does. Raises CannotBeSent."""
    mailing = content.mailing
    copy = Copies(content).whole
    try:
        return fill(
            copy.skeleton,
            mailing=mailing,
            language=content.language,
            reader=Reader(
                _NOBODY,
                address,
                sample_reason(mailing, content.language),
                timezone.now(),
                subject=copy.subject,
            ),
        )
    except SkeletonError as error:
        raise CannotBeSent([str(error)]) from error


def send_proof(*, mailing: Mailing, user: Any, fetcher: Fetcher | None = None) -> Proof:
    """Examine what the mailing says now and send it to `user`, as to a reader without a name.

    One mail goes out for each language, with “[Proof]” before its subject, which the examination
    and the Proof know nothing of: nobody else's mail has it. The Proof is written once the server
    has taken them all, with what the examination found. `fetcher` asks the links, by default those
    of the public web. Raises CannotBeSent, also when a check blocks, and ProofFailed.
    """
    if not user.email:
        raise CannotBeSent([_("Your account has no email address to send a proof to.")])
    contents = compile_contents(mailing)
    copies = [sample(content, address=user.email) for content in contents]
    preheaders = {each.language: each.preheader for each in mailing.translations.all()}
    checks = []
    for content, (_envelope, message) in zip(contents, copies, strict=True):
        preheader = preheaders.get(content.language, mailing.preheader)
        found = examine(
            message,
            preheader=preheader,
            fetcher=fetcher,
            leads_to=counted_links(content).values(),
        )
        checks += [replace(check, language=content.language) for check in found]
    if reasons := blocking(checks):
        raise CannotBeSent(reasons)
    keep_links(contents)
    _send([(envelope, marked(message)) for envelope, message in copies])
    if mailing.is_approved_for_other_than(proved(contents)):
        mailing.void(note=_("What it says has changed since the proof."))
    proof = Proof.objects.create(
        mailing=mailing,
        digest=proved(contents),
        sent_to=user,
        checks=[check.as_data() for check in checks],
    )
    mailing.mark_proofed(by=user)
    return proof


def marked(message: bytes) -> bytes:
    """The same mail with a subject that nobody takes for that of the mailing itself."""
    subject = email.message_from_bytes(message, policy=email.policy.default)["Subject"]
    field = text_field("Subject", _("[Proof] %s") % subject)
    return _SUBJECT.sub(lambda _found: field, message, count=1)


def _send(copies: list[tuple[Envelope, bytes]]) -> None:
    """Hand the mails to the mail server while somebody waits. Raises ProofFailed."""
    if not is_armed():
        raise ProofFailed(HOW_TO_ARM)
    way = open_way(
        settings.EMAIL_URL,
        connect_timeout=_CONNECT,
        message_timeout=_MESSAGE,
        dot_timeout=_DOT,
    )
    with way as way_out:
        for envelope, message in copies:
            outcome = way_out.send(envelope, message)
            if outcome.kind is not Kind.ACCEPTED:
                raise ProofFailed(f"{outcome.kind}: {outcome.code or ''} {outcome.text}".strip())


def is_proofed(contents: Sequence[MailingContent]) -> bool:
    """Whether a proof of exactly these contents, for exactly this audience, reached its reader."""
    return proof_of(contents) is not None


def proof_of(contents: Sequence[MailingContent]) -> Proof | None:
    """The newest proof of exactly these contents, for exactly this audience."""
    return contents[0].mailing.proofs.filter(digest=proved(contents)).first()


def proved(contents: Sequence[MailingContent]) -> bytes:
    """What a proof stands for: the texts, the kind of mail, whose signers get it, the segment."""
    mailing = contents[0].mailing
    segment = json.dumps(mailing.narrowed(), sort_keys=True)
    audience = f"{mailing.scope_id} {mailing.signers_only} {mailing.signers_left_out} {segment}"
    said = b"".join(bytes(content.digest) for content in contents)
    return hashlib.sha256(said + audience.encode()).digest()
