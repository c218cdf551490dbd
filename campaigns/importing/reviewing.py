"""What was read from a text, laid out for somebody to check, with where it came from."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.citations import format_citation
from campaigns.importing.draft import CampaignDraft, Doubt, Part
from campaigns.models import ConsentNotice, Source
from campaigns.text.rendering import render_page

# Without these a page cannot be published, or says nothing.
NEEDED = {Part.HEADLINE, Part.TARGETS, Part.STATEMENT, Part.NOTICE}


@dataclass(frozen=True)
class Row:
    """One item: what it is called, what was understood, the text that it came from, what is unsure.

    `state` is `sure`, `guess`, `missing` (and needed) or `absent` (and not needed).
    """

    name: str
    value: str
    raw: str
    whys: tuple[str, ...]
    state: str
    url: str = ""
    found: str = ""


@dataclass(frozen=True)
class LineRow:
    """One paragraph of the text: its index, what it was taken for, and why."""

    index: int
    raw: str
    part: Part
    why: str


@dataclass(frozen=True)
class Review:
    """Everything that a draft holds, and everything that it does not."""

    parts: tuple[Row, ...]
    sources: tuple[Row, ...]
    letter: SafeString
    references: tuple[Doubt, ...]
    links: tuple[Doubt, ...]
    lines: tuple[LineRow, ...]

    @property
    def unsure(self) -> int:
        rows = [*self.parts, *self.sources]
        return sum(row.state in ("guess", "missing") for row in rows) + len(self.references)

    @property
    def left_out(self) -> tuple[LineRow, ...]:
        return tuple(line for line in self.lines if line.part == Part.LEFT_OUT)


def review(draft: CampaignDraft) -> Review:
    """Lay out `draft`. Each of its doubts stands in exactly one place."""
    sources = [Source(key=one.key, **asdict(one.citation)) for one in draft.sources]
    letter = render_page(draft.body, sources=sources, ask=draft.ask, preview=True)
    return Review(
        parts=tuple(_parts(draft)),
        sources=tuple(_sources(draft)),
        letter=letter.html,
        references=_about_references(draft),
        links=_doubts(draft, "links"),
        lines=tuple(
            LineRow(index, one.raw, one.part, one.why) for index, one in enumerate(draft.placed)
        ),
    )


def _doubts(draft: CampaignDraft, *items: str) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in draft.unsure if doubt.item in items)


def _about_references(draft: CampaignDraft) -> tuple[Doubt, ...]:
    """What is said of the markers, and of lines of the list that became no source of their own."""
    raws = {source.raw for source in draft.sources}
    return tuple(
        doubt
        for doubt in draft.unsure
        if doubt.item == "marker" or doubt.item.startswith("source ") and doubt.text not in raws
    )


def _parts(draft: CampaignDraft) -> Iterable[Row]:
    targets = "\n".join(map(str, draft.targets))
    for part, value in (
        (Part.HEADLINE, draft.headline),
        (Part.BRAND, draft.brand),
        (Part.TARGETS, targets),
        (Part.LEAD_IN, draft.lead_in),
        (Part.STATEMENT, draft.statement),
        (Part.CALL_TO_ACTION, draft.call_to_action),
        (Part.NOTICE, draft.notice),
        (Part.LEAD_LINE, draft.lead_line),
        (Part.ASK, draft.ask),
        (Part.CLOSING, draft.closing),
    ):
        raw = "\n\n".join(dict.fromkeys(one.raw for one in draft.placed if one.part == part))
        doubts = _doubts(draft, str(part.value))
        whys = [doubt.why for doubt in doubts]
        raw = raw or "\n\n".join(dict.fromkeys(doubt.text for doubt in doubts))
        if part == Part.NOTICE and value:
            value += f"\n\n({ConsentNotice.Kind(draft.notice_kind).label})"
        yield _row(str(part.label), value, raw, whys, is_needed=part in NEEDED)
    allies = _doubts(draft, "allies")
    texts = "\n".join(doubt.text for doubt in allies)
    whys = [f"{doubt.why} “{doubt.text}”" for doubt in allies]
    yield _row(_("allies"), "\n".join(draft.allies), texts, whys, is_needed=False)
    language = dict(settings.LANGUAGES).get(draft.language, "")
    yield _row(_("language"), _(language) if language else "", "", [], is_needed=False)


def _row(name: str, value: str, raw: str, whys: Iterable[str], *, is_needed: bool) -> Row:
    reasons = tuple(dict.fromkeys(whys))
    known = "guess" if reasons else "sure"
    unknown = "missing" if is_needed else "absent"
    return Row(name, value, raw, reasons, known if value else unknown)


def _sources(draft: CampaignDraft) -> Iterable[Row]:
    """The sources, and what was said of each: by its own line, or for all that lack an address."""
    for source in draft.sources:
        citation = source.citation
        whys = [
            doubt.why
            for doubt in draft.unsure
            if doubt.item.startswith("source ") and doubt.text == source.raw
        ]
        accessed = citation.accessed_on
        found = _("seen on %(day)s") % {"day": accessed.isoformat()} if accessed else ""
        yield Row(
            source.key,
            format_citation(citation),
            source.raw,
            tuple(whys),
            "guess" if whys else "sure",
            citation.url or citation.archive_url,
            found,
        )
