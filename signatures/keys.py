"""Whether SUPPRESSION_KEY is still the one that this database was filled with."""

import hashlib

from django.conf import settings

from signatures.models import KeyFingerprint

PURPOSE = "suppression"


def fingerprint() -> str:
    """A name for the current SUPPRESSION_KEY that tells nothing of it."""
    return hashlib.sha256(b"fingerprint\0" + settings.SUPPRESSION_KEY.encode()).hexdigest()[:16]


def remember_key() -> None:
    """Store the fingerprint with the first migration; a later key never replaces it."""
    KeyFingerprint.objects.get_or_create(purpose=PURPOSE, defaults={"fingerprint": fingerprint()})


def key_matches() -> bool:
    """False when addresses hashed in this database could not be recognised any more."""
    return KeyFingerprint.objects.filter(purpose=PURPOSE, fingerprint=fingerprint()).exists()
