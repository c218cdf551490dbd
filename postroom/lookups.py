"""What mailbox providers look up in the DNS about who writes to them, asked the same way."""

import ipaddress
import time
from collections.abc import Sequence

import dns.exception
import dns.resolver
import dns.reversename

# For one question, and for all that one Lookups is asked: whoever waits is a person.
SECONDS = 3.0
SECONDS_IN_ALL = 20.0


class LookupFailed(Exception):
    """No name server answered: this says nothing about the record."""


class Lookups:
    """Questions to the system's name servers, or to `servers` (`192.0.2.1` or `192.0.2.1:5353`).

    An absent name or record is an empty answer. Each method raises LookupFailed; so does each once
    20 seconds have gone by.
    """

    def __init__(self, servers: Sequence[str] = ()) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)
        self._until = time.monotonic() + SECONDS_IN_ALL
        if servers:
            hosts = [server.rpartition(":") for server in servers]
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(host or port, int(port) if host else 53)
                for host, _, port in hosts
            ]

    def texts(self, name: str) -> list[str]:
        """TXT records, each with its parts put together (RFC 7208 §3.3)."""
        found = [b"".join(record.strings) for record in self._ask(name, "TXT")]
        return [text.decode("utf-8", "replace") for text in found]

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        return [record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def mail_exchangers(self, name: str) -> list[str]:
        """Hosts of the MX records, the preferred one first; none for a null MX (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        hosts = [record.exchange.to_text(omit_final_dot=True) for record in found]
        return [host for host in hosts if host != "."]

    def names_of(self, address: str) -> list[str]:
        """Names that the PTR records of an IP address give."""
        pointer = dns.reversename.from_address(str(ipaddress.ip_address(address)))
        return [
            record.target.to_text(omit_final_dot=True)
            for record in self._ask(pointer.to_text(), "PTR")
        ]

    def _ask(self, name: str, kind: str) -> list:
        left = min(SECONDS, self._until - time.monotonic())
        if left <= 0:
            raise LookupFailed(f"{kind} of {name}: no time left")
        try:
            return list(self._resolver.resolve(name, kind, search=False, lifetime=left))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise LookupFailed(f"{kind} of {name}: {type(error).__name__}") from error
