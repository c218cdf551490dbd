"""The very words that a person was shown, for staff who look at what somebody signed."""

from django.contrib import admin
from django.template.defaultfilters import linebreaks_filter
from django.utils.html import format_html
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, ConsentNotice, Statement
from signatures.models import Signature


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
        linebreaks_filter(version.text),
    )


class ShownTexts:
    """The columns of an admin of signatures that show both texts; each with its campaign."""

    @admin.display(description=_("statement"))
    def signed_statement(self, signature: Signature) -> str:
        return shown_text(signature.statement, signature.campaign)

    @admin.display(description=_("notice"))
    def shown_notice(self, signature: Signature) -> str:
        return shown_text(signature.notice, signature.campaign)
