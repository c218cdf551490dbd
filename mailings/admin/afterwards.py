"""Pages about a mailing that has gone out: who else may get it, and why somebody did or did not."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mailings import audience
from mailings.admin.whom import PATIENCE
from mailings.clock import database_now
from mailings.composing import CannotBeSent
from mailings.explaining import why
from mailings.models import CatchUp, Mailing
from mailings.scheduling import asks_for_number, second_catch_up
from mailings.seconding import (
    MAY_APPROVE,
    asks_for_second_person,
    may_second_catch_up,
    who_may_second_catch_up,
)
from mailings.segments import BadRules
from signatures.admin.looking_up import people_at
from signatures.models import Supporter

# Who gets a mailing after so many days is told how old it is, and so is who would send it.
STILL_NEWS = 30
View = Callable[..., HttpResponse]
_METHODS: dict[str, Callable[[View], View]] = {
    "catch_up": require_http_methods(["GET", "HEAD", "POST"]),
    "take_back_catch_up": require_POST,
    "second_catch_up": require_POST,
    "why": require_http_methods(["GET", "HEAD", "POST"]),
}


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of these pages, under those of mailings."""
    views: list[tuple[str, View, str]] = [
        ("catch-up/", catch_up_page, "catch_up"),
        ("catch-up/take-back/", take_back, "take_back_catch_up"),
        ("catch-up/second/", second, "second_catch_up"),
        ("why/", why_page, "why"),
    ]
    return [
        path(
            f"<int:mailing_id>/{route}",
            model_admin.admin_site.admin_view(
                _METHODS[name](partial(_of_mailing, view, model_admin))
            ),
            name=f"mailings_mailing_{name}",
        )
        for route, view, name in views
    ]


def _of_mailing(
    view: View, model_admin: admin.ModelAdmin, request: HttpRequest, mailing_id: int
) -> HttpResponse:
    """The mailing is one of the user's own organizations; else 404, or 403 without permission."""
    mailing = get_object_or_404(model_admin.get_queryset(request), pk=mailing_id)
    if not model_admin.has_view_permission(request, mailing):
        raise PermissionDenied
    return view(model_admin, request, mailing)


def _context(model_admin: admin.ModelAdmin, request: HttpRequest, mailing: Mailing) -> Any:
    return model_admin.admin_site.each_context(request) | {
        "mailing": mailing,
        "opts": model_admin.opts,
    }


class CatchUpForm(forms.Form):
    """The number on the button, and the same typed where it is asked for."""

    count = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    typed = forms.CharField(
        label=gettext_lazy("Their number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Type the number that stands above."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_typed(self) -> int | None:
        digits = self.cleaned_data["typed"].translate(dict.fromkeys(map(ord, " ,.'\u00a0\u202f")))
        return int(digits) if digits.isascii() and digits.isdigit() else None


def catch_up_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, mailing: Mailing
) -> HttpResponse:
    """GET counts those who have not got it; POST with that count brings it to them."""
    may = request.user.has_perm("mailings.send_mailing")
    if request.method == "POST" and not may:
        raise PermissionDenied
    trouble, count = "", 0
    try:
        if audience.can_be_caught_up(mailing):
            count = audience.catch_up_count(mailing, patience=PATIENCE)
    except (BadRules, audience.TooSlow) as error:
        trouble = str(error)
    form = CatchUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not trouble:
        trouble = _refusal(form, mailing, count)
        if not trouble and (said := _begun(request, mailing, form.cleaned_data["count"])):
            model_admin.log_change(request, mailing, said)
            messages.success(request, said)
            return _back_to(mailing)
    context = _context(model_admin, request, mailing) | {
        "title": _("Catch up"),
        "can": audience.can_be_caught_up(mailing),
        **about_open_catch_up(mailing, request),
        "asks_for_second": asks_for_second_person(mailing, count),
        "days_old": days_since_it_went_out(mailing),
        "last": mailing.catch_ups.exclude(finished_at=None).first(),
        "count": count,
        "typed": asks_for_number(mailing, count),
        "trouble": trouble,
        "form": form,
        "may_change": may,
    }
    status = 422 if trouble and form.is_bound else 200
    return render(request, "admin/mailings/mailing/catch_up.html", context, status=status)


def _begun(request: HttpRequest, mailing: Mailing, count: int) -> str:
    """Ask for the catch-up; what to tell who asked, empty when another one is open."""
    catch_up = audience.begin_catch_up(mailing=mailing, user=request.user, counted=count)
    if catch_up is None:
        return ""
    if catch_up.waits:
        said = _("Asked for: %s people. It waits until somebody else approves it.")
    else:
        said = _("Catching up %s people after the hold.")
    return said % intcomma(count)


def _refusal(form: CatchUpForm, mailing: Mailing, count: int) -> str:
    """Why the catch-up that was asked for does not begin; empty when nothing speaks against it."""
    if not form.is_valid():
        return _("Press the button that says how many people get it.")
    shown = form.cleaned_data["count"]
    if abs(count - shown) > shown // 100:
        return _("Their number has changed since you looked. It stands above: look again.")
    if asks_for_number(mailing, count) and form.cleaned_data["typed"] != shown:
        return _("Type the number of people who get it: %s.") % intcomma(shown)
    return ""


def about_open_catch_up(mailing: Mailing, request: HttpRequest) -> dict[str, Any]:
    """`open`, the catch-up that waits or runs, who may approve it, and whether the user may."""
    catch_up = mailing.catch_ups.open().first()
    if catch_up is None or not catch_up.waits:
        return {"open": catch_up}
    may = request.user.has_perm(MAY_APPROVE) and may_second_catch_up(catch_up, request.user)
    others = who_may_second_catch_up(catch_up)
    days = days_since_it_went_out(mailing)
    return {"open": catch_up, "may_second": may, "others": others, "days_old": days}


def days_since_it_went_out(mailing: Mailing) -> int:
    """How many days old it is; 0 for one so young that it is still news."""
    days = (database_now() - mailing.started_at).days if mailing.started_at else 0
    return days if days > STILL_NEWS else 0


def second(model_admin: admin.ModelAdmin, request: HttpRequest, mailing: Mailing) -> HttpResponse:
    """Approve the catch-up whose number stood on the button, as its second person."""
    if not request.user.has_perm(MAY_APPROVE):
        raise PermissionDenied
    shown = request.POST.get("catch_up", "")
    waiting = next((each for each in mailing.catch_ups.open() if str(each.pk) == shown), None)
    try:
        if waiting and second_catch_up(catch_up=waiting, user=request.user):
            said = _("Approved: %s people get it after the hold.") % intcomma(waiting.counted)
            model_admin.log_change(request, mailing, said)
            messages.success(request, said)
        else:
            messages.error(
                request, _("This catch-up waits for nobody's word any more: look again.")
            )
    except CannotBeSent as error:
        messages.error(request, str(error))
    return _back_to(mailing)


def take_back(
    model_admin: admin.ModelAdmin, request: HttpRequest, mailing: Mailing
) -> HttpResponse:
    """Take back the catch-up that waits."""
    if not request.user.has_perm("mailings.send_mailing"):
        raise PermissionDenied
    waiting: CatchUp | None = mailing.catch_ups.open().first()
    if waiting and waiting.take_back(by=request.user):
        said = _("Taken back: nobody else gets it.")
        model_admin.log_change(request, mailing, said)
        messages.success(request, said)
    else:
        messages.error(request, _("Too late to take it back."))
    return _back_to(mailing)


def why_page(model_admin: admin.ModelAdmin, request: HttpRequest, mailing: Mailing) -> HttpResponse:
    """“Why did, or didn't, this person get this?”, for an address that is typed.

    It is posted, and the answer goes by the person's number: addresses of pages are kept in logs.
    """
    own = Supporter.objects.visible_to(request.user)
    address = request.POST.get("address", "").strip()[:254]
    if address:
        found = own.filter(pk__in=people_at(address)).first()
        if found:
            page = reverse("admin:mailings_mailing_why", args=[mailing.pk])
            return HttpResponseRedirect(f"{page}?person={found.pk}")
    asked = request.GET.get("person", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 19
    supporter = own.filter(pk=int(asked)).first() if known and not address else None
    context = _context(model_admin, request, mailing) | {
        "title": _("Why did they, or did they not, get it?"),
        "address": supporter.email if supporter else address,
        "is_to_come": mailing.started_at is None and mailing.state != Mailing.State.CANCELLED,
        "supporter": supporter,
        "answer": why(mailing=mailing, supporter=supporter) if supporter else None,
    }
    status = 422 if address else 200
    return render(request, "admin/mailings/mailing/why.html", context, status=status)


def _back_to(mailing: Mailing) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:mailings_mailing_change", args=[mailing.pk]))
