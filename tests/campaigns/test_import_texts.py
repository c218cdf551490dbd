"""Petition texts in the styles of many organizations are read into the same parts.

The texts are invented; each one has what made such a text hard to read.
"""

from pathlib import Path

import pytest

from campaigns.citations import format_reference
from campaigns.importing.draft import CampaignDraft
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import decode

TEXTS = Path(__file__).parent / "texts"

# What each text says, part by part; a part that is not named here is empty.
EXPECTED: dict[str, dict[str, str]] = {
    "aclu_style.txt": {
        "brand": "Liberty Defense Fund",
        "headline": "END THE BORDER CHECKPOINTS",
        "targets": "Members of Congress",
        "statement": "Members of Congress: Close the interior checkpoints and "
        "require a warrant for "
        "every search.",
        "notice": "By submitting this form you agree to receive updates from Liberty Defense Fund.",
    },
    "amnesty_letter.txt": {
        "headline": "FREE JOURNALIST AMARA DESTA",
        "targets": "Minister of Justice",
        "call_to_action": "TAKE ACTION",
        "statement": "Dear Minister of Justice,\n\nI am writing to express my concern for Amara "
        "Desta, a journalist who has been held without charge since 12 March "
        "2022.\n\nI urge you to "
        "release her immediately and unconditionally, and to ensure that she "
        "has access to a doctor "
        "and to her lawyer.",
    },
    "german.txt": {
        "brand": "Bündnis Stadtgrün",
        "headline": "Rettet die Linden am Marktplatz!",
        "targets": "Oberbürgermeisterin Katrin Vogt",
        "lead_in": "Petition an {targets}:",
        "call_to_action": "Jetzt unterschreiben",
        "statement": "Stoppen Sie die Fällung der 27 Linden am Marktplatz und legen Sie bis zum "
        "1. Oktober einen neuen Plan vor.",
        "notice": "Mit deiner Unterschrift stimmst du zu, dass wir dich per E-Mail über diese "
        "Petition informieren.",
        "closing": "Vielen Dank für deine Stimme.",
        "language": "de",
    },
    "german_appeal.txt": {
        "brand": "Mietwende e.V.",
        "headline": "Appell: Mietendeckel für alle – jetzt!",
        "targets": "Bundeskanzler Krause",
        "call_to_action": "Jetzt unterzeichnen",
        "statement": "Begrenzen Sie die Mieten in allen Städten mit angespanntem Wohnungsmarkt und "
        "schließen Sie die Lücken der Mietpreisbremse.",
        "notice": "Ja, ich möchte per E-Mail über diesen Appell informiert werden.",
        "language": "de",
    },
    "open_petition_page.txt": {
        "headline": "Save the Linden Street Library",
        "targets": "Mayor Ada Lee",
        "call_to_action": "Sign this petition",
        "statement": "We, the undersigned, ask Mayor Ada Lee to keep the Linden Street Library "
        "open six days a week.",
    },
    "greenpeace_style.html": {
        "brand": "Blue Planet Action",
        "headline": "Stop deep sea mining before it starts",
        "targets": "the Norwegian Government",
        "call_to_action": "Add your name",
        "statement": "We call on the Norwegian Government to stop all licences for deep sea mining "
        "and to support a global moratorium.",
        "notice": "We will send you emails about our campaigns. You can unsubscribe at any time.",
    },
    "labelled.txt": {
        "brand": "Memory Project",
        "headline": "Open the archives",
        "targets": "Culture Minister Ewa Zielinska",
        "call_to_action": "Open them",
        "statement": "Open the archives of the border police to the families of the missing.",
        "notice": "Keep me informed by email about this petition.",
        "ask": "Minister Zielinska, open the archives.",
        "closing": "Thank you for remembering.",
    },
    "local_campaign.txt": {
        "headline": "Bring our river back to life",
        "targets": "the Secretary of State for Environment, Food and Rural Affairs",
        "statement": "Make water companies publish, every hour and for every outflow, when and how "
        "much sewage they release, and fine them from the first offence.",
    },
    "mail_of_a_network.txt": {
        "brand": "Common Ground",
        "headline": "Tell Riverton Council: Keep the night buses running",
        "targets": "Riverton Council",
        "lead_in": "The petition to {targets} reads:",
        "call_to_action": "Sign the petition",
        "statement": "Do not cut the night buses. Fund all 40 routes for at least three years.",
        "notice": "By signing, you agree to receive emails from Common Ground. You can unsubscribe "
        "at any time.",
        "closing": "Thank you for all you do, Maya and the Common Ground team",
    },
    "page_of_a_big_petition_site.txt": {
        "brand": "Petition Place",
        "headline": "Reinstate the school nurse at Elm Park Academy",
        "targets": "Elm Park Academy Board of Trustees",
        "statement": "We call on the Elm Park Academy Board of Trustees to reinstate the post of "
        "school nurse before the autumn term.",
    },
    "parliament.txt": {
        "headline": "Require supermarkets to donate unsold food instead of destroying it",
        "targets": "the Government",
        "call_to_action": "Sign this petition",
        "statement": "I would like the Government to introduce a law that "
        "requires large supermarkets "
        "to offer unsold, safe food to charities before it is thrown away.",
    },
    "quoted_mail.txt": {
        "brand": "TENANTS TOGETHER",
        "headline": "Tell Harbor Homes: Fix the heating in Mill Tower",
        "targets": "Harbor Homes CEO Denise Ward",
        "lead_in": "The petition to {targets} says:",
        "call_to_action": "Add your name",
        "statement": "Repair the heating in Mill Tower this month and pay back "
        "the rent of every week "
        "without heat.",
        "ask": "Tell Harbor Homes CEO Denise Ward: Fix the heating in Mill Tower now.",
        "closing": "Onward, Tenants Together",
    },
    "spanish.txt": {
        "brand": "Asamblea del Agua",
        "headline": "Salvemos el acuífero de Valdeoro",
        "targets": "presidente Luis Ferrer",
        "lead_in": "La petición al {targets} dice:",
        "call_to_action": "Firma la petición",
        "statement": "Exigimos que se detengan los nuevos pozos hasta que haya un "
        "estudio público del "
        "acuífero.",
        "notice": "Al firmar, aceptas recibir correos de la Asamblea del Agua. "
        "Puedes darte de baja "
        "en cualquier momento.",
        "closing": "¡Gracias por tu apoyo!",
        "language": "es",
    },
    "union.md": {
        "brand": "Public Service Workers United",
        "headline": "Fair pay for library workers",
        "targets": "Mayor Helen Adeyemi",
        "statement": "We, the workers and readers of Port Ashby's libraries, ask you to pay every "
        "library worker at least the living wage, and to end zero-hours contracts by January.",
        "notice": "By signing you agree that we may contact you about this campaign.",
        "ask": "Mayor Adeyemi: pay the living wage in our libraries.",
        "closing": "In solidarity,",
    },
    "word_paste.txt": {
        "brand": "Coalition for Safe Streets",
        "headline": "Ask the Governor to lower the speed limit",
        "targets": "Governor Ruth Okafor",
        "lead_in": "The petition to {targets} reads:",
        "call_to_action": "Sign now",
        "statement": "Lower the speed limit in towns to 20 miles an hour.",
        "notice": "We will email you about this and other campaigns.",
        "ask": "Ask Governor Ruth Okafor to lower the speed limit today.",
    },
}

PASSAGES: dict[str, list[str]] = {
    "aclu_style.txt": [
        "documents 1,204 cases in six "
        "months.[liberty-defense-fund-2023][liberty-defense-fund-2024]",
        "two leading contenders,[osei-2023] both",
        "That was a day.[liberty-defense-fund-2023] Nothing",
        "5.3 billion dollars, and 20 states",
    ],
    "amnesty_letter.txt": [
        "2 April.[human-dignity-watch-2022] Her",
        "At least 30 other journalists",
    ],
    "german.txt": ["27 gesunde Linden fällen.[petersen-2024] Dabei", "5,3 Grad.[umweltamt-2021]"],
    "german_appeal.txt": ["für die Miete.[institut-fur-wohnen-2023] Wer"],
    "open_petition_page.txt": ["Last year 61,000 people", "In March the city"],
    "greenpeace_style.html": [
        "every week[rabone-2023], and <strong>nine in ten</strong>",
        "nowhere else.[holm-2023][ocean-council-2022]",
        "9,000 km² of seabed.",
        '<a href="https://blueplanet.example/report?page=4"',
        "<li>Sediment smothers what it covers.[holm-2023]</li>",
    ],
    "labelled.txt": ["read them,[novak-2019] and 3 fires", "since 2015.[fire-service-2021]"],
    "local_campaign.txt": [
        "3,214 hours.[wend-rivers-trust-2023] That",
        "same year.[wend-rivers-trust-2023][source-3] The",
        "In 2021, 8,000 of us",
    ],
    "mail_of_a_network.txt": [
        "means a two-hour walk home.[nair-2024]</p>",
        "and 5.3 million journeys a year depend on "
        "them.[riverton-council-2024][transport-lab-2023]",
    ],
    "page_of_a_big_petition_site.txt": [
        "school day[county-health-office-2022].",
        "spent $48,000 on",
    ],
    "parliament.txt": ["without meals[food-foundation-2023].", "first two years[source-2]. We"],
    "quoted_mail.txt": ["For 11 weeks, 140 families", "to hospital.[lind-2025] The company"],
    "spanish.txt": ["14 metros en diez años.[ruiz-2023] Aun", "No hay otra.[ruiz-2023]"],
    "union.md": [
        "living wage.[audit] One of them, <strong>Sam</strong>",
        '<a href="https://psw.example/sam?id=7" rel="noopener nofollow">three branches</a>',
        "city's budget.[budget][audit]",
        "<ul><li>a living wage for all</li>",
    ],
    "word_paste.txt": [
        "of our towns.[department-of-transport-2023] Every",
        "one chance in ten.[kim-2021]</li>",
        "since 2016. Governor",
    ],
}

REFERENCES: dict[str, list[str]] = {
    "german.txt": [
        'Jonas Petersen, "Linden müssen weichen," Stadtanzeiger, May 3, 2024. '
        "https://stadtanzeiger.example/linden (accessed May 6, 2024)",
        'Umweltamt, "Stadtklima," 2021.',
        '"Verwaltung lenkt ein," Nordkurier, Nov. 12, 2023.',
    ],
    "mail_of_a_network.txt": [
        'Priya Nair, "Night buses face the axe," Riverton Echo, May 28, 2024. '
        "https://echo.example/buses",
        'Riverton Council, "Transport plan 2024," March 2024. https://riverton.example/plan.pdf '
        "(accessed June 3, 2024)",
        '"Who rides at night?" Transport Lab, 2023.',
    ],
    "quoted_mail.txt": [
        'Sara Lind, "Cold tower," Harbor News, Jan. 20, 2025.',
        'Tenants Together, "Letter from the supplier," Jan. 28, 2025. '
        "https://tenants.example/letter",
    ],
    "word_paste.txt": [
        'Department of Transport, "Road deaths," February 2023.',
        'Anna Kim, "Twenty is plenty?" Safe Streets Review, 2021.',
        'Tom Bell, "The cost of speed," The Capital Times, March 3, 2022.',
    ],
}

# The items that each text must raise, beside what every text may raise.
RAISES: dict[str, set[str]] = {
    "aclu_style.txt": {"targets", "headline", "source 4", "marker", "left out"},
    "amnesty_letter.txt": {"statement", "notice", "source 2"},
    "german_appeal.txt": {"statement", "targets", "headline", "brand", "left out"},
    "local_campaign.txt": {"headline", "statement", "notice", "source 3"},
    "mail_of_a_network.txt": {"brand", "links", "left out"},
    "page_of_a_big_petition_site.txt": {"headline", "statement", "notice", "brand", "links"},
    "open_petition_page.txt": {"headline", "statement", "targets", "notice", "left out"},
    "parliament.txt": {"headline", "statement", "targets", "notice", "source 1", "source 2"},
    "union.md": {"statement", "brand", "marker", "links"},
    "word_paste.txt": {"headline", "ask", "marker"},
}
PARTS = (
    *("brand", "headline", "lead_in", "call_to_action", "statement", "notice", "lead_line", "ask"),
    *("closing", "language"),
)


@pytest.fixture(scope="module")
def drafts() -> dict[str, CampaignDraft]:
    return {name: parse_campaign(decode((TEXTS / name).read_bytes())) for name in EXPECTED}


def test_every_text_has_its_expectation():
    assert {path.name for path in TEXTS.iterdir()} == set(EXPECTED) == set(PASSAGES)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_parts_of_each_text_are_found(drafts, name):
    draft = drafts[name]
    parts = {part: getattr(draft, part) for part in PARTS}
    parts["targets"] = ", ".join(map(str, draft.targets))
    found = {part: text for part, text in parts.items() if text}

    assert found == {"language": "en", **EXPECTED[name]}


@pytest.mark.parametrize("name", PASSAGES)
def test_the_letter_of_each_text_cites_what_it_cites_and_keeps_its_other_digits(drafts, name):
    body = drafts[name].body.replace('<sup data-source="', "[").replace('"></sup>', "]")

    for passage in PASSAGES[name]:
        assert passage in body


@pytest.mark.parametrize("name", REFERENCES)
def test_the_sources_of_a_text_are_read_into_their_fields(drafts, name):
    printed = [format_reference(source.citation) for source in drafts[name].sources]

    assert printed == REFERENCES[name]


@pytest.mark.parametrize("name", RAISES)
def test_what_is_guessed_or_missing_is_said(drafts, name):
    assert RAISES[name] <= {doubt.item for doubt in drafts[name].unsure}


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_that_follows_a_reader_is_left_in_a_draft(drafts, name):
    draft = drafts[name]
    kept = draft.body + "".join(source.citation.url for source in draft.sources)

    assert not any(word in kept for word in ("utm_", "akid", "fbclid", "mc_", "gclid"))
