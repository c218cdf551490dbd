"""What is looked at in a proof before it may stand for a send: the very bytes that were built.

A blocking finding is about something that no reader should meet: nothing to unsubscribe by, an
empty half, a page that is gone. Whether a page that does not answer just now is a mistake, only a
person can say, so that is advice.
"""

import email
import email.policy
import re
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urldefrag

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models.source import SourceVerdict as Verdict
from campaigns.source_health.fetching import Answer, Fetcher, public_web
from campaigns.source_health.judging import GONE, judge

# Longer ones are cut off by the list of most mail programs.
SUBJECT_SHOWN = 50
PREHEADER_SHOWN = 90
# Gmail cuts a longer mail off, and with it the footer.
MOST_HTML_KB = 102
# So many links are asked, so many of them at once.
MOST_LINKS, AT_ONCE = 60, 8
_FAKE_REPLY = re.compile(r"\s*(re|fwd?|aw|wg|rv)\s*:", re.IGNORECASE)
_IN_TEXT = re.compile(r"https?://[^\s<>]+")
# What is left of a greeting from which a name is missing.
_GAP = re.compile(r"\b(\w+) +,|\[\[|\]\]")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `state` is `done`, `advice` or `todo`, which blocks.

    `language` is that of the text it is about.
    """

    state: str
    text: str
    language: str = ""

    def as_data(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Parts:
    """A message taken apart again."""

    message: Any
    text: str
    html: str

    @classmethod
    def of(cls, raw: bytes) -> "Parts":
        """The parts of a message of ours; an absent one is empty."""
        message: Any = email.message_from_bytes(raw, policy=email.policy.default)
        found = {part.get_content_subtype(): part.get_content() for part in message.iter_parts()}
        return cls(message, found.get("plain", ""), found.get("html", ""))

    @property
    def links(self) -> list[str]:
        """The addresses in the HTML, in order, each once."""
        anchors = _parsed(self.html).find_all("a", href=True)
        return list(dict.fromkeys(str(anchor["href"]) for anchor in anchors))

    @property
    def web_links(self) -> list[str]:
        return [link for link in self.links if link.startswith("http")]


def examine(
    raw: bytes,
    *,
    preheader: str,
    fetcher: Fetcher | None = None,
    leads_to: Collection[str] = (),
) -> list[Check]:
    """Every check of a proof, made out to a reader without a name, as sentences.

    `leads_to` are the addresses that counted links lead to.

    Links to other sites are asked for at most PROOF_LINK_SECONDS, by HEAD where that is understood,
    under the rules by which sources are checked.
    """
    parts = Parts.of(raw)
    return [
        *_both_parts(parts),
        *_unsubscribe(parts),
        *_size(parts),
        *_merged(parts),
        *_subject(str(parts.message["Subject"]), preheader),
        *_pictures(parts),
        *_answering([*parts.web_links, *leads_to], fetcher or public_web()),
    ]


def _parsed(html: str) -> Any:
    # Every web process knows this module, and hardly one ever looks at a proof.
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser")


def blocking(checks: Iterable[Check]) -> list[str]:
    """The sentences of those that keep the mail from being sent."""
    return [check.text for check in checks if check.state == "todo"]


def _both_parts(parts: Parts) -> Iterator[Check]:
    if not parts.text.strip() or not parts.html.strip():
        yield Check("todo", _("One of the two parts, HTML and plain text, is empty."))
        return
    # The number of a note leads to a place on a page that the plain text names as a whole.
    in_text = {urldefrag(link).url for link in _IN_TEXT.findall(parts.text)}
    if missing := [link for link in parts.web_links if urldefrag(link).url not in in_text]:
        yield Check("todo", _("Not in the plain text: %s.") % ", ".join(missing[:3]))
    else:
        yield Check("done", _("A plain-text part is there, with the same links."))


def _unsubscribe(parts: Parts) -> Iterator[Check]:
    listed = re.search(r"<(https?://[^>]+)>", str(parts.message["List-Unsubscribe"] or ""))
    if not listed or listed[1] not in parts.html or listed[1] not in parts.text:
        yield Check("todo", _("The way to unsubscribe is missing from a part of the mail."))
    elif parts.message["List-Unsubscribe-Post"] is None:
        yield Check(
            "advice",
            _("Unsubscribing by one click works only once the site has an https address."),
        )
    else:
        yield Check("done", _("Unsubscribing works by one click, and by a link in both parts."))


def _size(parts: Parts) -> Iterator[Check]:
    size = len(parts.html.encode()) / 1024
    numbers = {"size": f"{size:.0f}", "most": MOST_HTML_KB}
    if size > MOST_HTML_KB:
        text = _("The HTML has %(size)s KB: above %(most)s KB Gmail cuts its end off.")
        yield Check("todo", text % numbers)
    else:
        yield Check("done", _("The HTML has %(size)s of at most %(most)s KB.") % numbers)


def _merged(parts: Parts) -> Iterator[Check]:
    if gap := _GAP.search(parts.text):
        text = _("Without a name something is missing here: “%s”.")
        yield Check("advice", text % gap[0])
    else:
        yield Check("done", _("It reads well for somebody who gave no name."))


def _subject(subject: str, preheader: str) -> Iterator[Check]:
    if _FAKE_REPLY.match(subject):
        yield Check("todo", _("The subject pretends to be an answer: take the “Re:” away."))
    if (length := len(subject)) > SUBJECT_SHOWN:
        text = _("The subject has %(length)s characters; %(shown)s are shown for certain.")
        yield Check("advice", text % {"length": length, "shown": SUBJECT_SHOWN})
    if not preheader.strip():
        yield Check("advice", _("No preheader: mail programs show the first words in its place."))
    elif preheader.strip().casefold() == subject.strip().casefold():
        yield Check("advice", _("The preheader repeats the subject."))
    elif len(preheader) > PREHEADER_SHOWN:
        text = _("The preheader has %(length)s characters; %(shown)s are shown for certain.")
        yield Check("advice", text % {"length": len(preheader), "shown": PREHEADER_SHOWN})


def _pictures(parts: Parts) -> Iterator[Check]:
    pictures = _parsed(parts.html).find_all("img")
    silent = sum(not str(picture.get("alt", "")).strip() for picture in pictures)
    if silent:
        yield Check("todo", _("Say what each picture shows: many mail programs show none."))


def _answering(links: Collection[str], fetcher: Fetcher) -> Iterator[Check]:
    """Our own pages are left out: their links are made for one reader, and to ask is to visit."""
    others = [link for link in links if not link.startswith(f"{settings.SITE_URL}/")]
    asked = others[:MOST_LINKS]
    answers = _ask(asked, fetcher) if settings.PROOF_LINK_SECONDS else {}
    verdicts = {link: judge(answer) for link, answer in answers.items()}
    gone = [link for link, answer in answers.items() if answer.status in GONE]
    for link in gone:
        yield Check("todo", _("This page is gone: %s. Mend the link.") % link)
    silent = [link for link in verdicts if verdicts[link] is Verdict.FAILS and link not in gone]
    for link in silent:
        yield Check("advice", _("This page does not answer just now: %s. Open it yourself.") % link)
    if unasked := len(others) - len(answers):
        text = ngettext(
            "%(count)s link was not asked: try it yourself.",
            "%(count)s links were not asked: try them yourself.",
            unasked,
        )
        yield Check("advice", text % {"count": unasked})
    if answers and not gone and not silent:
        text = ngettext("%(count)s link answers.", "All %(count)s links answer.", len(answers))
        yield Check("done", text % {"count": len(answers)})


def _ask(links: list[str], fetcher: Fetcher) -> dict[str, Answer]:
    """What each link answered within the time that somebody waits for the page."""
    pool = ThreadPoolExecutor(AT_ONCE)
    asked = {pool.submit(fetcher.status_of, link): link for link in links}
    done, _late = wait(asked, timeout=settings.PROOF_LINK_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    return {asked[future]: future.result() for future in done}
