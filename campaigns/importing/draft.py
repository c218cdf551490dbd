"""What was read from a text, before anything is stored."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.citations import Citation


class NotAPetition(ValueError):
    """The text cannot become a campaign; the message says what was looked for and what to do."""


class NoOrganization(NotAPetition):
    """The text does not say whose petition it is, and nobody else did."""


class Part(models.TextChoices):
    """What a paragraph of a text can be."""

    BRAND = "brand", _("organization")
    HEADLINE = "headline", _("headline")
    CALL_TO_ACTION = "call to action", _("call to action")
    LEAD_IN = "lead-in", _("lead-in")
    TARGETS = "targets", _("targets")
    STATEMENT = "statement", _("statement")
    NOTICE = "notice", _("opt-in notice")
    LEAD_LINE = "lead line", _("lead line")
    LETTER = "letter", _("letter")
    ASK = "ask", _("ask")
    CLOSING = "closing", _("closing")
    SOURCE = "source", _("source")
    LEFT_OUT = "left out", _("left out")


@dataclass(frozen=True)
class Doubt:
    """Something an organizer should look at: which part, the text it is about, and why."""

    item: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.item}: {self.why}" + (f" Text: {self.text}" if self.text else "")


@dataclass(frozen=True)
class Placed:
    """A paragraph as it came and what it was taken for; `why` is empty where that is certain."""

    raw: str
    part: Part
    why: str = ""


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
    """A source, the key that the body's markers name it by, and the text that it came from."""

    key: str
    citation: Citation
    raw: str = field(default="", compare=False)


@dataclass(frozen=True)
class CampaignDraft:
    """A campaign as it was read. Texts are verbatim; the empty string stands for what is missing.

    `body` is HTML of the text vocabulary, with the ask as a block. `lead_in` has `{targets}` where
    the targets stand. `notice_kind` is a `ConsentNotice.Kind`. `language` is a code, empty when it
    could not be told. `placed` holds every paragraph of the text in its order: what is in none of
    the other fields is left out there.
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
    notice_kind: str
    lead_line: str
    body: str
    ask: str
    closing: str
    allies: tuple[str, ...]
    sources: tuple[SourceDraft, ...]
    language: str
    unsure: tuple[Doubt, ...]
    placed: tuple[Placed, ...] = field(default=(), compare=False)
