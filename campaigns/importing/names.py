"""Who is named in a petition: its targets, its allies, the short name of who asks."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from django.utils.text import get_text_list
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from campaigns.importing.draft import Doubt, TargetDraft
from campaigns.importing.spelling import latin_slug
from campaigns.importing.works import SHORTENED

TITLES = (
    *("Chief Executive Officer", "Chief Executive", "CEO", "Chairman", "Chairwoman", "Chair"),
    *("Prime Minister", "Managing Director", "Director-General", "Director", "President"),
    *("Chancellor", "Minister", "Secretary", "Commissioner", "Attorney General", "Governor"),
    *("Gov.", "Senator", "Sen.", "Representative", "Rep.", "Mayor", "Speaker", "Superintendent"),
    *("Bundeskanzlerin", "Bundeskanzler", "Bundesministerin", "Bundesminister", "Ministerin"),
    *("Ministerpräsidentin", "Ministerpräsident", "Oberbürgermeisterin", "Oberbürgermeister"),
    *("Bürgermeisterin", "Bürgermeister", "Vorstandsvorsitzende", "Vorstandsvorsitzender"),
    *(
        "Administrator",
        "Comptroller",
        "Sheriff",
        "Chief",
        "Premier",
        "Treasurer",
        "Director General",
    ),
    *("président", "présidente", "Président", "Présidente", "préfet", "préfète", "directrice"),
    *("presidente", "presidenta", "Presidente", "Presidenta", "ministra", "ministro", "Ministra"),
    *("Ministro", "alcaldesa", "alcalde", "Alcaldesa", "Alcalde", "ministre", "Ministre", "maire"),
)
TARGET = re.compile(
    rf"(?:(?P<organization>\S.*?) )??(?P<title>{'|'.join(map(re.escape, TITLES))}"
    r"|[A-ZÄÖÜ][a-zäöüß]+minister(?:in)?|[A-ZÄÖÜ][a-zäöüß]+senator(?:in)?|PDG) "
    r"(?P<name>[^\W\d_a-z].*)"
)
# `Mayor of Portland`, `Megamart CEO`: what somebody is, behind the name.
OFFICE_ALONE = re.compile(
    rf"(?:the )?(?:[^\W\d_a-z][\w.&’'-]* ){{0,3}}(?:{'|'.join(map(re.escape, TITLES))})"
    r"(?: (?:of|for|at|on|von|für|der|des|de|del|du) .+)?"
)
PERSON = re.compile(r"[^\W\d_a-z][\w.’'-]*(?: (?:de|del|van|von|der|[^\W\d_a-z][\w.’'-]*)){1,4}")
# Where a postal address begins within a list: a street, a number, a box, an e-mail address.
POSTAL = re.compile(
    r"""[,;]\ +(?=[^,;]{0,60}(?:\b[0-9]{1,6}\b|\b[A-Z]{1,2}[0-9][A-Z0-9]?\ [0-9][A-Z]{2}\b|@)
        |[^,;]{0,60}\b(?:P\.?\ ?O\.?\ ?Box|Postfach|Street|Road|Avenue|Square
            |Stra(?:ß|ss)e|Calle|Rue)\b
        |[^,;\ ]{2,40}(?:straße|strasse|platz|allee)\b)""",
    re.VERBOSE,
)
# `For the attention of …`: who is meant stands behind it.
TO_WHOM = re.compile(
    r"(?:(?:for the attention of|attn\.?:?|z\. ?hd\.?(?: von)?|zu händen (?:von )?"
    r"|a la atención de|alla cortese attenzione di) |à l[’']attention d(?:e |es |u |[’']))",
    re.IGNORECASE,
)
# One body, whatever its name joins: the House Energy and Commerce Committee.
BODY = re.compile(
    r"(?:the )?(?:members of )?(?:the )?(?:(?:U\.?S\.? )?(?:house|senate)|commons|joint|select) "
    r"[^,;]*\b(?:sub)?committee(?: (?:on|for) .+)?",
    re.IGNORECASE,
)
# Where somebody works, behind the name: `Minister Ada Lee, Department for Nature`.
INSTITUTION = re.compile(
    r"(?:the )?(?:U\.?S\.? )?(?:department|ministry|office|agency|bureau|treasury|secretariat"
    r"|\w*ministerium|bundeskanzleramt|staatskanzlei|ministère|ministerio|ministero)\b.*",
    re.IGNORECASE,
)
# In whose office there may be a comma or an `and`: Secretary of State for Food and Rural Affairs.
OFFICE = re.compile(
    r"\b(?:secretary|minister\w*|ministry|department|committee|commission(?:er)?|house"
    r"|board|council|office|director\w*"
    r"|chair\w*|bundesminister\w*|ministeri\w+) (?:of|for|on|für|de|del|pour)\b",
    re.IGNORECASE,
)
# Of whom something is asked: `Tell Amazon: …`, `we call on the Mayor to …`.
ASKED = re.compile(
    r"""\b(?:(?:call(?:s|ing)?\ (?:up)?on|urg(?:e|es|ing)|ask(?:s|ing)?|tell(?:ing)?|petition
        |implore|request|[Dd]emand\ that|want|would\ like|fordern|bitten|auffordern|an
        |(?:exigimos|pedimos|instamos)\ (?:a|al)|exigez\ de)\s+)
        (?P<asked>(?:your|our|my)\ (?:(?:U\.?S\.?|state|local)\ )?(?:senators?|representatives?|MPs?
        |legislators?|lawmakers?|members?\ of\ congress|councill?ors?)\b
        |(?:(?:the|our|den|die|das|unsere[nr]?|el|la|los|las)\s+)?
        [A-ZÄÖÜÁÉÍÓÚ][\w.&’'-]*
        (?:,?\ (?:(?:of|for|and|the|de|del|y|und|für|von)\ )*[A-ZÄÖÜÁÉÍÓÚ][\w.&’'-]*){0,12})
        (?=\s+(?:to|not|must|should|stop|end|que|auf|:)|\s*[:,]|\Z)""",
    re.VERBOSE,
)
ASKED_BEFORE_COLON = re.compile(
    r"(?:(?:Tell|Petition to|Call on|Urge|Dear|An|A) )?"
    r"(?P<asked>(?:the |our )?(?!(?:Tell|Urge|Dear)\b)"
    r"[A-ZÄÖÜ][\w.&’'-]*(?: (?:of |the |for )?[A-ZÄÖÜ][\w.&’'-]*){0,6}):\s.+"
)
# `Sign so that Mayor Ada Lee and the council …`, `Governor Roe must …`: whom an office names.
HOLDS_OFFICE = re.compile(
    rf"(?P<so>\bso that )?\b(?P<asked>(?:{'|'.join(map(re.escape, TITLES))})"
    r"(?: [^\W\d_a-z][\w.’'-]{0,30}){1,4}(?: and the (?:\w{1,20} )?(?:council|board|committee"
    r"|parliament|government|senate|assembly))?)(?(so)| (?=(?:must|should|has to|have to|ought)\b))"
)
NOBODY = {"I", "We", "Petition", "Sign", "Update", "Breaking", "Urgent", "Stop", "Save", "Action"}
ALLIES = re.compile(
    r"(?:\A(?:sponsored|supported|endorsed) by:? (?=[A-Z])"
    r"|\b(?:friends|partners|allies) (?:at|from|including|like|such as) )"
    r"(?P<names>[^.;:!?]{1,300}?)(?:,? (?:along with|as well as|to|who)\b|[.;:!?]|\Z)"
)
CLAUSE = re.compile(r"\b(?:that|who|which|including|whose|die|welche|que|qui)\b (?=[a-zäöü]|[A-Z])")
OTHERS = re.compile(
    r",? (?:and|und|y|et|\+) [0-9]{1,3} (?:others?|more|weitere|otros|autres)\Z", re.I
)
UNNAMED = re.compile(r"\b[0-9]{1,9} other (?:allies|friends|groups|organizations|partners)\b")
OWNER = re.compile(
    r"(?:(?:©|\(c\)|copyright)(?: (?:©|\(c\)))?(?: ?[0-9]{4}(?: ?[–-] ?[0-9]{4})?)?"
    r",? (?:by )?|(?:paid for|authori[sz]ed) by )"
    r"(?P<name>[^\W\d_][^.,|·•©\n]{1,80}?)(?=\.(?!\w)|,| \||\s·|\s?-\s| all rights| \(|\Z)",
    re.IGNORECASE,
)
# `Maya at Common Ground <maya@example.org>` writes for Common Ground.
SENDER_ADDRESS = re.compile(r"\s*<[^<>]*@[^<>]*>|\s*\(?\S+@\S+\)?")
SENDER = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)?(?: at| from| with|,| [|–-]) (?P<name>[A-Z].+)")
MAX_NAME = 120
# Names of files that say nothing of what is in them.
IDLE_NAMES = {"campaign", "document", "import", "page", "petition", "sample", "text", "untitled"}
MAX_SLUG = 60


def read_targets(
    phrase: str, language: str = ""
) -> tuple[tuple[TargetDraft, ...], bool, list[Doubt]]:
    """The targets in `Amazon CEO Jeff Bezos` or `A, B and C`, and whether they print it again."""
    bare = phrase.strip(" .")
    if SHORTENED.search(bare) and f"{bare}." in phrase:
        bare += "."  # `Senator J. R. Moss Jr.` keeps its point
    phrase = re.sub(r"\AThe (?=\S)", "the ", TO_WHOM.sub("", bare))
    unsure = []
    written = phrase
    if postal := POSTAL.search(phrase):
        phrase = phrase[: postal.start()]
        why = _("What looks like a postal address was left out.")
        unsure.append(Doubt("targets", written, why))
    if others := OTHERS.search(phrase):
        phrase = phrase[: others.start()]
        why = _("The text names some of them only by their number; add those that are missing.")
        unsure.append(Doubt("targets", written, why))
    # `banks that finance prisons and walls` is one target with a clause of its own.
    is_one = CLAUSE.search(phrase) or BODY.fullmatch(phrase)
    parts = [phrase] if is_one else _listed(phrase)
    targets = tuple(_targets(parts))
    if any(len(part) > MAX_NAME for part in parts):
        why = _("Longer than a target's name may be, so the end is cut off.")
        unsure.append(Doubt("targets", written, why))
    if len(targets) > 1:
        why = _("Read as several targets; look whether each is whole.")
        unsure.append(Doubt("targets", phrase, why))
    elif not targets[0].title:
        why = _("No title such as CEO or Mayor was found, so all of it was taken for the name.")
        unsure.append(Doubt("targets", phrase, why))
    with override(language or "en"):
        printed = get_text_list([str(target) for target in targets], gettext("and"))
    return targets, printed == written, unsure


def targets_within(*texts: str) -> str:
    """Of whom the first of `texts` that names somebody asks something; empty when none does."""
    for text in texts:
        for look in (ASKED.search, ASKED_BEFORE_COLON.match, HOLDS_OFFICE.search):
            if (found := look(text[:2000])) and found["asked"] not in NOBODY:
                return found["asked"].strip(" ,:")
    return ""


def _targets(parts: list[str]) -> Iterator[TargetDraft]:
    """A target for each part; `Ada Lee`, `Mayor of Portland` is one person and her office.

    So is `Minister Ada Lee`, `Department for Nature`.
    """
    rest = [re.sub(r"\A(?:a los|a las|a la|al|an die|an den) (?=\S)", "", part) for part in parts]
    while rest:
        part = rest.pop(0)
        named = PERSON.fullmatch(part) and not TARGET.fullmatch(part)
        if named and rest and OFFICE_ALONE.fullmatch(rest[0]) and not TARGET.fullmatch(rest[0]):
            yield TargetDraft(part[:MAX_NAME], rest.pop(0)[:MAX_NAME])
            continue
        target = _target(part)
        at_work = target.title and not target.organization
        if at_work and rest and INSTITUTION.fullmatch(rest[0]):
            target = replace(target, organization=rest.pop(0)[:MAX_NAME])
        yield target


def _target(words: str) -> TargetDraft:
    match = TARGET.fullmatch(words)
    parts = match.groupdict(default="") if match else {"name": words}
    return TargetDraft(**{name: part[:MAX_NAME] for name, part in parts.items()})


def _listed(phrase: str) -> list[str]:
    """The names in `A, B and C`; what belongs to an office with a comma in it stays with it."""
    parts: list[str] = []
    for part, between in re.findall(r"(.+?)(,? (?:and|und|y|et|sowie) |, |; ?|\Z)", phrase):
        goes_on = bool(parts) and (OFFICE.search(parts[-1]) and not TARGET.fullmatch(part))
        # `Staats- und Regierungschefs` is one word, written once.
        halved = bool(parts) and re.search(r"-(?:,? (?:and|und|y|et|sowie) |, )\Z", parts[-1])
        if goes_on or halved:
            parts[-1] += part
        else:
            parts.append(part)
        parts[-1] += between
    return [re.sub(r"(?:,? (?:and|und|y|et|sowie) |, |; ?)\Z", "", part) for part in parts] or [
        phrase
    ]


def read_brand(written: str, left_out: list[str]) -> tuple[str, list[Doubt]]:
    """Who asks: as it stands above the headline, else as a footer names it."""
    brand = SENDER_ADDRESS.sub("", written).strip(' "“”')
    sender = SENDER.fullmatch(brand)
    if sender or brand and len(brand) < len(written.strip(' "“”')):
        why = _("Read from the sender of the mail.")
        return sender["name"] if sender else brand, [Doubt("brand", written, why)]
    if brand:
        return brand, []
    for text in left_out:
        if (match := OWNER.search(text[:300])) and len(match["name"]) <= MAX_NAME:
            why = _("Taken for the organization's name, from the foot of the page.")
            return match["name"].strip(" ."), [Doubt("brand", text, why)]
    return "", [Doubt("brand", written, _("No name was found in it."))] if written else []


def read_allies(paragraphs: list[str]) -> tuple[tuple[str, ...], list[Doubt]]:
    """The organizations that the text calls friends, partners or allies by name."""
    allies: list[str] = []
    unsure = []
    for paragraph in paragraphs:
        for match in ALLIES.finditer(paragraph):
            for name in _listed(match["names"].strip(" ,")):
                name = re.sub(r"\A[Tt]he ", "", name)
                if name[:1].isupper() and len(name) <= MAX_NAME:
                    allies.append(name)
                else:
                    why = _("It may name an ally; add it by hand if it does.")
                    unsure.append(Doubt("allies", name, why))
        for match in UNNAMED.finditer(paragraph):
            why = _("Mentioned but not named; add those that the page should list.")
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
    slug = latin_slug(PurePath(file_name).stem)
    for prefix in filter(None, map(latin_slug, (brand, short_name))):
        slug = slug.removeprefix(f"{prefix}-")
    if slug in IDLE_NAMES or not re.search(r"[a-z]{3}", slug):
        slug = latin_slug(headline)
    if len(slug) > MAX_SLUG:
        slug = slug[: MAX_SLUG + 1].rpartition("-")[0] or slug[:MAX_SLUG]
    return slug or "petition"
