"""References that people write their own way are read into author, title, publisher and dates."""

from datetime import date

import pytest

from campaigns.importing.references import read_reference

DAY, SEEN = date(2018, 5, 22), date(2018, 6, 3)
URL = "https://g.example/a"

# author, title, publisher, date, its precision, address, day of access
SURE = {
    f"Ada Poe, “Under fire,” The Gazette, May 22, 2018. {URL}?utm_source=x": (
        *("Ada Poe", "Under fire", "The Gazette", DAY, "day", URL, None),
    ),
    f'Ada Poe, "Under fire", The Gazette, 22 May 2018, {URL} (accessed 3 June 2018)': (
        *("Ada Poe", "Under fire", "The Gazette", DAY, "day", URL, SEEN),
    ),
    f"'Under fire at last', The Gazette (May 2018). Available at: "
    f"{URL}. Retrieved on 2018-06-03.": (
        *("", "Under fire at last", "The Gazette", date(2018, 5, 1), "month", URL, SEEN),
    ),
    f'ACLU, "Bills around the country," {URL}_(b)': (
        *("ACLU", "Bills around the country", "", None, "day", f"{URL}_(b)", None),
    ),
    'The Gazette: "Why now?" 2018': (
        *("The Gazette", "Why now?", "", date(2018, 1, 1), "year", "", None),
    ),
    "Anna Muster: „Unter Feuer“. In: Die Zeitung, 22.05.2018, abgerufen am 3. Juni 2018": (
        *("Anna Muster", "Unter Feuer", "Die Zeitung", DAY, "day", "", SEEN),
    ),
    f"Ana Ruiz, «Bajo fuego», El Diario, 22 de mayo de 2018. "
    f"{URL} Consultado el 3 de junio de 2018.": (
        *("Ana Ruiz", "Bajo fuego", "El Diario", DAY, "day", URL, SEEN),
    ),
    'Ada Poe, "Under fire," The Gazette, n.d.': (
        *("Ada Poe", "Under fire", "The Gazette", None, "day", "", None),
    ),
    f'"Under fire," The Gazette <{URL}>': (
        *("", "Under fire", "The Gazette", None, "day", URL, None),
    ),
}
SURE |= {
    "Ada Poe et al., “Under fire,” The Gazette, May 2018, pp. 12–14.": (
        *("Ada Poe et al.", "Under fire", "The Gazette, pp. 12–14", date(2018, 5, 1), "month"),
        *("", None),
    ),
    "Ada Poe and Bo Roe, \"The 'hidden' fire,\" The Gazette, 22nd May 2018": (
        *("Ada Poe and Bo Roe", "The 'hidden' fire", "The Gazette", DAY, "day", "", None),
    ),
    'Poe, Ada. "Under Fire." The Gazette. 22 May 2018. Web. 3 June 2018.': (
        *("Poe, Ada", "Under Fire.", "The Gazette", DAY, "day", "", SEEN),
    ),
    '"Under fire," via Wire, May 22, 2018.': (
        *("", "Under fire", "via Wire", DAY, "day", "", None),
    ),
    f"Die Zeitung: „Unter Feuer“ vom 22. Mai 2018, {URL}": (
        *("Die Zeitung", "Unter Feuer", "", DAY, "day", URL, None),
    ),
    "Anne Roy, « Sous le feu », Le Courrier, le 22 mai 2018 (consulté le 3 juin 2018)": (
        *("Anne Roy", "Sous le feu", "Le Courrier", DAY, "day", "", SEEN),
    ),
    "Anna Neri, «Sotto il fuoco», la Gazzetta, 22 maggio 2018, consultato il 3 giugno 2018": (
        *("Anna Neri", "Sotto il fuoco", "la Gazzetta", DAY, "day", "", SEEN),
    ),
    "Ana Lima, “Sob fogo”, O Diário, 22 de maio de 2018, acesso em 3 jun. 2018": (
        *("Ana Lima", "Sob fogo", "O Diário", DAY, "day", "", SEEN),
    ),
    "Jan Bakker, 'Onder het vuur', de Courant, 22 mei 2018, geraadpleegd op 3 juni 2018": (
        *("Jan Bakker", "Onder het vuur", "de Courant", DAY, "day", "", SEEN),
    ),
    "Jan Kowal, „Pod ogniem”, Gazeta, 22 maja 2018 r., dostęp: 3 czerwca 2018": (
        *("Jan Kowal", "Pod ogniem", "Gazeta", DAY, "day", "", SEEN),
    ),
    'Ada Poe, "Under fire," The Gazette, 2018-05.': (
        *("Ada Poe", "Under fire", "The Gazette", date(2018, 5, 1), "month", "", None),
    ),
}
GUESSED = {
    "Poe, A. and Roe, B. (2018). Under fire at last. Nature, 9(3), 12–30. doi:10.1038/s4-0-1": (
        *("Poe, A. and Roe, B.", "Under fire at last", "Nature, 9(3), 12–30", date(2018, 1, 1)),
        *("year", "https://doi.org/10.1038/s4-0-1", None),
    ),
    "The Gazette: Under fire at last, 22 May 2018": (
        *("The Gazette", "Under fire at last", "", DAY, "day", "", None),
    ),
    "Woman says that she is under fire, The Gazette, May 22, 2018": (
        *("", "Woman says that she is under fire", "The Gazette", DAY, "day", "", None),
    ),
    "Under fire at last. The Gazette. 22 May 2018.": (
        *("", "Under fire at last", "The Gazette", DAY, "day", "", None),
    ),
    "Under fire at last (The Gazette)": (
        *("", "Under fire at last", "The Gazette", None, "day", "", None),
    ),
    "Interview with Bo Roe, May 22, 2018": (
        *("", "Interview with Bo Roe", "", DAY, "day", "", None),
    ),
    'The Gazette, 5/22/18, "Under fire"': (
        *("The Gazette", "Under fire", "", DAY, "day", "", None),
    ),
    'The Gazette, May 22, "Under fire"': (
        *("The Gazette, May 22", "Under fire", "", None, "day", "", None),
    ),
    'Ada Poe, "Under fire," The Gazette, Spring 2018.': (
        *("Ada Poe", "Under fire", "The Gazette, Spring", date(2018, 1, 1), "year", "", None),
    ),
    'Ada Poe, "Under fire," The Gazette, May 22, 2018; Bo Roe, "Out," The Post, 2019.': (
        *("Ada Poe", "Under fire", "The Gazette", DAY, "day", "", None),
    ),
    'Ada Poe, "Fire, fire," "The Gazette," May 22, 2018.': (
        *("Ada Poe", 'Fire, fire," "The Gazette', "", DAY, "day", "", None),
    ),
    "Gazette v. Poe, 549 U.S. 497 (2007).": (
        *("", "Gazette v. Poe, 549 U.S. 497 (2007).", "", None, "day", "", None),
    ),
    f"Poe, A. (2018, May 22). Under fire at last. The Gazette. "
    f"Retrieved June 3, 2018, from {URL}": (
        *("Poe, A.", "Under fire at last", "The Gazette", DAY, "day", URL, SEEN),
    ),
    "Ada Poe, Under fire at last, The Gazette, May 22, 2018": (
        *("Ada Poe", "Under fire at last", "The Gazette", DAY, "day", "", None),
    ),
    'Ada Poe, "Under fire," The Gazette, 05/06/2018': (
        *("Ada Poe", "Under fire", "The Gazette", date(2018, 5, 6), "day", "", None),
    ),
    "Under fire at last | The Gazette": (
        *("", "Under fire at last", "The Gazette", None, "day", "", None),
    ),
    URL: ("", "g.example/a", "", None, "day", URL, None),
    "Ibid.": ("", "Ibid.", "", None, "day", "", None),
    "Letter on file with the authors": (
        *("", "Letter on file with the authors", "", None, "day", "", None),
    ),
}


def fields(line: str) -> tuple:
    one = read_reference(line, []).citation
    named = (one.author, one.title, one.publisher, one.published_on, one.date_precision)
    return (*named, one.url, one.accessed_on)


@pytest.mark.parametrize(("line", "expected"), SURE.items())
def test_a_clear_reference_is_read_and_nothing_is_unsure(line, expected):
    assert fields(line) == expected
    assert read_reference(line, []).why == ""


@pytest.mark.parametrize(("line", "expected"), GUESSED.items())
def test_an_unclear_reference_is_read_as_well_as_it_goes_and_says_so(line, expected):
    assert fields(line) == expected
    assert read_reference(line, []).why


def test_an_archived_copy_is_told_from_the_address():
    line = f'"Under fire," 2018. {URL} https://web.archive.org/web/2018/{URL}'
    citation = read_reference(line, []).citation

    assert (citation.url, citation.archive_url) == (URL, f"https://web.archive.org/web/2018/{URL}")


def test_a_second_work_in_one_reference_is_named_and_not_lost():
    reading = read_reference('Ada Poe, "Fire," 2018; Bo Roe, "Out," The Post, 2019.', [])

    assert 'left out: Bo Roe, "Out," The Post, 2019.' in reading.why


def test_a_second_address_is_named_and_not_lost():
    assert "https://h.example" in read_reference(f'"Under fire," {URL} https://h.example', []).why


def test_the_address_of_a_link_is_that_of_the_source():
    reading = read_reference("Ada Poe, “Under fire,” 2018. Link", [("Link", f"{URL}?fbclid=1")])

    assert (reading.citation.url, reading.citation.title) == (URL, "Under fire")


def test_a_title_that_is_too_long_is_cut_and_said():
    reading = read_reference("word " * 200, [])

    assert len(reading.citation.title) <= 500
    assert "cut off" in reading.why


def test_a_title_does_not_end_in_the_comma_that_parts_it():
    reading = read_reference("GAO-21-45, https://gao.example/21-45", [])

    assert reading.citation.title == "GAO-21-45"
