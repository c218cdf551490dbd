"""What load balancers ask, and what a deployment with dangerous values is told."""

import pytest
from django.core.checks import Error, run_checks
from django.core.management import call_command
from django.core.management.base import CommandError

from advocacy.checks import link_keys_have_plain_names, public_values_are_safe
from signatures.counting import refresh_tallies
from signatures.models import CountShard, KeyFingerprint
from tests.factories import make_campaign, make_signature


def test_healthz_asks_nothing_of_the_database(client):
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_is_ready_and_says_what_it_looked_at(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "keys": "ok",
        "mail": "ok",
        "sending": "ok",
    }


@pytest.mark.django_db
def test_readyz_refuses_a_key_that_would_forget_everyone_who_left(client, settings):
    settings.SUPPRESSION_KEY = "another-key"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "SUPPRESSION_KEY" in response.json()["keys"]
    assert KeyFingerprint.objects.filter(purpose="suppression").count() == 1


@pytest.mark.django_db
def test_readyz_takes_signatures_though_no_mail_leaves(client, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["mail"].startswith("failed")


@pytest.fixture
def public(settings):
    """A deployment that has everything right."""
    settings.SITE_HOST = "act.example.org"
    settings.SITE_IS_HTTPS = True
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["act.example.org"]
    settings.MAIL_DOMAIN = "example.org"
    settings.TRUSTED_PROXY_COUNT = 1
    settings.SECRET_KEY, settings.SUPPRESSION_KEY = "a" * 40, "b" * 40
    settings.LINK_KEYS = {"k1": "c" * 40}
    return settings


def test_a_sound_deployment_passes(public):
    assert public_values_are_safe() == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", True, "DEBUG"),
        ("SITE_IS_HTTPS", False, "https"),
        ("ALLOWED_HOSTS", ["*", "act.example.org"], "any host"),
        ("ALLOWED_HOSTS", ["other.example.org"], "lacks the host"),
        ("SECRET_KEY", "short", "32 characters"),
        ("SUPPRESSION_KEY", "change-me" * 5, "example"),
        ("LINK_KEYS", {"k1": "a" * 40}, "share one key"),
        ("MAIL_DOMAIN", "localhost", "localhost"),
        ("TRUSTED_PROXY_COUNT", 0, "TRUSTED_PROXY_COUNT"),
    ],
)
def test_a_dangerous_value_is_refused_on_a_public_address_alone(public, name, value, says):
    setattr(public, name, value)
    assert [error for error in public_values_are_safe() if says in error.msg]
    public.SITE_HOST = "127.0.0.1"
    assert public_values_are_safe() == []


def test_a_link_key_that_no_link_can_carry_is_refused(settings):
    settings.LINK_KEYS = {"k-1": "c" * 40}
    assert link_keys_have_plain_names()
    settings.LINK_KEYS = {"k1": "c" * 40}
    assert not link_keys_have_plain_names()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEEP_UNCONFIRMED_DAYS", 7),
        ("KEEP_UNCONFIRMED_DAYS", 0),
        ("NETWORK_LIMITS", {300: 0, 86400: 400}),
        ("NETWORK_LIMITS", {300: 40, 86400: 0}),
        ("RATE_ALARMS", {"campaign": 0, "domain": 100}),
        ("LINK_KEYS", {}),
        ("MAIL_WEBHOOKS", {"mailgum": "key"}),
        ("MAIL_WEBHOOKS", {"mailgun": ""}),
        ("INBOUND_URL", "pop3://mail.example"),
        ("INBOUND_URL", "webhook:mailgun"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused_wherever_the_site_stands(settings, name, value):
    assert not run_checks()
    setattr(settings, name, value)
    (error,) = run_checks()
    assert isinstance(error, Error)


@pytest.mark.django_db(transaction=True)
def test_invariants_hold_and_each_is_printed(capsys):
    make_signature(make_campaign())
    make_signature(make_campaign(), confirmed=False)
    refresh_tallies()
    call_command("check_invariants")
    printed = capsys.readouterr().out
    assert "All invariants hold." in printed
    assert printed.count("       0  ") >= 11


@pytest.mark.django_db(transaction=True)
def test_a_count_that_drifted_is_found():
    make_signature(make_campaign())
    CountShard.objects.update(counted=7)
    with pytest.raises(CommandError):
        call_command("check_invariants")
