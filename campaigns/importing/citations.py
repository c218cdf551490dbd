"""Sources from the numbered list under a letter, each with a key that people can read."""

from django.utils.text import slugify

from campaigns.citations import Citation, parse_citation
from campaigns.importing.draft import Doubt, SourceDraft

MAX_KEY = 60


def read_sources(lines: list[str]) -> tuple[tuple[SourceDraft, ...], list[Doubt]]:
    """The sources that `lines` cite, in their order."""
    sources: dict[str, SourceDraft] = {}
    unsure = []
    for number, line in enumerate(lines, start=1):
        citation = parse_citation(line)
        if citation is None:
            citation = Citation(author="", title=line)
            why = (
                "not written as author, “title,” publisher and date, so the whole line was taken "
                "for the title."
            )
            unsure.append(Doubt(f"source {number}", line, why))
        key = _free_key(citation, number, taken=sources)
        sources[key] = SourceDraft(key, citation)
    if sources:
        why = "the text gives no web addresses; add them, so that readers can check."
        unsure.append(Doubt("sources", "", why))
    return tuple(sources.values()), unsure


def _free_key(citation: Citation, number: int, *, taken: dict[str, SourceDraft]) -> str:
    """`wong-2018`: surname and year; an organization that publishes its own work, by its name."""
    author = citation.author
    if citation.publisher:
        author = author.split(" ")[-1] or citation.publisher
    year = citation.published_on.year if citation.published_on else ""
    key = base = slugify(f"{author} {year}" if author else "")[: MAX_KEY - 4] or f"source-{number}"
    count = 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
