"""The product's own words in other languages: compiled, whole on public pages, with every hole."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

LANGUAGES = ["de", "es"]
FOLDER = Path(settings.LOCALE_PATHS[0])
# Where words stand that supporters and subscribers read; what is for staff may stay English.
PUBLIC = [
    "advocacy/templates",
    "campaigns/templates",
    "campaigns/page_head.py",
    "campaigns/share_image.py",
    "campaigns/text/rendering.py",
    "mailings/digesting/subjects.py",
    "mailings/own_data.py",
    "mailings/sampling.py",
    "mailings/templates/mailings/mail",
    "signatures/addresses.py",
    "signatures/forms",
    "signatures/sharing.py",
    "signatures/templates",
]
CALLS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def public_files() -> Iterator[Path]:
    for place in PUBLIC:
        path = settings.BASE_DIR / place
        assert path.exists(), f"{place} is gone"
        found = [path] if path.is_file() else sorted(path.rglob("*.*"))
        yield from (each for each in found if "templates/admin/" not in each.as_posix())


def words_in(path: Path) -> Iterator[tuple[str, str | None]]:
    """Each text of a file that is to be translated, of a plural the first, and its context."""
    written = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What Django makes of a template is Python but for how it is indented.
        lines = templatize(written, origin=str(path)).splitlines()
        written = "\n".join(line.strip() for line in lines)
    for _line, said, _comments, context in extract("python", BytesIO(written.encode()), CALLS):
        yield (said if isinstance(said, str) else said[0]), context


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
    with BytesIO() as compiled:
        write_mo(compiled, source(language))
        committed = FOLDER / language / "LC_MESSAGES" / "django.mo"
        assert compiled.getvalue() == committed.read_bytes(), "run pybabel compile"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_on_a_public_page_and_in_a_letter_is_translated(language):
    catalog = source(language)
    missing = []
    words = [(path, *word) for path in public_files() for word in words_in(path)]
    for path, word, context in words:
        message = catalog.get(word, context)
        if message is None or message.fuzzy or not all(texts(message)):
            missing.append(f"{path}: {word}")
    assert missing == []
    assert len(words) > 500


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
