"""What staff may do to signatures that they tick: each act asks why, then calls one function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures.models import Signature
from signatures.staff import state_changing
from signatures.staff.looking_back import Window

MOST_CHOSEN = state_changing.MOST_CHOSEN
SHOWN = 20


@dataclass(frozen=True)
class Act:
    """A button's word, what it does, and which function does it."""

    title: Any
    meaning: Any
    run: Callable[..., state_changing.Done]


ACTS = {
    "reject": Act(
        gettext_lazy("Reject"),
        gettext_lazy(
            "They no longer count or wait, and the mail that they began ends. You can restore them."
        ),
        state_changing.reject,
    ),
    "restore": Act(
        gettext_lazy("Restore"),
        gettext_lazy(
            "Those that staff rejected stand again where they stood. What its owner disowned stays"
            " rejected."
        ),
        state_changing.restore,
    ),
    "count": Act(
        gettext_lazy("Count"),
        gettext_lazy("Those that are held count from now on, on your word."),
        state_changing.count_held,
    ),
}


class ReasonForm(forms.Form):
    """Why: kept with what is done."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Kept with the change, for whoever asks later."),
    )


def check(allowed: bool) -> None:
    """Raises PermissionDenied unless allowed."""
    if not allowed:
        raise PermissionDenied


def ask_or_act(
    act: str,
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    chosen: QuerySet[Signature],
    alone: Signature | None = None,
) -> HttpResponse:
    """The page that asks for a reason; once that is given, the act, and back to where one was."""
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
    back = _back_to(request, alone)
    if len(ids) > MOST_CHOSEN:
        told = _("Choose at most %s at once, or reject a wave from the campaign's page.")
        messages.error(request, told % intcomma(MOST_CHOSEN))
        return HttpResponseRedirect(back)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        done = ACTS[act].run(
            signature_ids=ids, reason=form.cleaned_data["reason"], user=request.user
        )
        _log(request, chosen, done, ACTS[act])
        _tell(request, done)
        return HttpResponseRedirect(back)
    shown = Signature.objects.filter(pk__in=ids).select_related("supporter", "campaign")
    context = model_admin.admin_site.each_context(request) | {
        "title": ACTS[act].title,
        "meaning": ACTS[act].meaning,
        "form": form,
        "opts": model_admin.opts,
        "ids": ids,
        "shown": shown.order_by("-pk")[:SHOWN],
        "action": request.POST.get("action"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": back,
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/signatures/ask_reason.html", context, status=status)


def note_of(found: Window) -> str:
    """That a list leaves older ones out, and how to see them."""
    return _("The newest %s are looked at: choose a campaign or a time to see older ones.") % (
        intcomma(found.looked_at)
    )


def _back_to(request: HttpRequest, alone: Signature | None) -> str:
    if alone:
        return reverse("admin:signatures_signature_change", args=[alone.pk])
    return request.get_full_path()


def _tell(request: HttpRequest, done: state_changing.Done) -> None:
    if done.moved:
        told = ngettext(
            "%s signature was moved, and the count with it.",
            "%s signatures were moved, and the count with them.",
            done.moved,
        )
        messages.success(request, told % intcomma(done.moved))
    if done.left:
        told = ngettext(
            "%s signature stays as it is: it does not stand where this could move it from.",
            "%s signatures stay as they are: they do not stand where this could move them from.",
            done.left,
        )
        messages.warning(request, told % intcomma(done.left))


def _log(
    request: HttpRequest, chosen: QuerySet[Signature], done: state_changing.Done, act: Act
) -> None:
    """One line in the history of each signature that moved."""
    if not done.moved:
        return
    moved = chosen.model._default_manager.filter(changes__change__in=done.changes)
    words = f"{act.title}: {done.changes[0].reason}"
    LogEntry.objects.log_actions(request.user.pk or 0, moved, CHANGE, words)
