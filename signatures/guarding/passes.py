"""A pass: a signed cookie that says for a short while, and for one path alone, who a visitor is.

The forms on that path carry a value bound to the pass, so that no other site can send them. Nothing
is kept on the server, and no page outside the path ever sees the cookie.
"""

import hmac
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac


@dataclass(frozen=True)
class Pass:
    """One kind of pass: the name of its cookie and of its form field, and its life in seconds."""

    name: str
    seconds: int

    def give(self, response: HttpResponse, *, path: str, ids: list[int]) -> None:
        """Let the visitor's browser show `ids` under `path` until the pass has run out."""
        response.set_cookie(
            self.name,
            signing.dumps(ids, salt=self._salt(path)),
            max_age=self.seconds,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=settings.SITE_IS_HTTPS,
        )

    def take(self, response: HttpResponse, *, path: str) -> None:
        """Make the visitor's browser forget."""
        response.delete_cookie(self.name, path=path, samesite="Lax")

    def read(self, request: HttpRequest, *, path: str) -> list[int] | None:
        """The ids of a pass given for this path; None for no pass, a forged one or one run out."""
        try:
            ids: list[int] = signing.loads(
                request.COOKIES.get(self.name, ""), salt=self._salt(path), max_age=self.seconds
            )
        except signing.BadSignature:
            return None
        return ids

    def form_value(self, request: HttpRequest) -> str:
        """What a form of the visitor with this pass carries in the hidden field `pass`."""
        return salted_hmac(f"pass.{self.name}", request.COOKIES.get(self.name, "")).hexdigest()

    def sent_it(self, request: HttpRequest) -> bool:
        """Whether the form that was posted is one that we gave to this very visitor."""
        given = request.POST.get("pass", "")
        return hmac.compare_digest(given.encode(), self.form_value(request).encode())

    def _salt(self, path: str) -> str:
        """A pass for one path is worth nothing on another."""
        return f"pass.{self.name}:{path}"
