"""SPF, DKIM, DMARC, PTR and MX of a sending domain, asked of a real name server."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.domain_checks import (
    check_alignment,
    check_dkim,
    check_dmarc,
    check_pointer,
    check_return_path,
    check_server,
    check_spf,
)
from postroom.findings import Grade
from postroom.lookups import Lookups
from postroom.smtp_settings import SMTPSettings
from postroom.spf import BadPolicy, Verdict, judge
from tests.rig.dns_server import DNSServer
from tests.rig.smtp_sink import SMTPSink

OURS = "192.0.2.25"
KEYS = tomllib.loads(Path(__file__).with_name("dkim_keys.toml").read_text())


@pytest.fixture
def names() -> Iterator[DNSServer]:
    with DNSServer() as server:
        yield server


@pytest.fixture
def lookups(names: DNSServer) -> Lookups:
    return Lookups([names.address])


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Verdict.PASS),
        ("v=spf1 ip4:198.51.100.0/24 -all", Verdict.FAIL),
        ("v=spf1 ~all", Verdict.SOFTFAIL),
        ("v=spf1", Verdict.NEUTRAL),
        ("v=spf1 a -all", Verdict.PASS),
        ("v=spf1 a:elsewhere.example/24 -all", Verdict.PASS),
        ("v=spf1 mx -all", Verdict.PASS),
        ("v=spf1 include:esp.example ?all", Verdict.PASS),
        ("v=spf1 include:stranger.example ?all", Verdict.NEUTRAL),
        ("v=spf1 redirect=esp.example", Verdict.PASS),
        ("V=SPF1 IP4:192.0.2.25 -ALL", Verdict.PASS),
    ],
)
def test_a_policy_is_judged_as_receivers_judge_it(
    names: DNSServer, lookups: Lookups, policy: str, verdict: Verdict
) -> None:
    names.add("example.org", "TXT", '"some-site-verification=1"', f'"{policy}"')
    names.add("example.org", "A", OURS)
    names.add("example.org", "MX", "10 mx.example.org.")
    names.add("mx.example.org", "A", OURS)
    names.add("elsewhere.example", "A", "192.0.2.200")
    names.add("esp.example", "TXT", '"v=spf1 ip4:192.0" ".2.25 -all"')
    names.add("stranger.example", "TXT", '"v=spf1 -all"')
    assert judge("example.org", OURS, lookups) is verdict


@pytest.mark.parametrize(
    "policy",
    [
        "v=spf1 include:nobody.example -all",
        "v=spf1 redirect=nobody.example",
        "v=spf1 ip4:192.0.2.0.1 -all",
        "v=spf1 include:%{d}.example -all",
        "v=spf1 ipv4:192.0.2.25 -all",
        "v=spf1 include:example.org -all",
    ],
)
def test_a_broken_policy_is_said_to_be_broken(
    names: DNSServer, lookups: Lookups, policy: str
) -> None:
    names.add("example.org", "TXT", f'"{policy}"')
    with pytest.raises(BadPolicy):
        judge("example.org", OURS, lookups)
    assert check_spf("example.org", [OURS], lookups).grade is Grade.WRONG


def test_an_address_that_the_policy_forgets_is_named(names: DNSServer, lookups: Lookups) -> None:
    names.add("example.org", "TXT", f'"v=spf1 ip4:{OURS} -all"')
    assert check_spf("example.org", [OURS], lookups).grade is Grade.GOOD
    finding = check_spf("example.org", [OURS, "2001:db8::25"], lookups)
    assert finding.grade is Grade.WRONG
    assert "2001:db8::25" in finding.text
    names.add("example.org", "TXT", '"v=spf1 -all"')
    assert "two records" in check_spf("example.org", [OURS], lookups).text
    assert check_spf("example.net", [OURS], lookups).text == "There is no SPF record."


@pytest.mark.parametrize(
    ("bits", "grade"), [(2048, Grade.GOOD), (1024, Grade.ADVICE), (512, Grade.WRONG)]
)
def test_the_length_of_a_key_is_read(
    names: DNSServer, lookups: Lookups, bits: int, grade: Grade
) -> None:
    key = KEYS[str(bits)]
    names.add("m1._domainkey.example.org", "TXT", f'"v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"')
    (finding,) = check_dkim("example.org", ["m1"], lookups)
    assert (finding.grade, str(bits) in finding.text.replace(",", "")) == (grade, True)


def test_a_key_that_is_revoked_missing_or_no_key_is_wrong(
    names: DNSServer, lookups: Lookups
) -> None:
    names.add("old._domainkey.example.org", "TXT", '"v=DKIM1; p="')
    names.add("odd._domainkey.example.org", "TXT", '"v=DKIM1; p=AAAA"')
    names.add("ed._domainkey.example.org", "TXT", '"v=DKIM1; k=ed25519; p=AAAA"')
    found = check_dkim("example.org", ["old", "odd", "none", "ed"], lookups)
    assert [finding.grade for finding in found] == [Grade.WRONG] * 3 + [Grade.GOOD]
    assert check_dkim("example.org", [], lookups)[0].grade is Grade.WRONG


def test_a_policy_against_forgeries_is_found_on_the_domain_above(
    names: DNSServer, lookups: Lookups
) -> None:
    assert check_dmarc("mail.example.org", lookups).grade is Grade.WRONG
    names.add("_dmarc.example.org", "TXT", '"v=DMARC1; p=none"')
    assert check_dmarc("mail.example.org", lookups).grade is Grade.ADVICE
    names.add("_dmarc.mail.example.org", "TXT", '"v=DMARC1; p=reject"')
    assert check_dmarc("mail.example.org", lookups).grade is Grade.GOOD
    names.add("_dmarc.mail.example.org", "TXT", '"v=DMARC1; p=none"')
    assert check_dmarc("mail.example.org", lookups).grade is Grade.WRONG


def test_a_sending_address_has_a_name_that_leads_back(names: DNSServer, lookups: Lookups) -> None:
    assert check_pointer(OURS, lookups).grade is Grade.WRONG
    names.add("25.2.0.192.in-addr.arpa", "PTR", "mail.example.org.")
    finding = check_pointer(OURS, lookups)
    assert (finding.grade, "does not lead back" in finding.text) == (Grade.WRONG, True)
    names.add("mail.example.org", "A", OURS)
    assert check_pointer(OURS, lookups).grade is Grade.GOOD


def test_a_name_server_in_trouble_is_not_taken_for_an_absent_record(
    names: DNSServer, lookups: Lookups
) -> None:
    names.fail("example.org")
    assert check_spf("example.org", [OURS], lookups).grade is Grade.UNKNOWN
    assert check_return_path("example.org", lookups).grade is Grade.UNKNOWN


def test_bounces_and_senders_belong_to_the_domain(names: DNSServer, lookups: Lookups) -> None:
    assert check_return_path("example.org", lookups).grade is Grade.ADVICE
    names.add("example.org", "MX", "0 .")
    assert check_return_path("example.org", lookups).grade is Grade.ADVICE
    names.forget("example.org", "MX")
    names.add("example.org", "MX", "10 mx.example.org.")
    assert check_return_path("example.org", lookups).grade is Grade.GOOD
    assert check_alignment("news@example.org", "mail.example.org").grade is Grade.GOOD
    assert check_alignment("news@notexample.org", "example.org").grade is Grade.ADVICE


def test_a_mail_server_that_is_away_or_open_to_listeners_is_wrong(smtp_sink: SMTPSink) -> None:
    settings = SMTPSettings(host="127.0.0.1", port=smtp_sink.port)
    assert check_server(settings, is_local=True).grade is Grade.GOOD
    assert check_server(settings, is_local=False).grade is Grade.WRONG
    smtp_sink.reply("CONNECT", "554 5.7.1 go away", times=1)
    assert check_server(settings, is_local=True).grade is Grade.WRONG
