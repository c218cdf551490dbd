"""The pages about one campaign's signatures: how it does, and a wave to reject."""

from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from signatures.addresses import clean_address, email_key
from signatures.admin.acts import ReasonForm, check
from signatures.admin.state_changes import in_words, page_of, work_on
from signatures.guarding.alarms import MINUTES, rates_now
from signatures.models import PaperBatch, Signature
from signatures.staff import funnels, state_changing
from signatures.staff.charts import Chart, bar_chart
from signatures.staff.voiding import MOST_LOOKED_AT, TooWide, Wave, samples


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these pages, under those of signatures."""
    views = {
        "overview": require_safe(partial(overview, model_admin)),
        "wave": partial(wave_page, model_admin),
    }
    return [
        path(
            f"of-campaign/<int:campaign_id>/{name}/",
            model_admin.admin_site.admin_view(view),
            name=f"signatures_campaign_{name}",
        )
        for name, view in views.items()
    ]


def campaign_for(request: HttpRequest, campaign_id: int, *permissions: str) -> Campaign:
    """A campaign of the user's own organizations, else 404; 403 without the permissions."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=campaign_id)
    check(request.user.has_perms(permissions))
    return campaign


def context_of(
    model_admin: admin.ModelAdmin, request: HttpRequest, campaign: Campaign, title: str
) -> dict[str, Any]:
    """What every page about a campaign's signatures shows around itself."""
    may = request.user.has_perm
    return model_admin.admin_site.each_context(request) | {
        "title": title,
        "campaign": campaign,
        "opts": model_admin.opts,
        "may_export": may("signatures.add_export"),
        "may_change_state": may("signatures.add_statechange"),
        "may_see_paper": may("signatures.view_paperbatch"),
    }


# --- how it does


def overview(model_admin: admin.ModelAdmin, request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Numbers, signatures over time, and what became of the newest ones."""
    campaign = campaign_for(request, campaign_id, "signatures.view_signature")
    funnel = funnels.funnel_of(campaign)
    context = context_of(model_admin, request, campaign, _("Signatures")) | {
        "standing": funnels.standing_of_campaign(campaign),
        "paper": PaperBatch.objects.filter(campaign=campaign).total(),
        "funnel": funnel,
        "alarms": _alarms(campaign, funnel),
        "charts": _charts(campaign),
    }
    return render(request, "admin/signatures/overview.html", context)


def _alarms(campaign: Campaign, funnel: funnels.Funnel) -> list[str]:
    """What comes faster than it should right now, in sentences."""
    own_domains = {step.name for step in funnel.domains}
    told = []
    for rate in filter(lambda rate: rate.is_alarming, rates_now()):
        if (rate.kind, rate.name) == ("campaign", campaign.slug):
            told.append(
                _("%(number)s signatures in the last %(minutes)s minutes, %(held)s of them held.")
                % {"number": intcomma(rate.signatures), "minutes": MINUTES, "held": rate.held}
            )
        # How many came to others is not for this campaign's staff to know.
        elif rate.kind == "domain" and rate.name in own_domains:
            told.append(_("Addresses at %s come faster than usual.") % rate.name)
    return told


def _charts(campaign: Campaign) -> list[Chart]:
    hours = [(date_format(hour, "H:i"), counted) for hour, counted in funnels.first_hours(campaign)]
    days = [(date_format(day, "j M"), counted) for day, counted in funnels.per_day(campaign)]
    charts = []
    if len(hours) > 1:
        charts.append(
            bar_chart(
                hours,
                name="hours",
                title=_("The first 24 hours"),
                description=_("How many signatures came to count in each hour, in UTC."),
                heading=_("Hour"),
            )
        )
    if days:
        charts.append(
            bar_chart(
                days,
                name="days",
                title=_("Day by day"),
                description=_("How many signatures came to count on each day, in UTC."),
                heading=_("Day"),
            )
        )
    return charts


# --- a wave to reject

# As browsers send them; with parts of a second, as a wave that was counted says until when.
TIMES = [
    *("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"),
    *("%Y-%m-%d %H:%M", "%Y-%m-%d"),
]


class WaveForm(forms.Form):
    """What holds the signatures of a wave together. `signature` stands for its network."""

    signature = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    domain = forms.CharField(
        label=gettext_lazy("Mail domain"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("What stands behind the @: example.org. Empty for any."),
    )
    since = forms.DateTimeField(
        label=gettext_lazy("Signed since (UTC)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=TIMES,
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Signed before (UTC)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=TIMES,
        help_text=gettext_lazy("Empty for now."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean_domain(self) -> str:
        typed = self.cleaned_data["domain"].strip().rpartition("@")[2]
        if not typed:
            return ""
        try:
            return email_key(clean_address(f"x@{typed}")).rpartition("@")[2]
        except ValidationError as error:
            raise ValidationError(_("Write a domain like example.org.")) from error

    def clean_signature(self) -> bytes:
        """The network of that signature of this campaign."""
        if not (number := self.cleaned_data["signature"]):
            return b""
        same = Signature.objects.filter(campaign=self.campaign, pk=min(number, 2**63 - 1))
        network = same.values_list("network", flat=True).first()
        if not network:
            raise ValidationError(_("No network is known for that signature."))
        return bytes(network)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not self.errors and not any(found.get(key) for key in ("signature", "domain", "since")):
            raise ValidationError(_("Say at least one: a mail domain, or since when."))
        since, until = found.get("since"), found.get("until") or timezone.now()
        if not self.errors and since and since >= until:
            raise ValidationError(
                _("That time ends before it begins: say an earlier “since”, or a later “before”.")
            )
        return found

    def wave(self) -> Wave:
        """What was described, up to now at the latest."""
        found, now = self.cleaned_data, timezone.now()
        return Wave(
            campaign_id=self.campaign.pk,
            network=found["signature"],
            domain=found["domain"],
            since=found["since"],
            until=min(found["until"] or now, now),
        )


class ConfirmForm(ReasonForm):
    """The reason, and the number that the dry run gave, typed again.

    `high` is the last signature that was counted: who signs meanwhile does not go with the wave.
    """

    high = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    count = forms.CharField(
        label=gettext_lazy("Their number"),
        max_length=20,
        help_text=gettext_lazy("Type the number that stands above."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_count(self) -> int:
        digits = self.cleaned_data["count"].translate(dict.fromkeys(map(ord, " ,.'\u00a0\u202f")))
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(_("Type the number that stands above, in digits."))
        return int(digits)


def wave_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, campaign_id: int
) -> HttpResponse:
    """GET describes a wave, counts it and shows samples; POST with that count typed rejects it."""
    campaign = campaign_for(request, campaign_id, "signatures.add_statechange")
    posted = request.method == "POST"
    asked = request.POST if posted else request.GET
    if not posted and "look" not in asked:
        form = WaveForm(initial=asked.dict(), campaign=campaign)
        return _show_wave(model_admin, request, campaign, form)
    form = WaveForm(asked, campaign=campaign)
    if not form.is_valid():
        return _show_wave(model_admin, request, campaign, form)
    wave, confirm = form.wave(), ConfirmForm(request.POST if posted else None)
    agreed = confirm.is_valid()
    if posted:
        wave = replace(wave, high=confirm.cleaned_data.get("high"))
    try:
        if agreed:
            return _reject_wave(model_admin, request, campaign, wave, confirm)
        return _show_wave(model_admin, request, campaign, form, confirm, wave)
    except state_changing.WaveChanged as changed:
        why = _("It is %s now. Nothing was rejected.") % intcomma(changed.count)
        confirm.add_error("count", why)
        return _show_wave(model_admin, request, campaign, form, confirm, wave)
    except TooWide:
        why = _("That reaches over more than %s signatures: narrow the time.")
        form.add_error(None, why % intcomma(MOST_LOOKED_AT))
        return _show_wave(model_admin, request, campaign, form)


def _reject_wave(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    campaign: Campaign,
    wave: Wave,
    confirm: ConfirmForm,
) -> HttpResponse:
    """Reject as many as were counted, and lead to the page where that can be undone.

    Raises WaveChanged and TooWide, and then nothing was rejected.
    """
    change = state_changing.begin_wave(
        wave=wave,
        expected_count=confirm.cleaned_data["count"],
        reason=confirm.cleaned_data["reason"],
        user=request.user,
    )
    model_admin.log_change(request, campaign, _("Rejecting a wave: %s") % in_words(wave))
    work_on(request, change)
    return HttpResponseRedirect(page_of(change))


def _show_wave(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    campaign: Campaign,
    form: WaveForm,
    confirm: ConfirmForm | None = None,
    wave: Wave | None = None,
) -> HttpResponse:
    context = context_of(model_admin, request, campaign, _("Reject a wave")) | {
        "form": form,
        "confirm": confirm,
    }
    if wave:
        ids = wave.signature_ids()
        if confirm and ids:
            confirm.initial["high"] = ids[-1]
        context |= {
            "count": len(ids),
            "words": in_words(wave),
            "samples": samples(ids),
            "until": wave.until.strftime(TIMES[2]),
        }
    wrong = form.is_bound and form.errors or confirm and confirm.errors
    return render(request, "admin/signatures/wave.html", context, status=422 if wrong else 200)
