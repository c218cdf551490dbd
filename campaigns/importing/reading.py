"""From the bytes of a file to text in a known shape."""

import codecs
import quopri
import re
from email import message_from_string, policy

from django.utils.translation import gettext as _

from campaigns.importing.draft import NotAPetition

MAX_TEXT = 100_000
# How a file begins, and what the program is called that opens it.
FORMATS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "Word, OpenDocument, ZIP",
    b"\xd0\xcf\x11\xe0": "Word",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The apostrophe and the quotation marks of an old Macintosh.
MACINTOSH = re.compile(rb"[A-Za-z]\xd5[a-z]|\xd2[ -~]{1,400}\xd3")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Characters that nobody sees, and that part words and addresses for a machine alone.
INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\x7f]")
LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# `> <h1>`: a page or a mail in HTML that somebody quoted; of plain text the mark is its own.
REPLIED_HTML = re.compile(r"^(?:> ?)+(?=</?[A-Za-z])", re.MULTILINE)
SPACES = re.compile(r"[^\S\n]+")
MIME = re.compile(r"\A(?:[A-Za-z][A-Za-z-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+\n")


def decode(data: bytes) -> str:
    """The text of a file. Raises `NotAPetition` when it is empty, too long or no text."""
    # No encoding of a text needs more than four bytes a character.
    if len(data) > 4 * MAX_TEXT:
        raise NotAPetition(_too_long())
    for start, program in FORMATS.items():
        if data.startswith(start):
            raise NotAPetition(
                _(
                    "This is not a text file (it looks like %(format)s). Open it, select all, copy,"
                    " and paste the text; or save it as plain text and import that."
                )
                % {"format": program}
            )
    text = _in_some_encoding(data)
    # A few control characters come with a paste from Word; many make a program or a picture.
    if text is None or "\0" in text or 50 * len(CONTROL.findall(text)) > len(text):
        raise NotAPetition(
            _(
                "This is not a text file. Copy the page's text into a plain text file, save it as"
                " UTF-8 and import that."
            )
        )
    return text


def _in_some_encoding(data: bytes) -> str | None:
    """The text: by its mark, as UTF-8, as UTF-16 without a mark, as of old systems."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "")
    if not encoding and b"\0" in data[:200]:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    others = ["mac_roman", "cp1252"] if MACINTOSH.search(data) else ["cp1252"]
    for name in [encoding] if encoding else ["utf-8", *others]:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def tidy(text: str) -> str:
    """`text` with line ends as LF, one space where several stood, and nothing invisible.

    A mail as it was saved gives its subject, its sender and its body. Raises `NotAPetition` when
    the text is empty or too long.
    """
    if len(text) > MAX_TEXT:
        raise NotAPetition(_too_long())
    text = LINE_ENDS.sub("\n", INVISIBLE.sub("", text))
    text = _unpack_mail(text) if "\nMIME-Version:" in f"\n{text}" else _unquoted(text)
    text = _without_reply_marks(CONTROL.sub("", text))
    if not text.strip():
        raise NotAPetition(
            _("There is no text. Paste the petition as people would read it, from its headline on.")
        )
    return "\n".join(SPACES.sub(" ", line).rstrip() for line in text.split("\n"))


def _without_reply_marks(text: str) -> str:
    """`text` without the `>` before lines of HTML that a mail program quoted."""
    return REPLIED_HTML.sub("", text)


def _unquoted(text: str) -> str:
    """`text` as it was before a mail made it quoted-printable (RFC 2045, 6.7), if one did.

    No line of such a text is longer than 76 characters, and one that goes on ends in `=`.
    """
    lines = text.split("\n")
    soft = sum(line.endswith("=") for line in lines)
    if soft < 2 or max(map(len, lines)) > 76 or not text.isascii():
        return text
    data = quopri.decodestring(text.encode("ascii"))
    return INVISIBLE.sub("", _in_some_encoding(data) or text)


def _unpack_mail(text: str) -> str:
    """The body of a mail that was saved with its headers; the text itself where it is none."""
    if not MIME.match(text):
        return text
    message = message_from_string(text, policy=policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    try:
        content = body.get_content() if body else ""
    except (LookupError, ValueError, KeyError):
        return text
    heads = [f"{name}: {message[name]}" for name in ("From", "Subject") if message[name]]
    return LINE_ENDS.sub("\n", "\n".join(heads) + "\n\n" + INVISIBLE.sub("", str(content)))


def _too_long() -> str:
    return _(
        "The text is too long: at most %(most)s characters are read. Paste the petition alone,"
        " without the rest of the site."
    ) % {"most": f"{MAX_TEXT:,}"}


HTML = re.compile(
    r"<(?:!doctype html|html|body|div|p|br|h[1-6]|ul|ol|li|table|span|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
MARKDOWN = re.compile(
    r"^\#{1,6}[ ]\S | \[\^[\w-]+\] | \]\(https?:// | ^\{ask\}$ | (?<!\w)\*\*\S[^*\n]*\S\*\*"
    r" | ^={3,}$",
    re.VERBOSE | re.MULTILINE,
)


def is_html(text: str) -> bool:
    """Whether tags make up the text; a word in angle brackets does not."""
    return len(HTML.findall(text[:20_000])) >= 2


def is_markdown(text: str) -> bool:
    """Whether the text is written in Markdown; a stray star does not make it so."""
    return MARKDOWN.search(text) is not None
