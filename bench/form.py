"""The sign form as the page shows it: what a visitor of the benchmark has to send."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from bench.http_client import HOLE

# What Ada types where the campaign asks for it; everything that is hidden goes back as it came.
TYPED = {"name": "Ada Lovelace", "postal_code": "20500", "country": "US"}


class _Form(HTMLParser):
    """Collects the hidden fields of the page's sign form, and what it requires."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.fields: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.fields = {}
            self.forms.append(self.fields)
        name = given.get("name")
        if self.fields is None or not name or tag not in ("input", "select", "textarea"):
            return
        if given.get("type") == "hidden":
            self.fields[name] = given.get("value") or ""
        elif name == "email":
            self.fields[name] = HOLE
        elif "required" in given:
            self.fields[name] = TYPED.get(name, "x")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.fields = None


def sign_fields(page: str) -> str:
    """The form body of a signature, with a hole where the address goes.

    Raises StopIteration when the page has no form that asks for an address.
    """
    form = _Form()
    form.feed(page)
    return urlencode(next(fields for fields in form.forms if "email" in fields))
