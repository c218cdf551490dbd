"""What every response carries unless its view says otherwise, and what only staff pages need."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

STAFF_PATH = "/admin/"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HeadersMiddleware(CSPMiddleware):
    """The content policy, and private by default (T17).

    No response is stored by anybody unless its view set a cache policy of its own; one that sets a
    cookie answers one visitor, whatever its policy says.

    django-csp makes nonces and builds policies for the admin, and for a response on which one of
    its decorators left a wish. All others get the policy that is ready: building it anew was a
    fifth of what a page cost.
    """

    wishes = frozenset(["_csp_config", "_csp_update", "_csp_replace", "_csp_exempt"])

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> Any:
        response: Any
        if request.path_info.startswith(STAFF_PATH):
            response = super().__call__(request)
        else:
            response = self.get_response(request)
            if self.wishes.isdisjoint(vars(response)):
                response.headers.setdefault(HEADER, self.policy)
            else:
                self.process_response(request, response)
        if response.cookies or "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class _StaffOnly:
    """A middleware that public pages pass by: nobody has an account there."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(STAFF_PATH):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class StaffSessionMiddleware(_StaffOnly, SessionMiddleware):
    """Sessions, under the admin alone."""


class StaffAuthenticationMiddleware(_StaffOnly, AuthenticationMiddleware):
    """`request.user`, under the admin alone."""


class StaffMessageMiddleware(_StaffOnly, MessageMiddleware):
    """Messages to whoever is logged in, under the admin alone."""
