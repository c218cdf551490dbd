"""The very words that a person was shown, for staff who look at what somebody signed."""

from django.utils.html import format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info

from campaigns.models import Campaign, ConsentNotice, Statement


def shown_text(version: Statement | ConsentNotice, campaign: Campaign) -> str:
    """Which version it is and in what language, and folded below it the whole text.

    `campaign` is the version's own, as it was fetched.
    """
    language = version.language or campaign.language
    return format_html(
        '<details><summary>{} · {}</summary><div lang="{}">{}</div></details>',
        version,
        get_language_info(language)["name_translated"],
        language,
        mark_safe(linebreaks(version.text, autoescape=True)),  # noqa: S308
    )
