"""Tags in the admin: their names, and the actions that put them on people in the list of people."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns.admin.scoping import OrganizationScopedAdmin
from signatures.models import Supporter, Tag
from signatures.tagging import tag_people, untag_people

# As many tags as a list of actions can hold and still be read.
MOST_TAGS = 50

Action = tuple[Callable[..., None], str, str]


@admin.register(Tag)
class TagAdmin(OrganizationScopedAdmin):
    list_display = ["name", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name"]
    actions = None
    fields = ["organization", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["organization"] if obj else []


def tags_on(supporter: Supporter, user: Any) -> list[str]:
    """The tags of this person that the user may see."""
    own = Tag.objects.visible_to(user).filter(tagged__supporter=supporter)
    return list(own.values_list("name", flat=True))


def tag_actions(user: Any) -> dict[str, Action]:
    """Two actions for each tag that the user may put on people: on, and away."""
    if not user.has_perm("signatures.add_taggedsupporter"):
        return {}
    actions: dict[str, Action] = {}
    for tag in Tag.objects.visible_to(user)[:MOST_TAGS]:
        on, away = f"tag_{tag.pk}", f"untag_{tag.pk}"
        named = {"tag": tag.name}
        actions[on] = (partial(_on, tag), on, _("Put the tag “%(tag)s” on them") % named)
        actions[away] = (partial(_away, tag), away, _("Take the tag “%(tag)s” away") % named)
    return actions


def _on(tag: Tag, model_admin: Any, request: HttpRequest, people: QuerySet) -> None:
    new = tag_people(tag=tag, supporters=people, user=request.user)
    model_admin.log_change(request, tag, f"+ {new}")
    messages.success(
        request,
        _("Tag “%(tag)s”: new on %(people)s.") % {"tag": tag.name, "people": intcomma(new)},
    )


def _away(tag: Tag, model_admin: Any, request: HttpRequest, people: QuerySet) -> None:
    gone = untag_people(tag=tag, supporters=people)
    model_admin.log_change(request, tag, f"- {gone}")
    messages.success(
        request,
        _("Tag “%(tag)s”: taken from %(people)s.") % {"tag": tag.name, "people": intcomma(gone)},
    )
