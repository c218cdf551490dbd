"""Reads plain text and Markdown into pieces: which lines belong together, and what each begins."""

import re
from dataclasses import dataclass, replace

from campaigns.importing.pages import read_inlines
from campaigns.importing.phrases import PAGE_TITLE
from campaigns.importing.pieces import NUMBERED, Kind, Piece, labelled
from campaigns.text.markdown import inline_html
from campaigns.text.vocabulary import SOURCE_KEY, Inline, Marker, Words, allowed_link
from campaigns.tracking import ADDRESS, strip_tracking

# Programs that wrap lines do so before this column; a longer line is a paragraph.
WIDEST = 120
# What archives and mail programs put for an address or a picture that they have not kept.
PLACEHOLDER = re.compile(r"\[ ?\[?(?:link removed|cid:[^\[\]]{1,80})\]? ?\] ?", re.IGNORECASE)
NARROWEST = 40
QUOTED = re.compile(r" ?(?:> ?)+")
BULLET = re.compile(r" ?(?:[•·▪▫◦‣●○■□➤►✓✔] ?|[*+–§o-] )(?=\S)")
COUNTED = re.compile(r"(?:([0-9]{1,3})[.)]|\[([0-9]{1,3})\]:?) (?=\S)")
# `[key]: https://…`, where `[words][key]` leads.
DEFINITION = re.compile(
    r"^ ?\[(?P<key>[^\[\]^]{1,40})\]: <?(?P<url>https?://[^\s>]+)>?(?: [\"'(].*)?$\n?", re.MULTILINE
)
HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?")
UNDERLINE = re.compile(r"={3,}|-{3,}|_{3,}|\*{3,}|(?:[*_~–—-] ){2,}[*_~–—-]|~{3,}|•{3,}")
NOTE = re.compile(rf"\[\^({SOURCE_KEY.pattern})\]: ?")
# `† …`, `**…`, `[a] …`, `b. …`: a note that a sign or a letter marks.
SIGNED = re.compile(
    r"[†‡¶‖*]{1,4} ?(?=[^\s*])|[\[(](?:[a-z]|[ivx]{2,5})[\])]|(?:[a-h]|[ivx]{1,5})[.)] (?=\S)"
)
ONLY_ADDRESS = re.compile(r"<?(?:https?://|www\.)\S+>?", re.IGNORECASE)
MARKER = re.compile(rf"\[\^({SOURCE_KEY.pattern})\]")
TRAILING = re.compile(r"[.,;:!?)\]'’]+\Z")
ENDS_SENTENCE = re.compile(r"[.?!:…][\"'”’»)\]]*[0-9¹²³⁴-⁹,\[\]^]*\Z")


@dataclass(frozen=True)
class _Line:
    """One line: what it says without quoting marks, and whether an empty line came before."""

    text: str
    raw: str
    is_quoted: bool = False
    after_gap: bool = False
    is_indented: bool = False


def text_pieces(text: str, *, markdown: bool) -> list[Piece]:
    """The pieces of a plain text, or of one with Markdown in it.

    Empty lines part pieces. Other line ends do too, unless a program wrapped the line there.
    """
    lines = _read_lines(_links_filled_in(text) if markdown else text)
    wrap = _Wrap(lines)
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and not line.after_gap and wrap.goes_on(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    pieces = [_piece(group, markdown=markdown) for group in groups]
    for at, group in enumerate(groups[1:]):
        pieces[at] = replace(pieces[at], ends_block=group[0].after_gap)
    return pieces


def _links_filled_in(text: str) -> str:
    """`text` with `[words][key]` as `[words](https://…)`, as a line `[key]: https://…` says."""
    urls = {match["key"]: match["url"] for match in DEFINITION.finditer(text)}
    used = {key for key in re.findall(r"\]\[([^\[\]^]{1,40})\]", text) if key in urls}
    if not used:
        return text
    text = DEFINITION.sub(lambda match: "" if match["key"] in used else match[0], text)
    return re.sub(
        r"\]\[([^\[\]^]{1,40})\]",
        lambda match: f"]({urls[match[1]]})" if match[1] in used else match[0],
        text,
    )


def _read_lines(text: str) -> list[_Line]:
    """The lines that are not empty. A text that is quoted throughout is a mail, not a quotation."""
    raw = text.split("\n")
    written = [line for line in raw if line.strip()]
    quoted = sum(line.lstrip().startswith(">") for line in written)
    is_mail = 2 * quoted > len(written)
    lines: list[_Line] = []
    after_gap = True
    for line in raw:
        match = QUOTED.match(line)
        said = line[match.end() :].strip() if match else line.strip()
        said = PLACEHOLDER.sub("", said).strip()
        if not said:
            after_gap = True
            continue
        indented = line[match.end() :] if match else line
        quoted_here = bool(match) and not is_mail
        lines.append(_Line(said, line.strip(), quoted_here, after_gap, indented[:1] == " "))
        after_gap = False
    return lines


class _Wrap:
    """Where a program broke the lines of this text, as far as the text shows it."""

    def __init__(self, lines: list[_Line]) -> None:
        pairs = [
            (before.text, line.text)
            for before, line in zip(lines, lines[1:], strict=False)
            if not line.after_gap and len(before.text) <= WIDEST and not _begins(line)
        ]
        self.width = max((len(before) for before, _line in pairs), default=0)
        broken = [before for before, line in pairs if self.is_full(before, line)]
        within = sum(not ENDS_SENTENCE.search(before) for before in broken)
        # A line that stops in the middle of a sentence where the next word would not have fitted.
        self.is_sure = within >= 2 and 3 * len(broken) > 2 * len(pairs)

    def is_full(self, before: str, line: str) -> bool:
        if not NARROWEST <= len(before) <= WIDEST:
            return False
        return len(before) + 1 + len(line.split(" ", 1)[0]) > self.width

    def goes_on(self, group: list[_Line], line: _Line) -> bool:
        """Whether `line` continues the paragraph that `group` begins."""
        before = group[-1].text
        if re.fullmatch(r"[\[(]?[0-9]{1,3}[.)\]:]*", before):
            return True
        counts = [re.match(r"[0-9]{1,3}(?= \S)", text) for text in (group[0].text, line.text)]
        if all(counts) and int(counts[1][0]) == int(counts[0][0]) + 1:  # type: ignore[index]
            return False
        if _begins(line) or line.is_quoted != group[-1].is_quoted:
            return False
        if (
            HEADING.fullmatch(before)
            or (len(group) == 1 and PAGE_TITLE.fullmatch(before))
            or UNDERLINE.fullmatch(before)
            or ONLY_ADDRESS.fullmatch(before)
        ):
            return False
        hangs = line.is_indented and not group[0].is_indented and NUMBERED.match(group[0].text)
        if hangs or (before.endswith(",") and len(before) >= NARROWEST):
            return True
        if ENDS_SENTENCE.search(before) and not line.text[0].islower():
            return self.is_sure and self.is_full(before, line.text)
        is_open = line.text[0].islower() and len(before) >= NARROWEST
        # One line is the longest of any text; only many show where a program broke them.
        return self.is_sure and self.is_full(before, line.text) or is_open or line.is_quoted


def _begins(line: _Line) -> bool:
    """Whether a line must begin a piece of its own, by what it starts with."""
    text = line.text
    patterns = (NUMBERED, BULLET, NOTE, SIGNED)
    return any(pattern.match(text) for pattern in patterns) or any(
        pattern.fullmatch(text) for pattern in (HEADING, UNDERLINE, ONLY_ADDRESS)
    )


def _piece(group: list[_Line], *, markdown: bool) -> Piece:
    raw = "\n".join(line.raw for line in group)
    text = " ".join(line.text for line in group)
    kind: Kind = "quote" if group[0].is_quoted else "p"
    label = ""
    if heading := HEADING.fullmatch(text):
        kind, text = "h2" if len(heading[1]) < 3 else "h3", heading[2]
    elif note := NOTE.match(text):
        kind, label, text = "note", note[1], text[note.end() :]
    elif kind == "p" and not UNDERLINE.fullmatch(text) and (bullet := BULLET.match(text)):
        kind, text = "ul", text[bullet.end() :]
    elif kind == "p" and markdown and (counted := COUNTED.match(text)):
        # Before Markdown reads it as a list, which would lose the number.
        kind, label, text = "ol", str(int(counted[1] or counted[2])), text[counted.end() :]
    inlines = read_inlines(inline_html(text)) if markdown else (Words(text),)
    return labelled(Piece(tuple(_linked(inlines)), raw, kind, label))


def _linked(inlines: tuple[Inline, ...]) -> list[Inline]:
    """`inlines` with bare addresses as links, without what would track who follows them."""
    linked: list[Inline] = []
    for leaf in inlines:
        if not isinstance(leaf, Words) or leaf.href:
            linked.append(leaf)
            continue
        start = 0
        for match in ADDRESS.finditer(leaf.text):
            url = TRAILING.sub("", match[0]) if "(" not in match[0] else match[0].rstrip(".,;:!?")
            clean = strip_tracking(url)
            if not allowed_link(clean):
                continue
            linked.append(replace(leaf, text=leaf.text[start : match.start()]))
            linked.append(replace(leaf, text=clean, href=clean))
            start = match.start() + len(url)
        linked.append(replace(leaf, text=leaf.text[start:]))
    return [leaf for leaf in _marked(linked) if not (isinstance(leaf, Words) and not leaf.text)]


def _marked(inlines: list[Inline]) -> list[Inline]:
    """`inlines` with `[^key]` as markers."""
    marked: list[Inline] = []
    for leaf in inlines:
        if not isinstance(leaf, Words):
            marked.append(leaf)
            continue
        for index, part in enumerate(MARKER.split(leaf.text)):
            marked.append(Marker(part) if index % 2 else replace(leaf, text=part))
    return marked
