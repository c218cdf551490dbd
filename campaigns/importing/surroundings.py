"""Finds what stands around a text: mail, buttons, the opt-in notice, menus and forms."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.importing import furniture, phrases
from campaigns.importing.dates import find_dates
from campaigns.importing.draft import Part
from campaigns.importing.labels import label_of
from campaigns.importing.notices import is_answer, is_notice
from campaigns.importing.phrases import MAX_LABEL
from campaigns.importing.placing import MAX_HEADLINE, POSTAL, Sections
from campaigns.importing.stating import lead_in_of
from campaigns.text.vocabulary import Words
from campaigns.tracking import ADDRESS

# What is drawn round the words of a button, and the address that a mail as text puts before them.
DECORATION = " !:»>→►▶▸➔➜➤⇒✍👉️.[]*|"
LONG = 120
LINK_BEFORE = re.compile(r"\A[\[<(] ?(?:\[[^\[\]]{1,40}\]|https?://[^\s\])>]+) ?[\])>] ?")


def in_mail_head(found: Sections, at: int) -> bool:
    near = found.pieces[max(0, at - 3) : at + 4]
    heads = re.compile(
        r"(?i)(?:from|to|subject|date|sent|cc|reply-to|von|an|betreff|gesendet|de|para"
        r"|asunto|fecha) ?: "
    )
    # `From: [Your name]` is the form of a letter.
    return sum(bool(heads.match(piece.raw)) and "[" not in piece.raw for piece in near) >= 2


def find_mail(found: Sections) -> None:
    for at in list(found.free()):
        text = found.text(at)
        if len(text) > MAX_LABEL * 2 or not furniture.MAIL_FURNITURE.fullmatch(text):
            continue
        if label_of(text)[0] == Part.BRAND:
            continue  # who writes is who asks
        is_head = re.match(r"[\wàÀ-]{1,15} ?: ", text)
        if is_head and not ("@" in text or in_mail_head(found, at)):
            continue
        found.put(at, Part.LEFT_OUT, _("The head or the foot of a mail."))


def find_calls(found: Sections) -> None:
    """What stands on a button; with the address that it led to, which is that of another page."""
    first = next(iter(found.of(Part.CALL_TO_ACTION)), None)
    for at in list(found.free()):
        text = _on_a_button(found.text(at))
        call, _colon, rest = text.partition(": ")
        if phrases.CALL_TO_ACTION.fullmatch(_on_a_button(rest)):
            call, rest = _on_a_button(rest), ""  # `Add your name: Sign the petition`
        if at and lead_in_of(found.text(at - 1)):
            continue  # what stands under `The petition reads:` is what it reads
        if len(call) > 60 or len(rest) > MAX_HEADLINE or not phrases.CALL_TO_ACTION.fullmatch(call):
            continue
        if not rest and _leads_to_a_button(found, at):
            found.put(at, Part.LEFT_OUT, _("It leads to the button under it."))
            continue
        is_title = rest and at < 3 and not _stands_elsewhere(found, rest)
        if is_title and not found.of(Part.HEADLINE):
            found.put(at, Part.HEADLINE, _("Read from this line."))
            found.pieces[at] = replace(found.pieces[at], inlines=(Words(rest),))
        elif first is None:
            first = at
            found.put(at, Part.CALL_TO_ACTION, _("Read from this line.") if rest else "")
            found.pieces[at] = replace(found.pieces[at], inlines=(Words(call),))
        elif call == found.text(first):
            found.put(at, Part.LEFT_OUT, _("The call to action once more."))
        else:
            found.put(at, Part.LEFT_OUT, _("Another call to action; a page has one button."))
        if next(found.free(at + 1, at + 2), None) and ADDRESS.fullmatch(found.text(at + 1)):
            found.put(at + 1, Part.LEFT_OUT, _("Where the call to action led."))


def _on_a_button(text: str) -> str:
    """`text` as a button would say it, without arrows and the address that it led to."""
    return LINK_BEFORE.sub("", text).strip(DECORATION)


def _leads_to_a_button(found: Sections, at: int) -> bool:
    """`Add your name:` right above `Sign the petition`."""
    is_open = found.text(at).endswith(":") and next(found.free(at + 1, at + 2), None) is not None
    return is_open and bool(phrases.CALL_TO_ACTION.fullmatch(_on_a_button(found.text(at + 1))))


def find_pointers(found: Sections) -> None:
    """`Click here to sign`, and the address under it: a way to the page on which this will be."""
    why = _("It sends the readers of a mail to the page; here they are on it.")
    for at in list(found.free()):
        text = LINK_BEFORE.sub("", found.text(at)).strip(" >»→►*[]")
        if len(text) <= MAX_LABEL and furniture.POINTERS.fullmatch(text):
            found.put(at, Part.LEFT_OUT, why)
        elif not re.search(r"(?i)\b(?:click|link|go to|sign)\b[^.!?]{0,80}:\Z", text):
            continue
        if next(found.free(at + 1, at + 2), None) and ADDRESS.fullmatch(found.text(at + 1)):
            found.put(at + 1, Part.LEFT_OUT, _("Where the call to action led."))


def find_tails(found: Sections) -> None:
    """`Reasons for signing` and what others said, up to the next part that has a heading."""
    why = _("What others said of the petition, or what became of it.")
    inside = told = False
    for at, piece in enumerate(found.pieces):
        text = piece.text.strip(" :*")
        # A menu at the top may be worded so too; a letter comes before what others say of it.
        told = told or len(piece.text) > LONG
        is_tail = told and len(text) <= 60 and furniture.TAILS.fullmatch(text)
        is_part = label_of(piece.text)[0] is not None or at in found.parts
        inside = bool(is_tail) or (inside and not is_part)
        if inside and at not in found.parts:
            found.put(at, Part.LEFT_OUT, why)


def find_postal(found: Sections) -> None:
    """Where a letter would go by post or by mail: the page sends it itself."""
    why = _("Where to write to; whom it names can be a target.")
    for at in list(found.free()):
        text = found.text(at)
        if len(text) <= 100 and POSTAL.fullmatch(text) and "?" not in text:
            found.put(at, Part.LEFT_OUT, why)


def _stands_elsewhere(found: Sections, text: str) -> bool:
    """Whether a line of its own, or a mail's subject, says the same."""
    return any(piece.text.casefold().endswith(text.casefold()) for piece in found.pieces[:3]) and (
        sum(text.casefold() in piece.text.casefold() for piece in found.pieces) > 1
    )


def find_notice(found: Sections) -> None:
    if found.of(Part.NOTICE):
        return
    last_statement = max(found.of(Part.STATEMENT), default=-2)
    for at in list(found.free()):
        text = found.text(at)
        is_under = at == last_statement + 1 and len(text) <= MAX_LABEL
        is_meant = is_notice(found.pieces[at].raw[:1000]) or is_notice(text)
        is_meant = is_meant or is_under and bool(phrases.LOOSE_NOTICE.search(text))
        if is_meant and len(text) <= 1000 and found.pieces[at].kind not in ("h2", "h3"):
            found.put(at, Part.NOTICE)
            following = at + 1
            while next(found.free(following, following + 1), None) and (
                is_notice(found.text(following)) or is_answer(found.text(following))
            ):
                found.put(following, Part.NOTICE)
                following += 1
            return


def find_furniture(found: Sections) -> None:
    for at in list(found.free()):
        piece = found.pieces[at]
        text = piece.text.strip(" *:»>→›|·•")
        why = ""
        is_date = bool(dates := find_dates(text)) and dates[0].end - dates[0].start == len(text)
        speaks_of_mail = is_notice(piece.raw[:MAX_LABEL]) or is_answer(piece.text)
        if piece.is_furniture and not speaks_of_mail:
            why = _("It stands in the navigation, a form or the footer of the page.")
        elif len(text) <= LONG and furniture.BYLINE.fullmatch(text):
            why = _("It says who began the petition; the page names the organization.")
        elif phrases.UNNAMED_SIGNERS.fullmatch(text) and _is_under_sign_off(found, at):
            why = _("It stands for the names of those who sign; the page lists them itself.")
        elif is_date or re.fullmatch(r"[\W_]*", piece.text):
            why = _("A date or a line that only parts.")
        elif len(text) <= MAX_LABEL and (furniture.FURNITURE.fullmatch(text) or _is_menu(text)):
            why = _("Navigation, sharing or a form of the page.")
        elif furniture.PARTNERS.fullmatch(text):
            why = _("It names who else asks; they were read as allies.")
        elif _greets_one(text) or _calls_one(found, at):
            why = _("A greeting; a page greets nobody by name.")
        if why:
            found.put(at, Part.LEFT_OUT, why)


def _is_under_sign_off(found: Sections, at: int) -> bool:
    above = found.text(at - 1)[:200] if at else ""
    return bool(phrases.SIGN_OFF.fullmatch(above) or phrases.THANKS.fullmatch(above))


def _is_menu(text: str) -> bool:
    """`Home | About | Donate`: short words with something between them."""
    words = [word.strip() for word in re.split(r"[|·•›»/]", text)]
    short = all(0 < len(word.split()) <= 3 for word in words)
    return len(words) > 2 and short and any(furniture.FURNITURE.fullmatch(word) for word in words)


def _greets_one(text: str) -> bool:
    return bool(
        len(text) <= 60
        and phrases.GREETING.fullmatch(text)
        and text.endswith((",", ":", "!", "–", "-"))
        and not phrases.FORMAL.search(text)
    )


def _calls_one(found: Sections, at: int) -> bool:
    """`John,` or `Friend —` on a line of its own, above what somebody writes to John."""
    text = found.text(at)
    is_name = re.fullmatch(r"(?:[^\W\d_a-z][\w’'-]{0,20}|[\[{]+[\w .-]{2,20}[\]}]+),", text)
    ends = phrases.SIGN_OFF.fullmatch(text) or phrases.THANKS.fullmatch(text)
    return bool(is_name) and not ends and at + 1 < len(found.pieces) and at < len(found.pieces) // 2
