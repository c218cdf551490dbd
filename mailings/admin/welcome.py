"""The welcome series of each scope: what newcomers get, and after how many days."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.admin.editing import EditorAdmin
from campaigns.admin.editor import BodyField
from campaigns.admin.scoping import OrganizationScopedAdmin
from mailings.admin.composing import MailBodyWidget, refuse_bad_lines
from mailings.models import Mailing, WelcomeStep
from mailings.welcoming.starting import draft_step, is_for_many
from mailings.writing import may_edit, may_write


class WelcomeStepForm(forms.ModelForm):
    """A step and the words of its mailing, which are its own while the step is no draft."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField", "data-count": "50"}),
    )
    preheader = forms.CharField(
        label=_("Preheader"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField", "data-count": "90"}),
    )
    body = BodyField(label=_("Text"), widget=MailBodyWidget)

    class Meta:
        model = WelcomeStep
        fields = ["scope", "days"]

    WORDS = ("subject", "preheader", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.WORDS:
                if name in self.fields:
                    self.fields[name].initial = getattr(self.instance.mailing, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_bad_lines(self)
        return cleaned

    @property
    def words(self) -> dict[str, str]:
        """What was typed, as fields of the mailing."""
        return {name: self.cleaned_data[name] for name in self.WORDS if name in self.cleaned_data}


@admin.register(WelcomeStep)
class WelcomeStepAdmin(EditorAdmin, OrganizationScopedAdmin):
    form = WelcomeStepForm
    list_display = ["step", "subject", "state_pill", "people"]
    list_select_related = ["scope__organization", "mailing"]
    actions = None

    def campaign_of(self, obj: Any) -> None:
        """A welcome is about no campaign."""

    def get_fields(self, request: HttpRequest, obj: WelcomeStep | None = None) -> list[Any]:
        words = list(WelcomeStepForm.WORDS)
        if obj and not obj.mailing.is_editable:
            words = ["told_subject"]
        return ["scope", "days", *words, *(["sending"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["scope", "days", "told_subject", "sending"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        welcome = Mailing(kind=Mailing.Kind.WELCOME)
        return super().has_add_permission(request) and may_write(request.user, welcome)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its words are those of its mailing, on this page as on that one."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_write(request.user, obj.mailing))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what nobody got leaves no trace."""
        may = super().has_delete_permission(request, obj) and obj is not None
        return may and not obj.mailing.started_at and may_edit(request.user, obj.mailing)

    def delete_model(self, request: HttpRequest, obj: WelcomeStep) -> None:
        obj.mailing.delete()

    def save_model(self, request: HttpRequest, obj: WelcomeStep, form: Any, change: bool) -> None:
        if not change:
            step = draft_step(scope=obj.scope, days=obj.days, user=request.user, **form.words)
            obj.pk, obj.mailing = step.pk, step.mailing
        elif form.words and not obj.mailing.edit(by=request.user, **form.words):
            messages.error(request, _("It is on: pause it and take it out before you reword it."))

    def response_add(
        self, request: HttpRequest, obj: WelcomeStep, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._to_the_mailing(obj)

    def response_change(self, request: HttpRequest, obj: WelcomeStep) -> HttpResponse:
        if "_continue" in request.POST:
            return super().response_change(request, obj)
        return self._to_the_mailing(obj)

    def _to_the_mailing(self, step: WelcomeStep) -> HttpResponse:
        """Where it is looked at, proofed and switched on."""
        return HttpResponseRedirect(
            reverse("admin:mailings_mailing_change", args=[step.mailing_id])
        )

    @admin.display(description=_("step"), ordering="days")
    def step(self, step: WelcomeStep) -> str:
        return str(step)

    @admin.display(description=_("subject"))
    def subject(self, step: WelcomeStep) -> str:
        return step.mailing.subject

    told_subject = subject

    @admin.display(description=_("state"))
    def state_pill(self, step: WelcomeStep) -> str:
        state = step.mailing.state
        word = _("on") if state == Mailing.State.SENDING else step.mailing.get_state_display()
        return format_html('<span class="pill" data-state="{}">{}</span>', state, word)

    @admin.display(description=_("people"), ordering="mailing__audience_size")
    def people(self, step: WelcomeStep) -> str:
        return intcomma(step.mailing.audience_size)

    @admin.display(description=_("sending"))
    def sending(self, step: WelcomeStep) -> str:
        address = reverse("admin:mailings_mailing_change", args=[step.mailing_id])
        link = format_html('<a href="{}">{}</a>', address, _("Proof it, switch it on or off"))
        if not is_for_many(step.mailing):
            return link
        return format_html("{} · {}", link, _("Somebody who did not write it switches it on."))
