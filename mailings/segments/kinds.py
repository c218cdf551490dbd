"""The conditions that there are: what each asks for, what it is called, how it reads in a sentence.

What one means in the database stands in `sets.py`, under the same key.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """One condition. `asks` names its values, in the order in which a form asks for them.

    `words` and `words_not` have a hole for each value, and read on from “people who …”.
    """

    key: str
    label: Any
    asks: tuple[str, ...]
    words: Any
    words_not: Any


_ALL = (
    Kind(
        "signed",
        _("signed a campaign"),
        ("campaign",),
        _("signed “%(campaign)s”"),
        _("did not sign “%(campaign)s”"),
    ),
    Kind(
        "agreed",
        _("agreed to a kind of mail"),
        ("scope",),
        _("agreed to %(scope)s mail"),
        _("did not agree to %(scope)s mail"),
    ),
    Kind(
        "joined",
        _("joined after a date"),
        ("date",),
        _("joined after %(date)s"),
        _("joined on %(date)s or before"),
    ),
    Kind(
        "active",
        _("signed at least so often in so many days"),
        ("times", "days"),
        _("signed at least %(times)s in the last %(days)s"),
        _("signed fewer than %(times)s in the last %(days)s"),
    ),
    Kind(
        "source",
        _("came by a source code"),
        ("code",),
        _("came by the source code “%(code)s”"),
        _("did not come by the source code “%(code)s”"),
    ),
    Kind(
        "country",
        _("gave a country when they signed"),
        ("country",),
        _("gave %(country)s as their country"),
        _("did not give %(country)s as their country"),
    ),
    Kind(
        "region",
        _("gave a postal code that begins so"),
        ("country", "prefixes"),
        _("gave a postal code in %(country)s that begins with %(prefixes)s"),
        _("did not give a postal code in %(country)s that begins with %(prefixes)s"),
    ),
    Kind(
        "language",
        _("signed in a language"),
        ("language",),
        _("signed in %(language)s"),
        _("did not sign in %(language)s"),
    ),
    Kind(
        "got",
        _("got a mailing"),
        ("mailing",),
        _("got the mailing “%(mailing)s”"),
        _("did not get the mailing “%(mailing)s”"),
    ),
    Kind(
        "tagged",
        _("have a tag"),
        ("tag",),
        _("have the tag “%(tag)s”"),
        _("do not have the tag “%(tag)s”"),
    ),
    Kind(
        "answered",
        _("answered a question so"),
        ("question", "answer"),
        _("answered “%(question)s” with “%(answer)s”"),
        _("did not answer “%(question)s” with “%(answer)s”"),
    ),
)
KINDS = {kind.key: kind for kind in _ALL}
