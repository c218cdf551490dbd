"""Segments in the admin: a list of sentences, and the page where one is put together."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.drafting import Text, keep_saved
from campaigns.models import Organization
from mailings import audience
from mailings.admin.segments.forms import JOINS, Rows, SegmentForm
from mailings.models import Segment
from mailings.segments import BadRules, Rules
from mailings.segments.kinds import KINDS
from mailings.segments.wording import sentence_of


@dataclass(frozen=True)
class Counted:
    """What the page says of the people whom the rules describe."""

    sentence: str
    look: audience.Look | None = None
    trouble: str = ""


@admin.register(Segment)
class SegmentAdmin(OrganizationScopedAdmin):
    list_display = ["name", "sentence", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name"]
    actions = None

    @admin.display(description=gettext_lazy("who that is"))
    def sentence(self, segment: Segment) -> str:
        return in_words(segment)

    def has_delete_permission(self, request: HttpRequest, obj: Segment | None = None) -> bool:
        """A segment that mailings name stays, for their sake."""
        may = super().has_delete_permission(request, obj)
        return may and not (obj and obj.mailings.exists())

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """GET asks for the organization where there are several, then shows an empty form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        own = Organization.objects.visible_to(request.user)
        wanted = request.GET.get("organization", "")
        chosen = own.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 19 else None
        if chosen is None and own.count() == 1:
            chosen = own.get()
        if chosen is None:
            context = self._context(request, _("Whose segment?")) | {"organizations": own}
            return render(request, "admin/mailings/segment/choose.html", context)
        return self._edit(request, Segment(organization=chosen, created_by_id=request.user.pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        segment = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, segment):
            raise PermissionDenied
        if request.method == "POST" and not self.has_change_permission(request, segment):
            raise PermissionDenied
        return self._edit(request, segment)

    def _edit(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        """The page of one segment. Of the buttons of its form one saves."""
        own = segment.organization
        if request.method != "POST":
            form = SegmentForm(instance=segment, organization=own)
            rows = Rows.of_rules(_rules_of(segment), own)
            counted = _counted(form, rows, segment) if segment.pk else None
            return self._show(request, segment, form, rows, counted)
        if "add" in request.POST or "remove" in request.POST:
            return self._with_other_rows(request, segment)
        form = SegmentForm(request.POST, instance=segment, organization=own)
        rows = Rows.of_post(request.POST.dict(), own)
        if not (rows.is_valid() & form.is_valid()):
            return self._show(request, segment, form, rows, status=422)
        if "save" in request.POST:
            return self._save(request, form, rows)
        return self._show(request, segment, form, rows, _counted(form, rows, segment))

    def _with_other_rows(self, request: HttpRequest, segment: Segment) -> HttpResponse:
        """What was typed, one row more or less; nothing is asked of it before it is counted."""
        own, typed = segment.organization, request.POST.dict()
        form = SegmentForm(instance=segment, organization=own, initial=typed)
        rows = Rows.of_post(typed, own, checked=False)
        if "add" in typed and (kind := KINDS.get(typed.get("new_kind", ""))):
            rows.add(kind, typed.get("new_joins", ""), own)
        return self._show(request, segment, form, rows)

    def _save(self, request: HttpRequest, form: SegmentForm, rows: Rows) -> HttpResponse:
        segment: Segment = form.instance
        is_new = segment.pk is None
        before = None if is_new else _text_of(Segment.objects.get(pk=segment.pk))
        try:
            segment.rules = rows.rules().data()
        except BadRules as error:
            form.add_error(None, str(error))
            return self._show(request, segment, form, rows, status=422)
        with transaction.atomic():
            segment.save()
            # Who may approve a mailing to these people is asked of the versions.
            text = Text.of(Segment, segment.pk)
            keep_saved(text, _text_of(segment), by=request.user, before=before)
        said = in_words(segment)
        (self.log_addition if is_new else self.log_change)(request, segment, said)
        messages.success(request, _("Saved: %s") % said)
        return HttpResponseRedirect(reverse("admin:mailings_segment_change", args=[segment.pk]))

    def _show(
        self,
        request: HttpRequest,
        segment: Segment,
        form: SegmentForm,
        rows: Rows,
        counted: Counted | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        title = _("Change segment") if segment.pk else _("Add segment")
        context = self._context(request, title) | {
            "segment": segment,
            "form": form,
            "rows": rows.forms,
            "counted": counted,
            "kinds": KINDS.values(),
            "joins": JOINS,
            "may_save": self.has_change_permission(request, segment),
            "may_delete": bool(segment.pk) and self.has_delete_permission(request, segment),
        }
        return render(request, "admin/mailings/segment/edit.html", context, status=status)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"title": title, "opts": self.opts}


def in_words(segment: Segment) -> str:
    """The segment as one sentence, whatever became of what it names."""
    try:
        return sentence_of(Rules.read(segment.rules), segment.organization, segment.most)
    except BadRules as error:
        return str(error)


def _text_of(segment: Segment) -> dict[str, str]:
    """Whom it means, as its versions keep it."""
    return {"rules": json.dumps(segment.rules, sort_keys=True), "most": str(segment.most or "")}


def _rules_of(segment: Segment) -> Rules:
    try:
        return Rules.read(segment.rules)
    except BadRules:
        return Rules()


def _counted(form: SegmentForm, rows: Rows, segment: Segment) -> Counted:
    """Whom the page describes, how many they are now, and some of them."""
    try:
        rules = rows.rules() if form.is_bound else Rules.read(segment.rules)
    except BadRules as error:
        return Counted("", trouble=str(error))
    said = sentence_of(rules, segment.organization, segment.most)
    scope = form.scope()
    if scope is None:
        return Counted(said, trouble=_("The organization has no kind of mail yet."))
    try:
        described = audience.audience_of_rules(
            rules, scope=scope, most=segment.most, seed=segment.pk or 0
        )
        return Counted(said, audience.look(described))
    except BadRules as error:
        return Counted(said, trouble=str(error))
    except audience.TooSlow as error:
        patience = _("You can save it all the same: a mailing counts with more patience.")
        return Counted(said, trouble=f"{error} {patience}")
