"""Staff who log in, and the forms that their browser would send back."""

from typing import Any

from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.test import Client

from campaigns.models import Organization


def make_organizer(organization: Organization, username: str = "alice") -> User:
    """A member of staff of one organization, with the permissions of every organizer."""
    user = User.objects.create_user(username, is_staff=True)
    user.groups.add(Group.objects.get(name="Organizers"))
    organization.memberships.create(user=user)
    return user


def form_on(response: Any, form_id: str) -> dict[str, Any]:
    """What a browser would send for this form if nobody touched it, and no button was pressed."""
    form = BeautifulSoup(response.content, "html.parser").find("form", id=form_id)
    assert form is not None, response.content.decode()[:2000]
    data: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name", "")), field.get("type")
        if not name or kind == "submit":
            continue
        if field.name == "select":
            values: list[Any] = [
                option["value"] for option in field.find_all("option", selected=True)
            ]
        elif field.name == "textarea":
            values = [field.text.removeprefix("\n")]
        elif kind in ("checkbox", "radio"):
            values = [field.get("value", "on")] if field.has_attr("checked") else []
        else:
            values = [field.get("value", "")]
        data.setdefault(name, []).extend(values)
    return {name: values for name, values in data.items() if values}


def save(client: Client, url: str, form_id: str, **changes: Any) -> Any:
    """Open the page, change fields, press a button (`_save` unless one is named), follow."""
    data = form_on(client.get(url), form_id) | changes
    if not any(name.startswith("_") for name in changes):
        data["_save"] = "Save"
    return client.post(url, data, follow=True)


def words(response: Any) -> str:
    """The text of the page, as a reader sees it, on one line."""
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())
