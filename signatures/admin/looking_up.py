"""Lists to look people up in: the newest rows, found again by an address or a word of a name.

Nothing here counts, sorts or filters a whole table, for there may be ten million rows in it.
"""

import re
import unicodedata
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html

from campaigns.admin.scoping import OrganizationScopedAdmin
from campaigns.models import Campaign
from signatures.addresses import clean_address, email_key
from signatures.models import Signature, Supporter
from signatures.models.folding import folded, words_of

# How far back a list without a search pages, and how many rows it looks at to find those. Of the
# names that begin as typed so many are looked at, and so many of the user's own found.
MOST_ROWS = 10_000
MOST_LOOKED_AT = 100_000
MOST_NAMES = 10_000
MOST_FOUND = 500
MOST_CAMPAIGNS = 300
LONGEST_SEARCH = 100
SHORTEST_BEGUN = 3


class NewestPaginator(Paginator):
    """Pages through the newest rows, and counts no further than it can show."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list.order_by()  # type: ignore[attr-defined]
        return rows[:MOST_ROWS].count()


class ReadOnly:
    """Rows that staff look at: supporters make them, the product changes them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewestFirst(ChangeList):
    """A list whose order nobody changes, and whose rows without a search are the newest."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[str | Combinable]:
        return ["-pk"]

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet:
        self.note = ""
        if not self.query:
            newest = self.model_admin.newest  # type: ignore[attr-defined]
            self.root_queryset, self.note = newest(request, self.root_queryset)
        return super().get_queryset(request, exclude_parameters)


class LookUpAdmin(ReadOnly, OrganizationScopedAdmin):
    """A list of the newest rows, found again by an exact address or how a word of a name begins.

    `person_path` leads from a row to its supporter, `lookups` names what the filters put into an
    address: nothing else is looked up, however the address is written.
    """

    ordering = ["-pk"]
    sortable_by = ()
    paginator = NewestPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: list[str] | None = None
    search_fields = ["pk"]  # shows the field; get_search_results() does the search
    person_path = "supporter"
    lookups: frozenset[str] = frozenset()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NewestFirst

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self.lookups

    def newest(self, request: HttpRequest, queryset: QuerySet) -> tuple[QuerySet, str]:
        """The rows that a list without a search chooses from, and a note on what it leaves out."""
        highest = queryset.model._default_manager.aggregate(pk=Max("pk"))["pk"] or 0
        return queryset.filter(pk__gt=highest - MOST_LOOKED_AT), ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.strip()[:LONGEST_SEARCH]
        if not term:
            return queryset, False
        if "@" in term:
            return queryset.filter(**{f"{self.person_path}__in": people_at(term)}), False
        return queryset.filter(self.called(request, term)), False

    def called(self, request: HttpRequest, name: str) -> Q:
        """The rows of people who signed under a name that begins so, or whose words do."""
        people = signed_as(request.user, name).values_list("supporter_id", flat=True)
        return Q(**{f"{self.person_path}__in": list(people)})


def newest_campaigns(user: Any) -> list[int]:
    """The campaigns that a list without a choice of one is about."""
    own = Campaign.objects.visible_to(user).order_by("-pk")
    return list(own.values_list("pk", flat=True)[:MOST_CAMPAIGNS])


def people_at(address: str) -> list[int]:
    """The supporter with this address, in whatever spelling; nobody for what is no address."""
    try:
        key = email_key(clean_address(address))
    except ValidationError:
        return []
    return list(Supporter.objects.filter(email_key=key).values_list("pk", flat=True))


def signed_as(user: Any, name: str) -> QuerySet[Signature]:
    """Signatures of the user's campaigns under a name that begins so, or whose words do; some of
    many.

    Accents are left out of account, so what has nothing else begins no name.
    """
    if all(map(unicodedata.combining, name)):
        return Signature.objects.none()
    by_name = Signature.objects.alias(folded_name=folded("name")).order_by()
    begins_so = by_name.filter(folded_name__startswith=folded(Value(name)))
    found = begins_so.values("pk")[:MOST_NAMES]
    if sought := _words_sought(name):
        query = SearchQuery(folded(Value(sought)), config="simple", search_type="raw")
        by_words = Signature.objects.alias(words=words_of("name")).order_by().filter(words=query)
        found = found.union(by_words.values("pk")[:MOST_NAMES])
    own = Signature.objects.filter(pk__in=found)
    return own.filter(campaign_id__in=newest_campaigns(user)).order_by()[:MOST_FOUND]


def _words_sought(name: str) -> str:
    """The words that a name has to hold, as PostgreSQL's `to_tsquery` reads them: each begun, in
    whatever order. One of a letter or two begins too many names, so it has to be a whole word.

    Empty where something stands in `name` that parts no words of names: that is taken as typed.
    """
    composed = unicodedata.normalize("NFC", name)
    if not re.fullmatch(r"(?:[^\W_]|[\s.,'’·-])+", composed):
        return ""
    words = re.findall(r"[^\W_]+", composed)
    ends = (":*" if len(word) >= SHORTEST_BEGUN else "" for word in words)
    return " & ".join(f"'{word}'{end}" for word, end in zip(words, ends, strict=True))


def moment(at: datetime | None) -> str:
    """A time as every page of the admin writes it; a dash for none."""
    return date_format(at, "DATETIME_FORMAT") if at else "–"


def pill(state: str, words: Any) -> str:
    """A state in its colour; the words say it too."""
    return format_html('<span class="pill" data-state="{}">{}</span>', state, words)
