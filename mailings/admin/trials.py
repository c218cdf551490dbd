"""Trials of several texts: set up beside a draft, and read when they have been decided."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.editor import BodyField
from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.admin.composing import COUNTED, NAMED, WORDS, MailBodyWidget, refuse_bad_lines
from mailings.lacking import campaign_of
from mailings.models import Mailing, Trial, TrialText
from mailings.models.trial import FIRST_ARM, MOST_ARMS
from mailings.trials.figures import arms_of, could_be_chance
from mailings.writing import may_edit


class TrialTextForm(forms.ModelForm):
    body = BodyField(label=_("Text"), required=False, widget=MailBodyWidget)

    class Meta:
        model = TrialText
        fields = [*WORDS]
        widgets = COUNTED
        help_texts = NAMED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].required = False

    @property
    def says_something(self) -> bool:
        """Whether any of its words are its own."""
        return any(self.cleaned_data.get(name) for name in WORDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_bad_lines(self)
        return cleaned


class TrialTextFormSet(forms.BaseInlineFormSet):
    """A trial has something to try: another text, with words of its own."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        written: list[Any] = [*self.initial_forms]
        written += [form for form in self.extra_forms if form.has_changed()]
        kept = [form for form in written if not form.cleaned_data.get(DELETION_FIELD_NAME)]
        if not any(form.says_something for form in kept):
            raise forms.ValidationError(
                _("Write at least one other text: another subject is enough.")
            )
        for form in kept:
            if not form.says_something:
                form.add_error("subject", _("This text says nothing of its own: delete it."))


class TrialTextInline(admin.StackedInline):
    model = TrialText
    form = TrialTextForm
    formset = TrialTextFormSet
    extra = 1
    max_num = MOST_ARMS - FIRST_ARM
    verbose_name = _("other text")
    verbose_name_plural = _("other texts: what is left empty is as in the mailing")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or may_edit(request.user, obj.mailing)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Trial)
class TrialAdmin(OrganizationScopedAdmin):
    fields = ["of_mailing", "share", "hours", "measure"]
    readonly_fields = ["of_mailing"]
    list_display = ["mailing", "share", "measure", "decided_at"]
    list_select_related = ["mailing"]
    inlines = [TrialTextInline]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A trial begins beside a draft, whose number is in the address."""
        return super().has_add_permission(request) and "mailing" in request.GET

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What goes out is not changed any more."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_edit(request.user, obj.mailing))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or may_edit(request.user, obj.mailing))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Clicks decide only where they are counted."""
        form = super().get_form(request, obj, change, **kwargs)
        mailing = obj.mailing if obj else self._draft(request)
        measure: Any = form.base_fields.get("measure")
        if measure and not mailing.organization.counts_clicks:
            measure.choices = [one for one in measure.choices if one[0] != Trial.Measure.CLICKS]
        return form

    @admin.display(description=_("mailing"))
    def of_mailing(self, trial: Trial) -> str:
        if not trial.pk:
            return ""
        address = reverse("admin:mailings_mailing_change", args=[trial.mailing_id])
        return format_html('<a href="{}">{}</a>', address, trial.mailing)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A trial begins beside a draft, and a draft has one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        mailing = self._draft(request)
        if existing := Trial.objects.filter(mailing=mailing).first():
            address = reverse("admin:mailings_trial_change", args=[existing.pk])
            return HttpResponseRedirect(address)
        if mailing.translations.exists():
            messages.error(request, _("A trial is in one language, and this mailing has several."))
            address = reverse("admin:mailings_mailing_change", args=[mailing.pk])
            return HttpResponseRedirect(address)
        return super().add_view(request, form_url, extra_context)

    def _draft(self, request: HttpRequest) -> Mailing:
        number = request.GET.get("mailing", "")
        if not (number.isascii() and number.isdigit()) or len(number) > 18:
            raise Http404
        mailing = get_object_or_404(Mailing.objects.visible_to(request.user), pk=int(number))
        tries = mailing.kind in (Mailing.Kind.UPDATE, Mailing.Kind.ASK)
        if not tries or not may_edit(request.user, mailing):
            raise PermissionDenied
        return mailing

    def save_model(self, request: HttpRequest, obj: Trial, form: Any, change: bool) -> None:
        if not change:
            obj.mailing = self._draft(request)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Other words are an edit of the mailing: they void its proof, and who wrote them cannot
        be the second person who approves it."""
        if not change or form.changed_data or any(each.has_changed() for each in formsets):
            _edit(request, form.instance.mailing)
        super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Trial) -> None:
        _edit(request, obj.mailing)
        super().delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Texts are numbered in the order in which they were written."""
        texts = formset.save(commit=False)
        for gone in formset.deleted_objects:
            gone.delete()
        taken = set(form.instance.texts.values_list("number", flat=True))
        free = (n for n in range(FIRST_ARM + 1, MOST_ARMS + 1) if n not in taken)
        for text in texts:
            text.number = text.number or next(free)
            text.save()

    def response_add(
        self, request: HttpRequest, obj: Trial, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_the_mailing(request, obj)

    def response_change(self, request: HttpRequest, obj: Trial) -> HttpResponse:
        return self._to_the_mailing(request, obj)

    def _to_the_mailing(self, request: HttpRequest, trial: Trial) -> HttpResponse:
        messages.success(request, _("Saved. Send yourself a proof: it shows every text."))
        return HttpResponseRedirect(
            reverse("admin:mailings_mailing_change", args=[trial.mailing_id])
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        trial = kwargs.get("obj")
        context["show_save_and_add_another"] = False
        # The editor's import map is an inline script: it needs the nonce of this response.
        context["media"] = context["media"].with_nonce(request.csp_nonce)  # type: ignore[attr-defined]
        _offer_sources(context, trial.mailing if trial else self._draft(request))
        if trial and trial.mailing.started_at:
            arms = arms_of(trial)
            context |= {"arms": arms, "by_chance": could_be_chance(arms, trial.measure)}
        return super().render_change_form(request, context, *args, **kwargs)


def _edit(request: HttpRequest, mailing: Mailing) -> None:
    """Raises PermissionDenied, which takes back all of the save, when it is no draft any more."""
    if not mailing.edit(by=request.user):
        raise PermissionDenied


def _offer_sources(context: dict[str, Any], mailing: Mailing) -> None:
    """Let the editor of each text offer the sources of the campaign that the mailing is about."""
    for formset in context["inline_admin_formsets"]:
        for form in formset.formset.forms:
            if body := form.fields.get("body"):
                body.widget.campaign = campaign_of(mailing)
