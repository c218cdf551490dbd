"""A campaign in another language, on a page of its own with the text it translates beside it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.editing import EditorAdmin
from campaigns.admin.editor import BodyField
from campaigns.admin.forms import AREA, QUOTED, VerbatimField
from campaigns.admin.row_texts import inlines_of
from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.admin.together import TogetherAdmin, TogetherForm
from campaigns.models import Campaign, CannotPublish, PageAddress, Translation
from campaigns.translating import check_translation, revise_translation

LINE = {"class": "vTextField"}


def languages() -> list[tuple[str, str]]:
    """Every language a page can be written in, each with its own name too."""
    named = [
        (code, name, get_language_info(code)["name_local"]) for code, name in settings.LANGUAGES
    ]
    return [("", "–"), *((code, f"{name} · {local}") for code, name, local in named)]


class TranslationForm(TogetherForm):
    """A translation with the current versions of its statement and its notice."""

    language = forms.ChoiceField(label=_("Language"), choices=languages)
    body = BodyField(label=_("Letter"), required=False)
    statement_text = VerbatimField(
        label=_("Statement"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=AREA | {"rows": 4}),
        help_text=_("The text that people sign, without quotation marks."),
    )
    statement_reason = forms.CharField(
        label=_("Why it changes"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=LINE),
        help_text=_("For staff; asked for when a published statement becomes another."),
    )
    statement_change_note = forms.CharField(
        label=_("What the page says of it"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=LINE),
        help_text=_("Public and dated, in this language."),
    )
    notice_text = VerbatimField(
        label=_("Notice"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=AREA | {"rows": 2}),
        help_text=_("Word for word. What agreeing to it means is the same in every language."),
    )

    class Meta:
        model = Translation
        exclude: list[str] = []
        widgets = {
            "ask": forms.Textarea(attrs=AREA | {"rows": 3}),
            "outcome": forms.Textarea(attrs=AREA | {"rows": 3}),
        }
        help_texts = {
            "lead_in": _(
                "Above the statement; empty for “The petition to {targets} reads:” in this "
                "language. How that names the targets is asked for below once this is saved."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = self.instance.pk is not None
        self.statement = self.instance.current_statement() if saved else None
        notice = self.instance.current_notice() if saved else None
        self.initial["statement_text"] = self.statement.text if self.statement else ""
        self.initial["notice_text"] = notice.text if notice else ""

    def clean_statement_text(self) -> str:
        text = self.cleaned_data["statement_text"]
        quoted = QUOTED.match(text)
        return next(filter(None, quoted.groups()), "").strip() if quoted else text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        campaign = cleaned.get("campaign") or getattr(self.instance, "campaign", None)
        language = cleaned.get("language") or self.instance.language
        if campaign and language:
            self._check_language(campaign, language)
            self._check_address(campaign, language, cleaned.get("slug", ""))
        if campaign and cleaned.get("notice_text") and not campaign.current_notice():
            self.add_error("notice_text", _("Write the notice of the campaign itself first."))
        self._check_reason(cleaned)
        return cleaned

    def _check_language(self, campaign: Campaign, language: str) -> None:
        if language == campaign.language:
            self.add_error("language", _("The campaign itself is in this language."))
        others = campaign.translations.exclude(pk=self.instance.pk)
        if others.filter(language=language).exists():
            self.add_error("language", _("There is a translation into this language already."))

    def _check_address(self, campaign: Campaign, language: str, slug: str) -> None:
        taken = PageAddress.objects.filter(slug=slug)
        if taken.exclude(campaign=campaign, language=language).exists():
            self.add_error(
                "slug",
                _("This address is taken, now or by a page that has moved on. Choose another."),
            )

    def _check_reason(self, cleaned: dict[str, Any]) -> None:
        """A statement that people have seen changes with a reason and a note on the page."""
        text, current = cleaned.get("statement_text"), self.statement
        if not (text and current and current.frozen_at and text != current.text):
            return
        for name in ("statement_reason", "statement_change_note"):
            if not cleaned.get(name, "").strip():
                self.add_error(name, ValidationError(_("Say this, for people have seen the text.")))


@admin.register(Translation)
class TranslationAdmin(TogetherAdmin, EditorAdmin, OrganizationScopedAdmin):
    form = TranslationForm
    list_display = ["headline", "language", "state_pill", "campaign", "published_at"]
    list_filter = ["language", ("campaign", ScopedRelatedFilter)]
    list_select_related = ["campaign"]
    search_fields = ["headline", "slug"]
    show_facets = admin.ShowFacets.NEVER
    autocomplete_fields = ["campaign"]
    prepopulated_fields = {"slug": ["headline"]}
    view_on_site = False
    actions = None
    fieldsets = [
        (None, {"fields": ["campaign", "language", "headline", "slug"]}),
        (
            _("What people sign"),
            {
                "fields": [
                    "statement_text",
                    "statement_reason",
                    "statement_change_note",
                    "ask",
                    ("lead_in", "call_to_action"),
                ]
            },
        ),
        (_("Opt-in notice"), {"fields": ["notice_text"]}),
        (_("The letter"), {"fields": ["lead_line", "body", "closing"]}),
        (_("Shared links"), {"fields": ["share_title", "share_text"]}),
        (_("What came of it"), {"fields": ["outcome"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Statements, notices and signatures hang on these."""
        return ["campaign", "language", "named_language"] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The language of a saved translation stays, and is shown by its names."""
        if obj is None:
            return self.fieldsets
        first = (None, {"fields": ["campaign", "named_language", "headline", "slug"]})
        return [first, *self.fieldsets[1:]]

    @admin.display(description=_("language"))
    def named_language(self, translation: Translation) -> str:
        return dict(languages())[translation.language]

    def get_inlines(self, request: HttpRequest, obj: Translation | None) -> list[Any]:
        return list(inlines_of(obj))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A page that was public is corrected, never deleted."""
        return super().has_delete_permission(request, obj) and not (obj and obj.published_at)

    @admin.display(description=_("state"), ordering="published_at")
    def state_pill(self, translation: Translation) -> str:
        shown = translation.published_at
        state, word = ("open", _("published")) if shown else ("draft", _("draft"))
        return format_html('<span class="pill" data-state="{}">{}</span>', state, word)

    def beside_the_form(self, obj: Translation, request: HttpRequest) -> dict[str, Any]:
        campaign = obj.campaign
        return {
            "findings": check_translation(obj),
            "translated": campaign,
            "translated_statement": campaign.current_statement(),
            "translated_notice": campaign.current_notice(),
        }

    def save_related(
        self, request: HttpRequest, form: TranslationForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        typed = form.cleaned_data
        revise_translation(
            translation=form.instance,
            statement=typed["statement_text"],
            reason=typed["statement_reason"],
            change_note=typed["statement_change_note"],
            notice=typed["notice_text"],
            author=request.user,  # type: ignore[arg-type]
        )

    def response_add(
        self, request: HttpRequest, obj: Translation, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_publish" in request.POST:
            self._publish(request, obj)
            address = reverse("admin:campaigns_translation_change", args=[obj.pk])
            return HttpResponseRedirect(address)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Translation) -> HttpResponse:
        if "_publish" in request.POST:
            self._publish(request, obj)
            return self.stay(request)
        return super().response_change(request, obj)

    def _publish(self, request: HttpRequest, translation: Translation) -> None:
        try:
            published = translation.publish()
        except CannotPublish as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
            return
        if published:
            self.log_change(request, translation, gettext("Published."))
        messages.success(
            request,
            format_html(
                gettext(
                    'Published: it stands at <a href="{0}">{0}</a> while the campaign is public.'
                ),
                translation.public_url,
            ),
        )
