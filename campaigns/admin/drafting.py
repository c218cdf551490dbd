"""An editor that loses nothing: it keeps what is typed, numbers what is saved, knows who edits.

A change page whose admin is a `DraftingAdmin` and whose form a `DraftedForm` has all of it. Without
JavaScript nothing is kept while it is typed; versions, the lock and its refusals work the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin.editing import EditorAdmin
from campaigns.admin.texts import Stretch, compare
from campaigns.drafting import (
    NEW,
    Text,
    claim,
    keep_saved,
    keep_typed,
    other_editor,
    release,
    take_over,
)
from campaigns.models import TextVersion
from campaigns.text.vocabulary import MAX_BODY

# More than a body and the lines round it can have, however they are typed.
MOST_TYPED = 2 * MAX_BODY


class DraftedForm(forms.ModelForm):
    """Refuses to save over what somebody else saved or edits; everything typed stays in it."""

    editor: Any = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and self.editor:
            text = Text.of(self._meta.model, self.instance.pk)
            self._refuse_beside_another(text)
            self._refuse_over_another(text)
        return cleaned

    def _refuse_beside_another(self, text: Text) -> None:
        if not claim(text, by=self.editor) and (other := other_editor(text, than=self.editor)):
            raise forms.ValidationError(
                _("%(user)s is editing this now. Take over, or ask first: nothing is lost here.")
                % {"user": other.user}
            )

    def _refuse_over_another(self, text: Text) -> None:
        """The page that answers names the newest version, so saving again is a decision."""
        base, newest = str(self.data.get("base", "")), text.saved().first()
        if newest and base.isdecimal() and int(base) < newest.number:
            raise forms.ValidationError(
                _(
                    "%(user)s saved another version at %(time)s, after you had opened this one."
                    " Look at it among the versions; saving again puts yours in its place."
                )
                % {"user": newest.author, "time": date_format(newest.at, "H:i")}
            )


@dataclass(frozen=True)
class ShownVersion:
    """A version with what became of each field since the one before."""

    version: TextVersion
    fields: list[tuple[str, list[Stretch]]]


class DraftingAdmin(EditorAdmin):
    """Its `form` is a DraftedForm; `drafted` are the fields that make up the text.

    `chosen_at_first` are those that a new one chooses besides, by number, and that stay. Its
    template extends `admin/campaigns/drafting/change_form.html`.
    """

    drafted: ClassVar[list[str]]
    chosen_at_first: ClassVar[list[str]] = []

    class Media:
        js = [Script("campaigns/drafting.js", defer=True)]

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("<int:text_id>/typed/", self.typed_view, "typed"),
            ("<int:text_id>/versions/", self.versions_view, "versions"),
            ("<int:text_id>/take-over/", self.take_over_view, "take_over"),
        ]
        wrap = self.admin_site.admin_view
        return [
            path(route, wrap(view), name=self._url_name(name)) for route, view, name in own
        ] + super().get_urls()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.editor = request.user
        return form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if self.may_write(request, obj):
            context["drafting"] = self._drafting(request, context["adminform"].form, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self.keep_version(request, obj, form, change)

    def keep_version(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Number what was saved. What a new text had as a draft is forgotten."""
        text = Text.of(self.model, obj.pk)
        now = {name: _as_text(getattr(obj, name)) for name in self.drafted}
        before = {name: _as_text(form.initial.get(name, "")) for name in self.drafted}
        keep_saved(text, now, by=request.user, before=before if change else None)
        release(text, by=request.user)
        if not change:
            self._begun_by(request).discard_typed(by=request.user)

    def may_write(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the user may write this text, or with None a new one, as things stand."""
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    # --- views of our own

    @method_decorator(require_POST)
    def typed_view(self, request: HttpRequest, text_id: int) -> JsonResponse:
        """Keeps what is in the editor, and says who else is at it."""
        text = self._text(request, text_id)
        typed = {name: request.POST.get(name, "") for name in self.drafted}
        if text.is_new:
            typed |= {name: _number(request.POST.get(name, "")) for name in self.chosen_at_first}
        if sum(map(len, typed.values())) > MOST_TYPED:
            return JsonResponse({"problem": _("This is too long to be kept.")}, status=413)
        kept = keep_typed(text, typed, by=request.user)
        other = None
        if not text.is_new and not claim(text, by=request.user):
            other = other_editor(text, than=request.user)
        at = date_format(kept.at, "H:i")
        said = _("Kept at %(time)s, not saved yet.") % {"time": at}
        if other:
            sentence = _("Kept at %(time)s. %(user)s is editing this too.")
            said = sentence % {"time": at, "user": other.user}
        return JsonResponse({"said": said, "other": bool(other)})

    @method_decorator(require_GET)
    def versions_view(self, request: HttpRequest, text_id: int) -> HttpResponse:
        """Every version with what changed, and links that put one into the editor."""
        text = self._text(request, text_id)
        context = self.admin_site.each_context(request) | {
            "title": _("Versions"),
            "opts": self.opts,
            "text": self.get_object(request, str(text_id)),
            "typed": text.typed_by(request.user),
            "versions": list(self._compared(text)),
            "change_url": self._url("change", text_id),
        }
        return render(request, "admin/campaigns/drafting/versions.html", context)

    @method_decorator(require_POST)
    def take_over_view(self, request: HttpRequest, text_id: int) -> HttpResponse:
        """From now on the user edits the text; whoever did is told so."""
        take_over(self._text(request, text_id), by=request.user)
        return HttpResponseRedirect(self._url("change", text_id))

    # --- what they share

    def _text(self, request: HttpRequest, text_id: int) -> Text:
        """The text, of the user's own organizations; else 404, or 403 without the permission."""
        obj = None if text_id == NEW else self.get_object(request, str(text_id))
        if not self.may_write(request, obj):
            raise PermissionDenied
        return self._begun_by(request) if obj is None else Text.of(self.model, text_id)

    def _begun_by(self, request: HttpRequest) -> Text:
        """The new text that is written at this address."""
        return Text.begun_at(self.model, _place(request))

    def _drafting(self, request: HttpRequest, form: Any, obj: Any) -> dict[str, Any]:
        """What the change page shows of it; an asked-for version stands in the unsent form."""
        text = Text.of(self.model, obj.pk) if obj else self._begun_by(request)
        shown = self._asked_for(request, text)
        if shown and not form.is_bound:
            form.initial |= shown.fields
        newest = text.saved().first()
        typed = text.typed_by(request.user)
        is_behind = typed and (newest is None or typed.at > newest.at)
        return {
            "base": newest.number if newest else 0,
            "names": " ".join(self.drafted if obj else [*self.drafted, *self.chosen_at_first]),
            "shown": shown,
            "typed": typed if is_behind and not form.is_bound and typed != shown else None,
            "other": other_editor(text, than=request.user) if obj else None,
            "typed_url": self._typed_url(request, obj),
            "put_back_url": _with(_place(request) if obj is None else "", "version=typed"),
            "versions_url": self._url("versions", text.pk) if newest else "",
            "take_over_url": self._url("take_over", text.pk) if obj else "",
        }

    def _typed_url(self, request: HttpRequest, obj: Any) -> str:
        """Where what is typed is kept; for a new text it ends as the address of its page does."""
        url = self._url("typed", obj.pk if obj else NEW)
        return url if obj else url + _with(_place(request))

    def _asked_for(self, request: HttpRequest, text: Text) -> TextVersion | None:
        number = request.GET.get("version", "")
        if number == "typed":
            return text.typed_by(request.user)
        known = number.isascii() and number.isdecimal() and len(number) < 9
        return text.saved().filter(number=int(number)).first() if known else None

    def _compared(self, text: Text) -> Iterator[ShownVersion]:
        """The versions, newest first, each with what it changed."""
        rows = list(text.saved())
        for row, before in zip(rows, [*rows[1:], None], strict=True):
            fields = []
            for name in self.drafted:
                now, then = (
                    _words(each.fields.get(name, "")) if each else "" for each in (row, before)
                )
                if now != then:
                    label = str(self.model._meta.get_field(name).verbose_name)
                    whole = [Stretch("same", now)]
                    fields.append((label, list(compare(then, now)) if before else whole))
            yield ShownVersion(row, fields)

    def _url_name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def _url(self, name: str, *args: Any) -> str:
        if name == "change" and args == (NEW,):
            return reverse(f"admin:{self._url_name('add')}")
        return reverse(f"admin:{self._url_name(name)}", args=args)


def _place(request: HttpRequest) -> str:
    """The query of the address, in one order, but for what says only which version is shown."""
    query = request.GET.copy()
    query.pop("version", None)
    return urlencode(sorted(query.items()))


def _with(*parts: str) -> str:
    """The query of an address, of those parts that are not empty."""
    said = "&".join(filter(None, parts))
    return f"?{said}" if said else ""


def _number(typed: str) -> str:
    return typed if typed.isascii() and typed.isdecimal() and len(typed) < 19 else ""


def _as_text(value: Any) -> str:
    return str(value if value is not None else "")


def _words(html: str) -> str:
    """A field as it is compared: tags away, a space for each end of a block."""
    return strip_tags(html.replace("</", " </")).strip() if "<" in html else html
