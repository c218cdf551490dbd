"""Several people edit one page: nobody overwrites what they have not seen, and nothing is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from campaigns.admin.colliding import CollisionAdmin, Overtaken
from campaigns.admin.merging import (
    Cell,
    Seen,
    Whose,
    cells,
    clean_all,
    fingerprints,
    keep_what_is_gone,
)
from campaigns.admin.texts import Stretch, compare
from campaigns.models.edits import Edited

# The hidden field with what the page showed, and the boxes that choose what is saved.
SEEN, THEIRS = "seen", "take-theirs"
# How many letters of a long stretch that both texts share are shown before and after a change.
SHARED = 60


@dataclass(frozen=True)
class Question:
    """A field that two people changed: what is saved, what was typed, and the box to choose by."""

    key: str
    label: str
    saved: list[Stretch]
    typed: list[Stretch]


@dataclass(frozen=True)
class Meanwhile:
    """What others saved after a page was opened.

    `said` are the lines of the history; `taken` the fields that only they changed, which stand in
    the form now; `gone` the kinds of the rows that they deleted.
    """

    by: str
    at: datetime | None
    said: list[str]
    questions: list[Question]
    taken: list[str]
    gone: list[str]


class TogetherForm(forms.ModelForm):
    """A form that is not saved while its writer has not seen what others have saved."""

    overtaken = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.overtaken:
            said = _(
                "Nothing is saved yet. Somebody else saved this after you opened it: see below."
            )
            self.add_error(None, said)
        return cleaned


class TogetherAdmin(CollisionAdmin):
    """A change page of an `Edited` row, whose form is a `TogetherForm`."""

    def before_reading(self, request: HttpRequest, object_id: str | None) -> None:
        """Compare what was typed with what others saved, and take over what only they changed."""
        super().before_reading(request, object_id)
        if request.method != "POST" or object_id is None or "_preview" in request.POST:
            return
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_change_permission(request, obj):
            return
        seen = Seen.read(request.POST.get(SEEN, ""))
        data = request.POST.copy()
        chosen = data.pop(THEIRS, [])
        form, formsets = self._as_typed(request, obj)
        gone = [kind for one in formsets for kind in keep_what_is_gone(data, one, seen)]
        taken, both = [], []
        for cell in list(cells(form, formsets)):
            whose = cell.whose(seen)
            if cell.key in chosen or whose is Whose.THEIRS:
                taken += [cell.label] if cell.key not in chosen else []
                cell.take_saved(data)
            elif whose is Whose.BOTH:
                both.append(_question(cell))
        if seen.edits != obj.edits or both or gone:
            request.meanwhile = _meanwhile(obj, seen, both, taken, gone)  # type: ignore[attr-defined]
        request.seen_edits = obj.edits  # type: ignore[attr-defined]
        request.POST = data  # type: ignore[assignment]

    def _as_typed(self, request: HttpRequest, obj: Edited) -> tuple[Any, list[Any]]:
        """The form and the rows below it, as they were sent; they change nothing."""
        form = self.get_form(request, obj, change=True)(request.POST, request.FILES, instance=obj)
        formsets: list[Any] = [
            made(
                request.POST,
                instance=obj,
                prefix=made.get_default_prefix(),
                queryset=inline.get_queryset(request),
            )
            for made, inline in self.get_formsets_with_inlines(request, obj)
        ]
        clean_all(form, formsets)
        return form, formsets

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.overtaken = hasattr(request, "meanwhile")
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was edited and nothing else: the rest may have changed meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        if "_preview" not in request.POST and not obj.claim_edit(seen=request.seen_edits):  # type: ignore[attr-defined]
            raise Overtaken
        own = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=[*own.intersection(form.changed_data), "updated_at"])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj and self.has_change_permission(request, obj):
            context["seen"] = str(_shown(request, obj, context))
            context["meanwhile"] = getattr(request, "meanwhile", None)
        return super().render_change_form(request, context, *args, **kwargs)


def _shown(request: HttpRequest, obj: Edited, context: dict[str, Any]) -> Seen:
    """What the page that is being made shows."""
    formsets = [one.formset for one in context["inline_admin_formsets"]]
    return Seen(
        # As they were compared: a page may not know of a save that its reader is not shown.
        edits=getattr(request, "seen_edits", obj.edits),
        entry=_entries(obj).aggregate(newest=Max("pk"))["newest"] or 0,
        fields=fingerprints(context["adminform"].form, formsets),
    )


def _meanwhile(
    obj: Edited, seen: Seen, both: list[Question], taken: list[str], gone: list[str]
) -> Meanwhile:
    entries = list(_entries(obj).filter(pk__gt=seen.entry).select_related("user").order_by("pk"))
    people = dict.fromkeys(entry.user.get_full_name() or str(entry.user) for entry in entries)
    return Meanwhile(
        by=get_text_list(list(people), str(_("and"))),
        at=entries[-1].action_time if entries else None,
        said=[said for entry in entries if (said := entry.get_change_message())],
        questions=both,
        taken=taken,
        gone=gone,
    )


def _entries(obj: Edited) -> Any:
    kind = ContentType.objects.get_for_model(type(obj))
    return LogEntry.objects.filter(content_type=kind, object_id=str(obj.pk))


def _question(cell: Cell) -> Question:
    saved, typed = cell.in_words(cell.saved), cell.in_words(cell.typed)
    stretches = list(compare(saved, typed))
    return Question(
        key=cell.key,
        label=cell.label,
        saved=list(_shortened(stretches, without="added")),
        typed=list(_shortened(stretches, without="gone")),
    )


def _shortened(stretches: Sequence[Stretch], *, without: str) -> Iterator[Stretch]:
    """One side of a comparison; what both share is cut down to what stands round the changes."""
    for stretch in stretches:
        text = stretch.text
        if stretch.kind == "same" and len(text) > 2 * SHARED:
            stretch = replace(stretch, text=f"{text[:SHARED]} … {text[-SHARED:]}")
        if stretch.kind != without:
            yield stretch
