"""A small name server: answers what it was told, over UDP on this machine."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class DNSServer:
    """`with DNSServer() as names: names.add("example.org", "TXT", "v=spf1")`; ask its `address`."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._records: dict[tuple[str, str], list[str]] = {}
        self._silent: set[str] = set()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def add(self, name: str, kind: str, *values: str) -> None:
        """Records as a zone file writes them; more of one name and kind stand side by side."""
        self._records.setdefault((f"{name.lower()}.", kind), []).extend(values)

    def forget(self, name: str, kind: str) -> None:
        """As if they had never been."""
        self._records.pop((f"{name.lower()}.", kind), None)

    def fail(self, name: str) -> None:
        """Answer SERVFAIL to every question about the name."""
        self._silent.add(f"{name.lower()}.")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                data, asker = self._socket.recvfrom(4096)
            except OSError:
                return
            if not data:
                return
            self._socket.sendto(self._answer(dns.message.from_wire(data)).to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if name in self._silent:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif values := self._records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in self._records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
