"""How people agree to mail is read from the text and never weakened; what is assumed is said."""

import pytest

from campaigns.importing.creating import create_campaign
from campaigns.importing.parsing import parse_campaign
from tests.factories import make_organization

TEXT = 'Rivers Now\n\nOpen the river\n\nThe petition to Mayor A reads:\n\n"Act."\n\n{}\n\nWhy so.'
YES_PLEASE = "Yes, I want to hear from Greenpeace about its campaigns."
WOULD_YOU = "Would you like to receive updates?"

READ = {
    "☐": (f"☐ {YES_PLEASE}", YES_PLEASE, "unticked_box"),
    "□": (f"□ {YES_PLEASE}", YES_PLEASE, "unticked_box"),
    "[ ]": (f"[ ] {YES_PLEASE}", YES_PLEASE, "unticked_box"),
    "- [ ]": (f"- [ ] {YES_PLEASE}", YES_PLEASE, "unticked_box"),
    "in words": (
        "Tick this box to receive updates by email.",
        "Tick this box to receive updates by email.",
        "unticked_box",
    ),
    "Yes / No": (f"{WOULD_YOU} Yes / No", WOULD_YOU, "yes_no"),
    "radio": (f"{WOULD_YOU}\n\n○ Yes\n○ No", WOULD_YOU, "yes_no"),
    "lines": (f"{WOULD_YOU}\n\nYes\n\nNo", WOULD_YOU, "yes_no"),
    "a headline after it": (f"{WOULD_YOU} Yes | No\n\nNo more dams here", WOULD_YOU, "yes_no"),
    "boxes": (f"{WOULD_YOU}\n☐ Yes ☐ No", WOULD_YOU, "yes_no"),
    "Ja/Nein": (
        "Möchten Sie per E-Mail informiert werden? Ja/Nein",
        "Möchten Sie per E-Mail informiert werden?",
        "yes_no",
    ),
    "Sí/No": ("¿Quiero recibir noticias? Sí / No", "¿Quiero recibir noticias?", "yes_no"),
    "Oui/Non": (
        "Je souhaite recevoir les nouvelles : Oui / Non",
        "Je souhaite recevoir les nouvelles :",
        "yes_no",
    ),
    "any question": (
        "Möchten Sie Neuigkeiten erhalten? Ja / Nein",
        "Möchten Sie Neuigkeiten erhalten?",
        "yes_no",
    ),
    "by signing": (
        "By signing you agree to updates.",
        "By signing you agree to updates.",
        "implicit",
    ),
    "you'll": ("You'll receive updates.", "You'll receive updates.", "implicit"),
}
ASSUMED = {
    "lost box": ("Keep me informed by email.", "unticked_box"),
    "lost answers": (WOULD_YOU, "yes_no"),
    "no word of it": ("You can unsubscribe at any time.", "unticked_box"),
    "ticked": (f"☑ {YES_PLEASE}", "unticked_box"),
    "[x]": (f"[x] {YES_PLEASE}", "unticked_box"),
}


# What signing does, said in the words in which others ask for consent.
NO_NOTICES = [
    "Click here to send your message by adding your name to this petition.",
    "By signing this petition you show the council that we are many.",
    "Mit deiner Unterschrift zeigst du, dass wir viele sind.",
    "Al firmar, le muestras al alcalde que somos muchos.",
]


@pytest.mark.parametrize("text", NO_NOTICES)
def test_a_sentence_on_what_signing_does_is_no_consent_to_mail(text):
    assert parse_campaign(TEXT.format(text)).notice == ""


def notice_doubts(draft):
    return [doubt for doubt in draft.unsure if doubt.item == "notice"]


@pytest.mark.parametrize(("written", "text", "kind"), READ.values(), ids=READ)
def test_a_box_and_an_answer_are_read_as_what_they_are(written, text, kind):
    draft = parse_campaign(TEXT.format(written))

    assert (draft.notice, draft.notice_kind) == (text, kind)
    assert not any("assumed" in doubt.why for doubt in notice_doubts(draft))


@pytest.mark.parametrize(("written", "kind"), ASSUMED.values(), ids=ASSUMED)
def test_what_is_assumed_is_the_stricter_way_and_is_said_with_the_text(written, kind):
    draft = parse_campaign(TEXT.format(written))

    assert draft.notice_kind == kind
    assert written in [doubt.text for doubt in notice_doubts(draft)]


def test_the_box_of_a_web_page_is_a_box():
    html = (
        "<h1>Open the river</h1><p>The petition to Mayor A reads:</p><p>“Act.”</p>"
        "<form><label><input type='checkbox'> Yes, keep me informed.</label>"
        "<input type='text'></form><p>Why so.</p>"
    )
    draft = parse_campaign(html)

    assert (draft.notice, draft.notice_kind) == ("Yes, keep me informed.", "unticked_box")


@pytest.mark.django_db
def test_the_campaign_asks_as_the_text_did():
    draft = parse_campaign(TEXT.format(f"☐ {YES_PLEASE}"))
    campaign = create_campaign(draft=draft, organization=make_organization()).campaign

    assert campaign.current_notice().kind == "unticked_box"
