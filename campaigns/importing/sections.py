"""Which paragraph of a petition page is what."""

import re
from collections import Counter
from dataclasses import dataclass, field

from campaigns.importing.draft import Doubt, NotAPetition

MAX_LABEL = 300
LEAD_IN = re.compile(
    r"(?:(?:the|this|our) )?petition to (?P<targets>\S.*) (?:reads|says):", re.IGNORECASE
)
NOTICE = re.compile(
    r"\b(?:updates?|e-?mails?|newsletters?|receive|(?:un)?subscribe)\b", re.IGNORECASE
)
NUMBERED = re.compile(r"(?P<number>[0-9]{1,3})\.\s+(?P<text>.*)")
QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}


@dataclass
class Sections:
    """The paragraphs of a petition page by what they are; empty where there is none."""

    headline: str
    lead_in: str
    targets: str
    statement: str
    brand: str = ""
    call_to_action: str = ""
    notice: str = ""
    lead_line: str = ""
    ask: str = ""
    body: list[str] = field(default_factory=list)
    closing: str = ""
    citations: list[str] = field(default_factory=list)
    unsure: list[Doubt] = field(default_factory=list)


def split_sections(paragraphs: list[str]) -> Sections:
    """Find the parts of a petition page. Raises `NotAPetition` without statement or headline."""
    at, lead_in = _find_lead_in(paragraphs)
    statement, rest = _take_statement(paragraphs[at + 1 :])
    head = paragraphs[:at]
    if not head:
        raise NotAPetition(
            "No headline was found: it stands above the line “The petition to … reads:”. Add it "
            "and import again."
        )
    below = set(rest)
    headline = next((line for line in head if line in below), "")
    sections = Sections(headline, lead_in[0], lead_in["targets"], statement)
    _take_head(sections, head)
    rest = _take_notice(sections, rest)
    rest = _take_citations(sections, rest)
    _take_body(sections, rest)
    return sections


def _find_lead_in(paragraphs: list[str]) -> tuple[int, re.Match[str]]:
    for at, paragraph in enumerate(paragraphs):
        if len(paragraph) <= MAX_LABEL and (match := LEAD_IN.fullmatch(paragraph)):
            return at, match
    raise NotAPetition(
        "No petition was found in this text. Looked for a line such as “The petition to Mayor Ada "
        "Lee reads:” with the statement under it in quotation marks. Add it and import again."
    )


def _take_statement(rest: list[str]) -> tuple[str, list[str]]:
    """The statement without its quotation marks, and the paragraphs behind it."""
    closing = QUOTES.get(rest[0][0]) if rest else None
    for count, paragraph in enumerate(rest, start=1):
        if closing and paragraph.endswith(closing):
            if statement := "\n\n".join(rest[:count])[1:-1].strip():
                return statement, rest[count:]
            break
    raise NotAPetition(
        "No statement was found: the text that people sign stands in quotation marks right under "
        "the line “The petition to … reads:”. Put it there and import again."
    )


def _take_head(sections: Sections, head: list[str]) -> None:
    """Brand, headline and call to action stand in this order above the lead-in."""
    if not sections.headline:
        sections.headline = head[1] if len(head) > 2 else head[0]
        why = "taken for the headline by its place; it is not repeated above the letter."
        sections.unsure.append(Doubt("headline", sections.headline, why))
    at = head.index(sections.headline)
    if before := head[:at]:
        sections.brand = before.pop(0)
        _leave_out(sections, before)
    if after := head[at + 1 :]:
        sections.call_to_action = after.pop()
        _leave_out(sections, after)


def _take_notice(sections: Sections, rest: list[str]) -> list[str]:
    """The opt-in notice stands between the statement and the headline's second appearance."""
    if sections.headline in rest:
        at = rest.index(sections.headline)
        notice, rest = rest[:at], rest[at + 1 :]
    else:
        at = 1 if rest and len(rest[0]) <= MAX_LABEL and NOTICE.search(rest[0]) else 0
        notice, rest = rest[:at], rest[at:]
    sections.notice = "\n\n".join(notice)
    if not notice:
        why = "none was found under the statement; a page needs one before it can be published."
        sections.unsure.append(Doubt("notice", "", why))
    elif len(notice) > 1:
        why = "these paragraphs stand between statement and letter; all were taken as the notice."
        sections.unsure.append(Doubt("notice", " / ".join(notice), why))
    return rest


def _take_citations(sections: Sections, rest: list[str]) -> list[str]:
    """The last run of paragraphs numbered 1, 2, 3 …; what follows it is no part of the campaign."""
    numbered = [NUMBERED.fullmatch(paragraph) for paragraph in rest]
    starts = [at for at, match in enumerate(numbered) if match and match["number"] == "1"]
    if not starts:
        why = "no numbered list of sources was found under the letter."
        sections.unsure.append(Doubt("sources", "", why))
        return rest
    end = start = starts[-1]
    while end < len(rest) and (match := numbered[end]) and int(match["number"]) == end - start + 1:
        sections.citations.append(match["text"])
        end += 1
    _leave_out(sections, rest[end:])
    return rest[:start]


def _take_body(sections: Sections, rest: list[str]) -> None:
    repeated = [text for text, times in Counter(rest).items() if times > 1]
    sections.ask = repeated[0] if repeated else ""
    if not repeated:
        why = "no paragraph of the letter is repeated, so none was taken for the ask."
        sections.unsure.append(Doubt("ask", "", why))
    if len(rest) > 1 and _is_line(rest[0]) and rest[0] != sections.ask:
        sections.lead_line, rest = rest[0], rest[1:]
    # A closing is what is said to those who read past the last ask.
    if len(rest) > 1 and sections.ask == rest[-2] != rest[-1] and _is_line(rest[-1]):
        sections.closing, rest = rest[-1], rest[:-1]
    sections.body = rest


def _is_line(paragraph: str) -> bool:
    """One short sentence, as a lead line or a closing is."""
    return len(paragraph) <= MAX_LABEL // 2 and not re.search(r"[.?!]\S*\s", paragraph)


def _leave_out(sections: Sections, paragraphs: list[str]) -> None:
    for paragraph in paragraphs:
        why = "found no place in the campaign, and was left out."
        sections.unsure.append(Doubt("left out", paragraph, why))
