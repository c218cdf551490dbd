"""Whether a domain lets an address send its mail: the Sender Policy Framework (RFC 7208).

Macros, `exists` and `ptr` are not followed: a policy that is built on them is reported as such.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from postroom.lookups import Lookups

# RFC 7208 §4.6.4: mechanisms that ask the DNS again, in all records together.
MOST_LOOKUPS = 10

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Verdict(StrEnum):
    """RFC 7208 §2.6, as far as a sender needs it."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"  # the domain has no policy
    PERMERROR = "permerror"  # the policy cannot be read; receivers treat it as broken


class BadPolicy(ValueError):
    """The policy breaks a rule of RFC 7208; the text says which, in a few words."""


_QUALIFIERS = {
    "+": Verdict.PASS,
    "-": Verdict.FAIL,
    "~": Verdict.SOFTFAIL,
    "?": Verdict.NEUTRAL,
}


@dataclass
class _Budget:
    left: int = MOST_LOOKUPS

    def spend(self) -> None:
        if not self.left:
            raise BadPolicy(f"it needs more than {MOST_LOOKUPS} look-ups")
        self.left -= 1


def policy_of(domain: str, lookups: Lookups) -> str | None:
    """The domain's one SPF record, or None. Raises BadPolicy for two, LookupFailed."""
    records = [text for text in lookups.texts(domain) if _is_policy(text)]
    if len(records) > 1:
        raise BadPolicy("there are two records, and receivers take none of them")
    return records[0] if records else None


def judge(domain: str, address: str, lookups: Lookups) -> Verdict:
    """What a receiver makes of mail from `address` (an IP address) in the name of `domain`.

    Raises BadPolicy, LookupFailed.
    """
    return _judge(domain, ipaddress.ip_address(address), lookups, _Budget())


def _is_policy(text: str) -> bool:
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def _judge(domain: str, address: IPAddress, lookups: Lookups, budget: _Budget) -> Verdict:
    policy = policy_of(domain, lookups)
    if policy is None:
        return Verdict.NONE
    redirect = ""
    for term in policy.split()[1:]:
        if "=" in term and ":" not in term.partition("=")[0]:
            name, _, value = term.partition("=")
            redirect = value if name.lower() == "redirect" else redirect
            continue
        qualifier = _QUALIFIERS.get(term[0])
        mechanism = term[1:] if qualifier else term
        if _matches(mechanism, domain, address, lookups, budget):
            return qualifier or Verdict.PASS
    if not redirect:
        return Verdict.NEUTRAL
    budget.spend()
    verdict = _judge(redirect, address, lookups, budget)
    if verdict is Verdict.NONE:
        raise BadPolicy(f"it redirects to {redirect}, which has no policy")
    return verdict


def _matches(
    mechanism: str, domain: str, address: IPAddress, lookups: Lookups, budget: _Budget
) -> bool:
    name, _, value = mechanism.partition(":")
    name, _, prefix = name.partition("/")
    match name.lower():
        case "all":
            return True
        case "ip4" | "ip6":
            return _within(address, value)
        case "include":
            budget.spend()
            verdict = _judge(_plain(value), address, lookups, budget)
            if verdict is Verdict.NONE:
                raise BadPolicy(f"it includes {value}, which has no policy")
            return verdict is Verdict.PASS
        case "a" | "mx":
            budget.spend()
            host, _, length = value.partition("/")
            hosts = [_plain(host) or domain]
            if name.lower() == "mx":
                hosts = lookups.mail_exchangers(hosts[0])[:MOST_LOOKUPS]
            found = [known for each in hosts for known in lookups.addresses(each)]
            return any(_within(address, _network(known, length or prefix)) for known in found)
        case "exists" | "ptr":
            budget.spend()
            raise BadPolicy(f"it uses “{name}”, which cannot be judged from here")
    raise BadPolicy(f"“{mechanism}” is no mechanism of RFC 7208")


def _plain(name: str) -> str:
    if "%" in name:
        raise BadPolicy(f"it uses macros ({name}), which cannot be judged from here")
    return name


def _network(address: str, lengths: str) -> str:
    """`a/24//64` gives a length for each kind of address (RFC 7208 §5.6)."""
    for4, _, for6 = lengths.partition("//")
    length = for6 if ":" in address else for4
    return f"{address}/{length}" if length else address


def _within(address: IPAddress, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise BadPolicy(f"“{network}” is no network") from None
