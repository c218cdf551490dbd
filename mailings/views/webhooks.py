"""Where providers tell what became of mails, and hand on those that came in.

A request is checked, stored and answered; what it means is worked out later. No broker is asked.
"""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailings.arriving import take_in
from mailings.events import store

# The readers of a dozen providers take five megabytes of every web process, and most sites are told
# by one provider or by none: they are imported when the first request for them comes.


def _webhook(take: Callable[[str, HttpRequest], None]) -> Callable[..., HttpResponse]:
    """A door for providers: `take` stores what one posts, and may raise BadWebhook.

    A HEAD is how some look whether anybody is there. With the database away they try again later.
    """

    @csrf_exempt
    @require_http_methods(["HEAD", "POST"])
    def answer(request: HttpRequest, provider: str) -> HttpResponse:
        from postroom.webhooks import BadWebhook

        try:
            if request.method == "POST":
                take(provider, request)
        except BadWebhook as bad:
            response = HttpResponse(f"{bad}\n", "text/plain; charset=utf-8", status=bad.status)
            if bad.status == 401:
                response.headers["WWW-Authenticate"] = 'Basic realm="mail"'
            return response
        except (OperationalError, InterfaceError):
            return HttpResponse("Not now.\n", "text/plain; charset=utf-8", status=503)
        return HttpResponse(content_type="text/plain; charset=utf-8")

    return answer


def _store_events(provider: str, request: HttpRequest) -> None:
    from postroom.webhooks import read_events

    store(read_events(provider, request))


def _take_in_mails(provider: str, request: HttpRequest) -> None:
    from postroom.webhooks import read_mails

    for mail in read_mails(provider, request):
        take_in(raw=mail.raw, recipient=mail.recipient)


mail_events = _webhook(_store_events)
mail_in = _webhook(_take_in_mails)
