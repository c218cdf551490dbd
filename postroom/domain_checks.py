"""Whether mailbox providers will believe a sending domain: SPF, DKIM, DMARC, PTR, MX and TLS.

The rules are those that Gmail, Yahoo and Microsoft publish for bulk senders: SPF and DKIM, DMARC
at least `p=none` and aligned, a name for each sending address that leads back to it, and TLS.
"""

import base64
import binascii
from collections.abc import Sequence

from django.utils.translation import gettext as _

from postroom.findings import Finding, Grade
from postroom.lookups import LookupFailed, Lookups
from postroom.smtp import Connection
from postroom.smtp_settings import SMTPSettings
from postroom.spf import BadPolicy, Verdict, judge, policy_of

# Gmail takes 1,024 bits and advises 2,048.
FEWEST_BITS, ADVISED_BITS = 1024, 2048


def check_spf(domain: str, addresses: Sequence[str], lookups: Lookups) -> Finding:
    """Whether the domain lets each of our addresses (IP) send its mail (RFC 7208)."""
    subject = _("SPF of %s") % domain
    try:
        policy = policy_of(domain, lookups)
        verdicts = {address: judge(domain, address, lookups) for address in addresses}
    except LookupFailed as error:
        return _not_asked(subject, error)
    except BadPolicy as error:
        return Finding(subject, Grade.WRONG, _("The policy is broken: %s.") % error, _repair_spf())
    if policy is None:
        return Finding(subject, Grade.WRONG, _("There is no SPF record."), _repair_spf())
    refused = [address for address, verdict in verdicts.items() if verdict is not Verdict.PASS]
    if refused:
        text = _("The policy does not let %s send.") % ", ".join(refused)
        return Finding(subject, Grade.WRONG, text, _repair_spf())
    if not addresses:
        text = _("There is a policy: %s") % policy
        advice = _("Set MAIL_SENDING_ADDRESSES, so that it can be judged for them.")
        return Finding(subject, Grade.ADVICE, text, advice)
    return Finding(subject, Grade.GOOD, _("Lets %s send.") % ", ".join(addresses))


def check_dkim(domain: str, selectors: Sequence[str], lookups: Lookups) -> list[Finding]:
    """Whether the key with which the mail server signs is published (RFC 6376 §3.6.1)."""
    if not selectors:
        advice = _("Let the mail server sign, and name its selectors in DKIM_SELECTORS.")
        return [Finding(_("DKIM of %s") % domain, Grade.WRONG, _("No selector is known."), advice)]
    return [_check_selector(domain, selector, lookups) for selector in selectors]


def _check_selector(domain: str, selector: str, lookups: Lookups) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    subject = _("DKIM key %s") % name
    try:
        records = lookups.texts(name)
    except LookupFailed as error:
        return _not_asked(subject, error)
    tags = [_tags(record) for record in records]
    keys = [tag["p"] for tag in tags if "p" in tag and tag.get("v", "DKIM1") == "DKIM1"]
    if not keys:
        advice = _("Publish the public key of the mail server as TXT record of that name.")
        return Finding(subject, Grade.WRONG, _("No key is published."), advice)
    if not keys[0]:
        advice = _("Publish a new key, or take its selector out of DKIM_SELECTORS.")
        return Finding(subject, Grade.WRONG, _("The key has been revoked."), advice)
    if tags[0].get("k", "rsa") != "rsa":
        return Finding(subject, Grade.GOOD, _("A key is published."))
    try:
        bits = rsa_bits(base64.b64decode("".join(keys[0].split()), validate=True))
    except (binascii.Error, ValueError):
        return Finding(subject, Grade.WRONG, _("The key cannot be read."), _("Publish it anew."))
    return _judge_length(subject, bits)


def _judge_length(subject: str, bits: int) -> Finding:
    text = _("A key of %d bits is published.") % bits
    if bits < FEWEST_BITS:
        return Finding(subject, Grade.WRONG, text, _("Providers ignore it: make one of 2,048."))
    if bits < ADVISED_BITS:
        return Finding(subject, Grade.ADVICE, text, _("Providers advise 2,048 bits."))
    return Finding(subject, Grade.GOOD, text)


def check_dmarc(domain: str, lookups: Lookups) -> Finding:
    """Whether the domain, or one above it, says what to do with forgeries (RFC 7489 §6.6.3)."""
    subject = _("DMARC of %s") % domain
    advice = _("Publish a TXT record: _dmarc.%s with “v=DMARC1; p=none; rua=mailto:…”.") % domain
    labels = domain.split(".")
    try:
        for start in range(len(labels) - 1):
            name = ".".join(labels[start:])
            records = [_tags(text) for text in lookups.texts(f"_dmarc.{name}")]
            policies = [tags for tags in records if tags.get("v") == "DMARC1"]
            if len(policies) > 1:
                text = _("%s has two policies, and receivers take none of them.") % name
                return Finding(subject, Grade.WRONG, text, _("Keep one."))
            if policies:
                return _judge_dmarc(subject, name, policies[0])
    except LookupFailed as error:
        return _not_asked(subject, error)
    return Finding(subject, Grade.WRONG, _("There is no policy."), advice)


def _judge_dmarc(subject: str, name: str, tags: dict[str, str]) -> Finding:
    policy = tags.get("p", "").lower()
    if policy not in {"none", "quarantine", "reject"}:
        return Finding(subject, Grade.WRONG, _("The policy of %s names no p=.") % name, "p=none")
    text = _("%(name)s asks receivers for “%(policy)s”.") % {"name": name, "policy": policy}
    if policy == "none":
        advice = _("Once reports show that all your mail passes, go on to “quarantine”.")
        return Finding(subject, Grade.ADVICE, text, advice)
    return Finding(subject, Grade.GOOD, text)


def check_alignment(sender: str, mail_domain: str) -> Finding:
    """Whether a From address's domain goes with the one that bounces return to (relaxed)."""
    subject = _("Sender %s") % sender
    domain = sender.rpartition("@")[2].lower()
    own = mail_domain.lower()
    if domain == own or domain.endswith(f".{own}") or own.endswith(f".{domain}"):
        return Finding(subject, Grade.GOOD, _("Goes with %s.") % mail_domain)
    advice = _(
        "DMARC then hangs on DKIM alone: let the mail server sign for %(domain)s, or send from an"
        " address at %(own)s."
    ) % {"domain": domain, "own": mail_domain}
    text = _("Its domain has nothing to do with MAIL_DOMAIN, %s.") % mail_domain
    return Finding(subject, Grade.ADVICE, text, advice)


def check_pointer(address: str, lookups: Lookups) -> Finding:
    """Whether an IP address has a name that leads back to it (RFC 1912 §2.1)."""
    subject = _("Name of %s") % address
    advice = _("Ask whoever gave you the address for a PTR record, and give its name an A record.")
    try:
        names = lookups.names_of(address)
        back = [name for name in names if address in lookups.addresses(name)]
    except LookupFailed as error:
        return _not_asked(subject, error)
    if not names:
        return Finding(subject, Grade.WRONG, _("It has no name (PTR)."), advice)
    if not back:
        text = _("Its name, %s, does not lead back to it.") % names[0]
        return Finding(subject, Grade.WRONG, text, advice)
    return Finding(subject, Grade.GOOD, back[0])


def check_return_path(mail_domain: str, lookups: Lookups) -> Finding:
    """Whether bounces find their way back."""
    subject = _("Bounces to %s") % mail_domain
    try:
        hosts = lookups.mail_exchangers(mail_domain)
    except LookupFailed as error:
        return _not_asked(subject, error)
    if hosts:
        return Finding(subject, Grade.GOOD, _("Taken by %s.") % hosts[0])
    advice = _("Without an MX record nobody learns of bounces, unless a provider reports them.")
    return Finding(subject, Grade.ADVICE, _("Nobody takes mail for this domain."), advice)


def check_server(settings: SMTPSettings, *, is_local: bool) -> Finding:
    """Whether the mail server answers, takes our password, and does so over TLS.

    `is_local`: on this machine, where nothing crosses a network.
    """
    subject = _("Mail server %(host)s:%(port)d") % {"host": settings.host, "port": settings.port}
    with Connection(settings) as connection:
        trouble = connection.open()
    if trouble is not None:
        text = trouble.text or str(trouble.code)
        return Finding(subject, Grade.WRONG, text, _("See EMAIL_URL in the settings."))
    if settings.tls == "none" and not is_local:
        advice = _("Write smtp+tls:// or smtp+ssl:// in EMAIL_URL.")
        return Finding(subject, Grade.WRONG, _("Answers, but without TLS."), advice)
    return Finding(subject, Grade.GOOD, _("Answers."))


def rsa_bits(key: bytes) -> int:
    """Length of the modulus of an RSA key as SubjectPublicKeyInfo or RSAPublicKey (RFC 8017 A.1).

    Raises ValueError when the bytes are neither.
    """
    kind, content, _rest = _der(key)
    first, inner, rest = _der(content)
    if kind == _SEQUENCE and first == _SEQUENCE:
        holder, wrapped, _rest = _der(rest)
        if holder != _BIT_STRING:
            raise ValueError("no key in it")
        return rsa_bits(wrapped[1:])
    if kind != _SEQUENCE or first != _INTEGER:
        raise ValueError("no RSA key")
    return int.from_bytes(inner, "big").bit_length()


_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30


def _der(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, content and what follows of the first value in DER (X.690 §8.1)."""
    if len(data) < 2:
        raise ValueError("cut short")
    length, at = data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise ValueError("cut short")
    return data[0], data[at : at + length], data[at + length :]


def _tags(record: str) -> dict[str, str]:
    """`v=DKIM1; p=…` as a mapping (RFC 6376 §3.2)."""
    pairs = [part.partition("=") for part in record.split(";")]
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _not_asked(subject: str, error: LookupFailed) -> Finding:
    text = _("The DNS did not answer: %s.") % error
    return Finding(subject, Grade.UNKNOWN, text, _("Try again in a minute."))


def _repair_spf() -> str:
    return _("Publish one TXT record “v=spf1 … -all” that names every address you send from.")
