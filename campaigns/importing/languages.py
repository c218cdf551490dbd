"""Tells the language of a text by its smallest words."""

import re
from collections import Counter

# Words that hardly a sentence of the language does without, and that the others lack.
SMALL_WORDS = {
    "en": "the and of to is that for with are this you by have from will their they we",
    "de": "der die und das nicht ist den von mit für auf dem eine wir sich werden sind zu",
    "es": "el los las que por una con para del se es como más su pero al nuestra está",
    "fr": "le les et des une est pour dans que sur pas avec nous vous sont aux cette ce",
    "it": "il di che per una della sono gli con del non alla nel dei questo anche più",
    "pt": "não uma para com os do da em mais por dos são ao pelo nas nós das como",
    "nl": "het een van en dat niet voor met zijn op aan wij deze worden naar ook bij door",
    "pl": "nie się na że jest do oraz przez dla są które jako od tym ich być naszych aby",
    "sv": "och att det som är inte för på med av till ett vi har den om kan från",
}
MOST_WORDS = 3000
# So few words have few small ones among them.
SHORT = 80


def guess_language(text: str) -> str:
    """A language code; empty when the text is too short or too mixed to tell."""
    words = Counter(re.findall(r"[^\W\d_]+", text.lower())[:MOST_WORDS])
    hits = {code: sum(words[word] for word in small.split()) for code, small in SMALL_WORDS.items()}
    (best, most), (_second, next_most) = Counter(hits).most_common(2)
    least = 5 if words.total() > SHORT else 3
    return best if most >= least and most > 1.5 * next_most else ""
