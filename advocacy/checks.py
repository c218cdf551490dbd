"""Refuses values that are fine on a laptop and dangerous on a public address."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

SHORTEST_KEY = 32
# Days: reminders go out for seven, and whoever is reminded needs one to answer.
SHORTEST_WAIT = 8
WELL_KNOWN = ("change-me", "changeme", "django-insecure", "secret", "example")


def is_local(host: str) -> bool:
    """Whether a host name stands for this machine alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register()
def public_values_are_safe(**kwargs: Any) -> list[Error]:
    """Errors for a site on a public address; a site on this machine alone may do as it likes."""
    if is_local(settings.SITE_HOST):
        return []
    return [
        Error(message, hint=hint, id=f"advocacy.E{number:03}")
        for number, (unsafe, message, hint) in enumerate(_rules(), start=1)
        if unsafe
    ]


@register()
def link_keys_have_plain_names(**kwargs: Any) -> list[Error]:
    """The name of a link key stands in every link, so it is letters and digits alone."""
    return [
        Error(
            f"The key {name!r} of LINK_KEYS has a name that no link can carry.",
            hint="Name it with letters and digits: LINK_KEYS=k1:…",
            id="advocacy.E101",
        )
        for name in settings.LINK_KEYS
        if not (name.isascii() and name.isalnum())
    ]


@register()
def limits_can_be_kept(**kwargs: Any) -> list[Error]:
    """Numbers that would break a promise or stop a form wherever the site stands."""
    return [
        Error(message, hint=hint, id=f"advocacy.E{number}")
        for number, (wrong, message, hint) in enumerate(_limits(), start=201)
        if wrong
    ]


def _limits() -> list[tuple[bool, str, str]]:
    """(is it wrong, what is wrong, what to do), in the order of their ids: only append."""
    # Web processes know this module and run no check; the readers of providers are large.
    from postroom.webhooks import PROVIDERS

    return [
        (
            settings.KEEP_UNCONFIRMED_DAYS < SHORTEST_WAIT,
            f"KEEP_UNCONFIRMED_DAYS is under {SHORTEST_WAIT}.",
            "People are reminded for a week, and must find their signature when they come.",
        ),
        (
            any(most < 1 for most in settings.NETWORK_LIMITS.values()),
            "NETWORK_LIMIT_5_MINUTES or NETWORK_LIMIT_DAY is under 1.",
            "Every signature would be held: allow at least one from each network.",
        ),
        (
            any(most < 1 for most in settings.RATE_ALARMS.values()),
            "RATE_ALARM_CAMPAIGN or RATE_ALARM_DOMAIN is under 1.",
            "Every signature would be an alarm: set it above what is usual.",
        ),
        (
            not settings.LINK_KEYS,
            "LINK_KEYS is empty, and no link in a mail could be signed.",
            "Give it one key: LINK_KEYS=k1:…",
        ),
        (
            any(name not in PROVIDERS or not word for name, word in settings.MAIL_WEBHOOKS.items()),
            "MAIL_WEBHOOKS names a provider that is not known, or has no secret for one.",
            f"Write provider:secret, with one of {', '.join(PROVIDERS)}.",
        ),
        (
            not _is_way_in(settings.INBOUND_URL),
            "INBOUND_URL is no way by which mail comes in.",
            "Write pipe:, imaps://user:password@host/INBOX, or webhook: and a provider of"
            " MAIL_WEBHOOKS.",
        ),
    ]


def _is_way_in(url: str) -> bool:
    way, _colon, rest = url.partition(":")
    if way == "webhook":
        return rest in settings.MAIL_WEBHOOKS
    return url in ("", "pipe:") or way in ("imap", "imaps")


def _rules() -> list[tuple[bool, str, str]]:
    """(is it unsafe, what is wrong, what to do), in the order of their ids: only append."""
    keys = [settings.SECRET_KEY, settings.SUPPRESSION_KEY, *settings.LINK_KEYS.values()]
    return [
        (settings.DEBUG, "DEBUG is on.", "Set DEBUG=off: its error pages show everything."),
        (
            not settings.SITE_IS_HTTPS,
            "SITE_URL is not https.",
            "Names and politics must not travel in the clear: put https:// in SITE_URL.",
        ),
        (
            "*" in settings.ALLOWED_HOSTS,
            "ALLOWED_HOSTS takes any host.",
            "List the site's own host names.",
        ),
        (
            settings.SITE_HOST not in settings.ALLOWED_HOSTS,
            "ALLOWED_HOSTS lacks the host of SITE_URL.",
            f"Add {settings.SITE_HOST}.",
        ),
        (
            any(len(key) < SHORTEST_KEY for key in keys),
            f"SECRET_KEY, SUPPRESSION_KEY or one of LINK_KEYS is under {SHORTEST_KEY} characters.",
            'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"',
        ),
        (
            any(word in key.lower() for key in keys for word in WELL_KNOWN),
            "SECRET_KEY, SUPPRESSION_KEY or a key of LINK_KEYS looks like an example.",
            "Make keys of your own, one for each setting.",
        ),
        (
            len(set(keys)) < len(keys),
            "Two settings share one key.",
            "Each key has one purpose, so that it can rotate, or must not, by itself.",
        ),
        (
            settings.MAIL_DOMAIN in ("", "localhost"),
            "Mails would come from localhost.",
            "Set DEFAULT_FROM_EMAIL to an address of a domain that you own.",
        ),
        (
            settings.SITE_IS_HTTPS and settings.TRUSTED_PROXY_COUNT < 1,
            "TRUSTED_PROXY_COUNT is 0, and only a proxy speaks https for this site.",
            "Say how many proxies stand before it, 1 for deploy/nginx: else all visitors look like"
            " one, and the signatures of a crowd are held.",
        ),
    ]
