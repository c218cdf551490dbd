"""Names as people look for them: without case and without accents, so that “zoe” finds “Zoë”."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models

# Marks are letters of their own in NFD (Unicode Standard Annex #15). All of it is immutable, so an
# index can hold it, and PostgreSQL folds what was typed before it plans.
_WITHOUT_MARKS = (
    r"UPPER(REGEXP_REPLACE(NORMALIZE(%(expressions)s, NFD), '[\u0300-\u036f]', '', 'g'))"
)


def folded(text: str | models.Expression) -> models.Func:
    """A text, or the field of that name, in the one spelling that stands for all of them.

    Letters that are no marked ones stay what they are: “ø” is no “o”.
    """
    return models.Func(text, template=_WITHOUT_MARKS, output_field=models.TextField())


def words_of(text: str | models.Expression) -> models.Func:
    """The words of a text or a field, each in its one spelling, as an index can hold them."""
    return models.Func(
        text,
        template=f"TO_TSVECTOR('simple', {_WITHOUT_MARKS})",
        output_field=SearchVectorField(),
    )
