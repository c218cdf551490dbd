"""A campaign in another language, for the tests of editions."""

from campaigns.models import Campaign, Translation
from campaigns.translating import revise_translation

STATEMENT_ES = "Dejen de vender reconocimiento facial a las agencias del gobierno."
NOTICE_ES = "Recibirá novedades periódicas sobre ofertas y oportunidades de activismo."


def translate(
    campaign: Campaign,
    *,
    language: str = "es",
    statement: str = STATEMENT_ES,
    notice: str = NOTICE_ES,
    published: bool = True,
    **fields: str,
) -> Translation:
    """The campaign in `language`, as an organizer would write it; published by default."""
    translation = Translation.objects.create(
        campaign=campaign,
        language=language,
        **{
            "slug": f"{campaign.slug}-{language}",
            "headline": "Díganle a Amazon: basta",
            "ask": "Basta ya.",
            **fields,
        },
    )
    revise_translation(translation=translation, statement=statement, notice=notice)
    if published:
        translation.publish()
    return translation
