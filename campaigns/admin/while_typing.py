"""What to look at in a form that is still being typed."""

import re
from collections.abc import Iterator, Mapping

from django import forms

from campaigns.checking import check_text, cited_beside_letter
from campaigns.models import Campaign, Source
from campaigns.text.sanitising import TextTooLong

# As many rows as a letter could ever cite; what comes behind them is not looked at.
MOST_SOURCES = 500


class TypedSource(forms.Form):
    """What is looked at of a source."""

    url = forms.URLField(required=False, assume_scheme="https")
    published_on = forms.DateField(required=False)


def findings_while_typing(typed: Mapping[str, str], campaign: Campaign | None) -> list[str]:
    """Sentences about the letter, the ask and the sources of the campaign's form as it stands.

    Keys that the campaign's updates and translations cite are not called unused.
    """
    try:
        findings = check_text(
            body=typed.get("body", ""),
            ask=typed.get("ask", ""),
            sources=list(_sources(typed)),
            cited_elsewhere=cited_beside_letter(campaign) if campaign else (),
        )
    except TextTooLong as error:
        return [str(error)]
    return [finding.text for finding in findings]


def _sources(typed: Mapping[str, str]) -> Iterator[Source]:
    """The rows that have a key and are not to be deleted, with what is valid in them."""
    total = typed.get("sources-TOTAL_FORMS", "")
    rows = int(total) if re.fullmatch(r"[0-9]{1,4}", total) else 0
    for number in range(min(rows, MOST_SOURCES)):
        prefix = f"sources-{number}"
        if not typed.get(f"{prefix}-key") or typed.get(f"{prefix}-DELETE"):
            continue
        form = TypedSource(typed, prefix=prefix)
        form.is_valid()
        yield Source(
            key=typed[f"{prefix}-key"],
            url=form.cleaned_data.get("url", ""),
            published_on=form.cleaned_data.get("published_on"),
            archive_suggestion="",
        )
