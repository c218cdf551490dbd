"""Tags: words that an organization puts on people, and takes away. Both are safe to say twice."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from signatures.models import Signature, Supporter, Tag, TaggedSupporter
from signatures.own_data import MOST_ROWS, Rows, Section


def tag_people(*, tag: Tag, supporters: QuerySet[Supporter], user: Any) -> int:
    """Put a tag on people who signed with its organization; returns on how many it is new."""
    signed = Signature.objects.filter(
        supporter=OuterRef("pk"), campaign__organization=tag.organization_id
    )
    own = supporters.filter(Exists(signed), erased_at=None).values_list("pk", flat=True)
    before = tag.tagged.count()
    TaggedSupporter.objects.bulk_create(
        (TaggedSupporter(tag=tag, supporter_id=pk, added_by=user) for pk in own),
        ignore_conflicts=True,
    )
    return tag.tagged.count() - before


def untag_people(*, tag: Tag, supporters: QuerySet[Supporter]) -> int:
    """Take a tag away; returns from how many."""
    gone, _by_model = tag.tagged.filter(supporter__in=supporters.values("pk")).delete()
    return gone


def _tags_of(supporter: Supporter) -> Rows:
    tagged = TaggedSupporter.objects.filter(supporter=supporter).select_related("tag__organization")
    return [
        {"tag": one.tag.name, "organization": str(one.tag.organization), "at": one.added_at}
        for one in tagged.order_by("-added_at")[:MOST_ROWS]
    ]


SECTION = Section("tags", _("Tags that organizations put on you"), _tags_of)
