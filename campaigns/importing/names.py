"""Who is named in a petition: its targets, its allies, the short name of who asks."""

import re
from pathlib import PurePath

from django.utils.text import get_text_list, slugify

from campaigns.importing.draft import Doubt, TargetDraft

TITLES = (
    *("Chief Executive Officer", "CEO", "Chairman", "Chairwoman", "Chair", "Director"),
    *("Prime Minister", "President", "Chancellor", "Minister", "Secretary", "Commissioner"),
    *("Attorney General", "Governor", "Gov.", "Senator", "Sen.", "Representative", "Rep."),
    *("Mayor", "Speaker", "Superintendent"),
)
TARGET = re.compile(
    rf"(?:(?P<organization>\S.*?) )?(?P<title>{'|'.join(map(re.escape, TITLES))}) (?P<name>\S.*)"
)
ALLIES = re.compile(
    r"\b(?:friends|partners|allies) (?:at|from|including|like|such as) "
    r"(?P<names>[^.;:!?]{1,300}?)(?:,? (?:along with|as well as|to|who)\b|[.;:!?]|\Z)"
)
UNNAMED = re.compile(r"\b[0-9]{1,9} other (?:allies|friends|groups|organizations|partners)\b")
# Names of files that say nothing of what is in them.
IDLE_NAMES = {"campaign", "document", "import", "page", "petition", "sample", "text", "untitled"}
MAX_SLUG = 60


def read_targets(phrase: str) -> tuple[tuple[TargetDraft, ...], bool, list[Doubt]]:
    """The targets in `Amazon CEO Jeff Bezos` or `A, B and C`, and whether they print it again."""
    targets = tuple(_target(part) for part in _listed(phrase))
    unsure = []
    if len(targets) > 1:
        why = "read as several targets; look whether each is whole."
        unsure.append(Doubt("targets", phrase, why))
    elif not targets[0].title:
        why = "no title such as CEO or Mayor was found, so all of it was taken for the name."
        unsure.append(Doubt("targets", phrase, why))
    return targets, get_text_list([str(target) for target in targets], "and") == phrase, unsure


def _target(words: str) -> TargetDraft:
    match = TARGET.fullmatch(words)
    return TargetDraft(**match.groupdict(default="")) if match else TargetDraft(words)


def _listed(phrase: str) -> list[str]:
    return [part for part in re.split(r",? and |, ", phrase) if part]


def read_allies(paragraphs: list[str]) -> tuple[tuple[str, ...], list[Doubt]]:
    """The organizations that the text calls friends, partners or allies by name."""
    allies: list[str] = []
    unsure = []
    for paragraph in paragraphs:
        for match in ALLIES.finditer(paragraph):
            for name in _listed(match["names"].strip(" ,")):
                name = re.sub(r"\A[Tt]he ", "", name)
                if name[:1].isupper():
                    allies.append(name)
                else:
                    why = "may name an ally; add it by hand if it does."
                    unsure.append(Doubt("allies", name, why))
        for match in UNNAMED.finditer(paragraph):
            why = "mentioned but not named; add those that the page should list."
            unsure.append(Doubt("allies", match[0], why))
    return tuple(dict.fromkeys(allies)), unsure


def read_short_name(brand: str, paragraphs: list[str]) -> str:
    """The capitals by which the text calls `brand` (`CREDO` for `Credo Action`), else empty."""
    words = re.findall(r"\w+", brand)
    initials = "".join(word[0] for word in words if word[0].isupper())
    for name in (*(word.upper() for word in words[:1]), initials):
        if len(name) > 1 and any(re.search(rf"\b{name}\b", text) for text in paragraphs):
            return name
    return ""


def page_slug(*, file_name: str, headline: str, brand: str, short_name: str) -> str:
    """The page's address: from a file's name that says something, else from the headline.

    `credo-amazon-rekognition.txt` of Credo Action becomes `amazon-rekognition`.
    """
    slug = slugify(PurePath(file_name).stem)
    for prefix in filter(None, map(slugify, (brand, short_name))):
        slug = slug.removeprefix(f"{prefix}-")
    if slug in IDLE_NAMES or not re.search(r"[a-z]{3}", slug):
        slug = slugify(headline)
    if len(slug) > MAX_SLUG:
        slug = slug[: MAX_SLUG + 1].rpartition("-")[0] or slug[:MAX_SLUG]
    return slug or "petition"
