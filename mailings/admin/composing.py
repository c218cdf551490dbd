"""Writing a mail: the form of its words, and its preview as any reader sees it, saved or not."""

from collections.abc import Callable
from copy import copy
from typing import Any

from csp.decorators import csp
from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from campaigns.admin.drafting import DraftedForm, DraftingAdmin
from campaigns.admin.editor import EXTENSIONS, BodyField, BodyWidget
from campaigns.models import Campaign
from campaigns.text.sanitising import TextTooLong, clean
from mailings.composing import CannotBeSent
from mailings.examining import Parts
from mailings.lacking import LINES, campaign_of
from mailings.merging import check_line
from mailings.models import Mailing, MailingTranslation, Wording
from mailings.previewing import in_scheme, preview, sample_reader

# A mail shown in a frame may have its own styles and pictures of our own, and nothing else.
PREVIEW_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}
WORDS = ["subject", "preheader", "headline", "body"]
COUNTED = {
    "subject": forms.TextInput(attrs={"class": "vTextField", "data-count": "50"}),
    "preheader": forms.TextInput(attrs={"class": "vTextField", "data-count": "90"}),
}
NAMED = {
    "subject": _("A name: {first_name|friend}, with what stands there for who gave none."),
}
_PLAIN = "text/plain; charset=utf-8"


class MailBodyWidget(BodyWidget):
    """The editor of a body, with merge fields besides."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.config = {"extensions": EXTENSIONS | {"MergeField": True}}

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return config | {
            "js_modules": [*config["js_modules"], static("mailings/editor_merging.js")]
        }


def refuse_bad_lines(form: forms.BaseForm) -> None:
    """Name, at the line itself, what no mail could say: a field that is none, what nobody sees."""
    for name in LINES:
        for reason in check_line(form.cleaned_data.get(name) or ""):
            form.add_error(name, reason)


class WordsForm(DraftedForm):
    """The words of a mail in one language; subject and preheader count their characters."""

    body = BodyField(label=_("Text"), required=False, widget=MailBodyWidget)

    class Meta:
        widgets = COUNTED
        help_texts = NAMED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_bad_lines(self)
        return cleaned


class MailingForm(WordsForm):
    """A mailing with its words in its own language."""

    class Meta(WordsForm.Meta):
        model = Mailing
        exclude: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields.get("from_name")
        if name and self.instance.organization_id:
            own = "{} <{}>".format(*self.instance.organization.sender)
            # What stands beside a field is HTML.
            name.help_text = format_html(
                gettext("{help} Empty: {own}"), help=name.help_text, own=own
            )
        body = self.fields.get("body")
        if body and self.instance.kind == Mailing.Kind.UPDATE:
            body.help_text = _("Empty: the text of the update, as it stands on the page.")
        if body and self.instance.kind == Mailing.Kind.DIGEST:
            body.help_text = _("Before the news; may stay empty.")


class TranslationForm(WordsForm):
    """The same mail in another language."""

    class Meta(WordsForm.Meta):
        model = MailingTranslation
        exclude: list[str] = []


class ComposingAdmin(DraftingAdmin):
    """The page on which the words of a mail are written, with the mail itself beside them."""

    drafted = WORDS

    class Media:
        js = [
            Script("campaigns/counters.js", defer=True),
            Script("mailings/preview.js", defer=True),
            Script("mailings/unsaved.js", defer=True),
        ]
        css = {"all": ["mailings/mailing.css"]}

    def get_urls(self) -> list[URLPattern]:
        view: Callable[..., HttpResponse] = self.admin_site.admin_view(self.preview_view)
        name = self._url_name("preview")
        return [path("<int:text_id>/preview.html", view, name=name), *super().get_urls()]

    def campaign_of(self, obj: Any) -> Campaign | None:
        """The campaign whose sources the text may cite."""
        return campaign_of(self.mailing_of(obj)) if obj else None

    def mailing_of(self, obj: Any) -> Mailing:
        """The mailing that these are words of."""
        mailing: Mailing = obj
        return mailing

    def language_of(self, obj: Any) -> str:
        """The language that these words are in."""
        language: str = obj.language
        return language

    def preview_url(self, obj: Any) -> str:
        return reverse(f"admin:{self._url_name('preview')}", args=[obj.pk])

    @method_decorator([xframe_options_sameorigin, csp(PREVIEW_POLICY)])
    def preview_view(self, request: HttpRequest, text_id: int) -> HttpResponse:
        """The mail as it would arrive: as saved, or by POST as it is typed. Nothing is stored.

        `part` is `html` or `text`, `scheme` `light` or `dark`, `reader` a number.
        """
        obj: Any = self.get_object(request, str(text_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        mailing = self.mailing_of(obj)
        number = asked.get("preview_reader", "")
        is_number = number.isascii() and number.isdecimal() and len(number) < 19
        reader = sample_reader(mailing, int(number)) if is_number else None
        try:
            words = _typed(obj, asked) if request.method == "POST" else obj
            if from_name := asked.get("from_name"):
                mailing.from_name = from_name[:80]
            parts = preview(mailing, words, language=self.language_of(obj), reader=reader)
        except (CannotBeSent, TextTooLong) as error:
            return HttpResponse(str(error), content_type=_PLAIN)
        if asked.get("preview_part") == "text":
            return HttpResponse(f"{_head(parts)}\n{parts.text}", content_type=_PLAIN)
        return HttpResponse(in_scheme(parts.html, asked.get("preview_scheme")))


def _head(parts: Parts) -> str:
    """Who it comes from and what it is about, as the list of a mail program says it."""
    return "".join(f"{name}: {parts.message[name]}\n" for name in ("From", "Subject"))


def _typed(obj: Wording, typed: Any) -> Wording:
    """A copy of these words with what is typed in place of what is saved. Raises TextTooLong."""
    words = copy(obj)
    for name in WORDS:
        if name in typed:
            value = typed[name][: None if name == "body" else 200]
            setattr(words, name, clean(value) if name == "body" else value)
    return words
