"""The product's own words in other languages: compiled, whole on public pages, with every hole."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

LANGUAGES = ["de", "es"]
FOLDER = Path(settings.LOCALE_PATHS[0])
# Where words stand that supporters and subscribers read.
PUBLIC = re.compile(
    r"(advocacy|campaigns|signatures)/templates/(?!admin/)|mailings/templates/mailings/mail/"
    r"|signatures/(forms/|sharing\.py|addresses\.py|texts\.py|reading\.py|postal_codes\.py)"
)


def source(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language, domain="django")


def texts(message: Message) -> list[str]:
    """The translations of a message, one a plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_there_are_catalogs_for_these_languages():
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    with io.BytesIO() as compiled:
        write_mo(compiled, source(language))
        committed = FOLDER / language / "LC_MESSAGES" / "django.mo"
        assert compiled.getvalue() == committed.read_bytes(), "run pybabel compile"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_on_a_public_page_and_in_a_letter_is_translated(language):
    missing = [
        message.id
        for message in source(language)
        if any(PUBLIC.search(place) for place, _line in message.locations)
        and (message.fuzzy or not all(texts(message)))
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_loses_or_invents_a_hole_or_a_tag(language):
    mark = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+")
    for message in source(language):
        if not message.id or not any(texts(message)):
            continue
        wanted = set(mark.findall(message.id if isinstance(message.id, str) else message.id[-1]))
        for text in texts(message):
            assert set(mark.findall(text)) == wanted, message.id


def test_a_variant_of_a_language_falls_back_to_it_and_any_other_to_english():
    said = {}
    for language in ("es-mx", "de", "ar"):
        with translation.override(language):
            said[language] = translation.gettext("Check your inbox")
    assert said == {
        "es-mx": "Mira tu correo",
        "de": "Sehen Sie in Ihr Postfach",
        "ar": "Check your inbox",
    }
