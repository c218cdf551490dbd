"""Where the local mailbox keeps its mail: one .eml file each, and one line each in an index."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from deploy.local.smtp import Envelope


@dataclass(frozen=True)
class Entry:
    """What a list shows of one mail."""

    number: int
    received: float
    sender: str
    recipients: str
    subject: str

    @property
    def iso_time(self) -> str:
        """When it came, for programs."""
        return datetime.fromtimestamp(self.received, UTC).isoformat(timespec="seconds")

    @property
    def local_time(self) -> str:
        """When it came, by the clock of this computer."""
        return f"{datetime.fromtimestamp(self.received):%d %b %H:%M:%S}"


class MailStore:
    """The mails in one folder. Memory holds the index alone; a mail is read when it is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._index.exists():
            # The last line may be torn, where the power went in the middle of it.
            for line in self._index.read_text(errors="replace").splitlines():
                with suppress(ValueError, TypeError):
                    self._entries.append(Entry(**json.loads(line)))

    @property
    def _index(self) -> Path:
        return self.folder / "index.jsonl"

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06}.eml"

    def add(self, envelope: Envelope) -> Entry:
        """Keep one mail; it is in the file system when this returns."""
        headers = BytesHeaderParser(policy=policy.default).parsebytes(envelope.body)
        with self._lock:
            entry = Entry(
                number=self._entries[-1].number + 1 if self._entries else 1,
                received=datetime.now(UTC).timestamp(),
                sender=_header(headers, "From") or envelope.sender,
                recipients=", ".join(envelope.recipients),
                subject=_header(headers, "Subject"),
            )
            self._file(entry.number).write_bytes(envelope.body)
            with self._index.open("a") as index:
                index.write(json.dumps(asdict(entry)) + "\n")
            self._entries.append(entry)
        return entry

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def newest(self) -> int:
        """The number of the newest mail, 0 when there is none."""
        entries = self._entries
        return entries[-1].number if entries else 0

    def newest_first(self, recipient: str = "", before: int | None = None) -> Iterator[Entry]:
        """Mails whose recipients contain a text, newest first, older than number `before`."""
        wanted = recipient.lower()
        for entry in reversed(self._entries[:]):
            if (before is None or entry.number < before) and wanted in entry.recipients.lower():
                yield entry

    def entry(self, number: int) -> Entry | None:
        """One mail's entry."""
        return next((entry for entry in self._entries if entry.number == number), None)

    def raw(self, number: int) -> bytes:
        """One mail as it came. Raises FileNotFoundError."""
        return self._file(number).read_bytes()

    def message(self, number: int) -> EmailMessage:
        """One mail, parsed. Raises FileNotFoundError."""
        return message_from_bytes(self.raw(number), policy=policy.default)

    def delete_all(self) -> None:
        """Forget every mail."""
        with self._lock:
            self._index.unlink(missing_ok=True)
            self._entries.clear()
            for file in self.folder.glob("*.eml"):
                file.unlink()


def _header(message: EmailMessage, name: str) -> str:
    """A header as text. Mail that breaks the rules is shown too, as far as it can be read."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):
        return ""


def part_text(message: EmailMessage, kind: str) -> str | None:
    """The `html` or `plain` part as text, or None where there is none."""
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, KeyError, ValueError):
        content = part.get_payload(decode=True)
        return content.decode(errors="replace") if isinstance(content, bytes) else ""
