"""What was read from a text, before anything is stored."""

from dataclasses import dataclass

from campaigns.citations import Citation


class NotAPetition(ValueError):
    """The text cannot become a campaign; the message says what was looked for and what to do."""


@dataclass(frozen=True)
class Doubt:
    """Something an organizer should look at: which part, the text it is about, and why."""

    item: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.item}: {self.why}" + (f" Text: {self.text}" if self.text else "")


@dataclass(frozen=True)
class TargetDraft:
    """A decision-maker, in words that join to what was read: `Amazon` `CEO` `Jeff Bezos`."""

    name: str
    title: str = ""
    organization: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.organization, self.title, self.name)))


@dataclass(frozen=True)
class SourceDraft:
    """A source and the key that the body's markers name it by."""

    key: str
    citation: Citation


@dataclass(frozen=True)
class CampaignDraft:
    """A campaign as it was read. Texts are verbatim; the empty string stands for what is missing.

    `body` is plain text as `campaigns.text.plaintext` takes it: paragraphs parted by empty lines,
    markers as `[^key]`, the ask as `{ask}`. `lead_in` has `{targets}` where the targets stand.
    """

    slug: str
    brand: str
    short_name: str
    headline: str
    call_to_action: str
    lead_in: str
    targets: tuple[TargetDraft, ...]
    statement: str
    notice: str
    lead_line: str
    body: str
    ask: str
    closing: str
    allies: tuple[str, ...]
    sources: tuple[SourceDraft, ...]
    unsure: tuple[Doubt, ...]
