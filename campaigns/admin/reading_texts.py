"""“New from text”: paste a page or a mail, look at what was understood, make a draft of it."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from campaigns.importing.creating import create_campaign, find_campaign
from campaigns.importing.draft import CampaignDraft, NotAPetition, Part
from campaigns.importing.owning import for_organization
from campaigns.importing.parsing import parse_campaign
from campaigns.importing.reading import decode, tidy
from campaigns.importing.reviewing import review
from campaigns.models import Organization
from campaigns.text.sanitising import TextTooLong

LINE = "line-"


class FromTextForm(forms.Form):
    """A text, pasted or from a file, and whose campaign it is to be."""

    organization = forms.ModelChoiceField(
        label=_("Organization"), queryset=Organization.objects.none()
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField pasted", "rows": 18}),
        help_text=_(
            "A whole page or mail, from its headline to its sources. Plain text, Markdown and HTML"
            " are read; menus, share buttons and mail footers are recognised and left out."
        ),
    )
    file = forms.FileField(
        label=_("or a file"),
        required=False,
        help_text=_("Text, Markdown or HTML. It is put into the field above."),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organization.objects.visible_to(user)
        field = self.fields["organization"]
        field.queryset = own  # type: ignore[attr-defined]
        if len(first := list(own[:2])) == 1:
            field.initial, field.widget = first[0], forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            try:
                cleaned["text"] = decode(file.read())
            except NotAPetition as error:
                self.add_error("file", str(error))
        elif not cleaned.get("text", "").strip():
            self.add_error("text", _("Paste a text, or choose a file."))
        return cleaned


class FromTextPage:
    """The page, for the admin of campaigns."""

    def __init__(self, of: admin.ModelAdmin) -> None:
        self._admin = of

    def answer(self, request: HttpRequest) -> HttpResponse:
        """A form; posted, what was understood; posted with `_create`, the draft."""
        if not self._admin.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, FromTextForm(request.user))
        form = FromTextForm(request.user, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        text, organization = form.cleaned_data["text"], form.cleaned_data["organization"]
        try:
            draft = for_organization(_read(request, text), organization)
            if "_create" in request.POST:
                return self._create(request, draft, organization)
        except ValidationError as error:
            return self._page(request, form, problems=_in_words(error), text=text)
        except (NotAPetition, TextTooLong) as error:
            return self._page(request, form, problems=[str(error)], text=text)
        return self._review(request, form, draft)

    def _review(
        self, request: HttpRequest, form: FromTextForm, draft: CampaignDraft
    ) -> HttpResponse:
        text, organization = form.cleaned_data["text"], form.cleaned_data["organization"]
        return self._page(
            request,
            form,
            text=text,
            review=review(draft),
            draft=draft,
            known=find_campaign(draft, organization),
            organization=organization,
            choices=Part.choices,
            digest=_digest(text),
        )

    def _create(
        self, request: HttpRequest, draft: CampaignDraft, organization: Organization
    ) -> HttpResponse:
        imported = create_campaign(draft=draft, organization=organization)
        campaign = imported.campaign
        if imported.created:
            self._admin.log_addition(request, campaign, gettext("Made from a text."))
            count = review(draft).unsure
            said = ngettext(
                "A draft was made from the text; %(count)s thing in it was unsure.",
                "A draft was made from the text; %(count)s things in it were unsure.",
                count,
            )
            messages.success(request, said % {"count": count})
        else:
            messages.info(request, gettext("This petition is here already; nothing was changed."))
        url = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
        return HttpResponseRedirect(url)

    def _page(
        self,
        request: HttpRequest,
        form: FromTextForm,
        *,
        text: str | None = None,
        problems: list[str] | None = None,
        **context: Any,
    ) -> HttpResponse:
        if text is not None:
            # What a file held stands in the field from now on, to be looked at and mended.
            form.data = {**dict(form.data.items()), "text": text}
        context |= {
            **self._admin.admin_site.each_context(request),
            "title": gettext("New from text"),
            "opts": self._admin.opts,
            "form": form,
            "problems": problems or [],
        }
        return TemplateResponse(request, "admin/campaigns/campaign/from_text.html", context)


def _read(request: HttpRequest, text: str) -> CampaignDraft:
    """The draft, with what somebody set right; a text that was changed is read afresh."""
    insist = "_insist" in request.POST or request.POST.get("insist") == "1"
    draft = parse_campaign(text, insist=insist)
    if request.POST.get("digest") != _digest(text):
        return draft
    chosen = {
        index: Part(said)
        for index, placed in enumerate(draft.placed)
        if (said := request.POST.get(f"{LINE}{index}")) in Part.values and said != placed.part
    }
    return parse_campaign(text, chosen=chosen, insist=insist) if chosen else draft


def _digest(text: str) -> str:
    return hashlib.sha256(tidy(text).encode()).hexdigest()[:16]


def _in_words(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    return [f"{part}: {' '.join(messages)}" for part, messages in error.message_dict.items()]
