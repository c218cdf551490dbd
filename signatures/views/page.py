"""The campaign page: the view that shows the sign form and the view that takes it are one."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.editions import edition_at, edition_in, editions_of, update_in
from campaigns.models import Campaign, Source, Update
from campaigns.page_head import head_of
from campaigns.styling import stylesheet_url
from campaigns.text.rendering import render_page
from signatures.forms.pages import SignForm
from signatures.goals import goal_for
from signatures.models import PaperBatch
from signatures.page_cache import pages
from signatures.showing_names import shown_signers
from signatures.views.public import honest_when_away, public_form, serve
from signatures.views.taking import take

# Below this a number says little; the page says "be one of the first" instead.
PROGRESS_FROM = 50
# Codes of visitors are short; what is longer came from no link of ours.
MAX_QUERY = 2000


class Moved(Exception):
    """The page has another address now: the argument."""


@require_http_methods(["GET", "HEAD", "POST"])
@public_form
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the same bytes for everyone, no cookie read or set. POST: sign."""
    if request.method == "POST":
        return take(request, slug, show_errors=show_errors, show_ended=_show_ended)
    try:
        page = pages.get(f"page:{slug}", lambda: _render(slug))
    except Moved as moved:
        return _redirect(request, *moved.args)
    if page is None:
        raise Http404
    return serve(request, page)


@require_safe
@honest_when_away
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """The number that the page shows, for badges and polling."""
    page = pages.get(f"count:{slug}", lambda: _render_count(slug))
    if page is None:
        raise Http404
    response = serve(request, page)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _redirect(request: HttpRequest, address: str) -> HttpResponse:
    """To the page's own address, with the codes that the visitor came by: so nobody stores it."""
    query = request.META.get("QUERY_STRING", "")
    carried = f"?{query}" if 0 < len(query) <= MAX_QUERY else ""
    return HttpResponsePermanentRedirect(address + carried)


def show_errors(signed: Campaign, refused: SignForm) -> HttpResponse:
    """The page as it is now, with what was typed and what to mend."""
    campaign = edition_in(_public_campaigns().get(pk=signed.pk), signed.edition)
    versions = {
        "statement": str(campaign.current_statement().pk),
        "notice": str(campaign.current_notice().pk),
    }
    form = SignForm(refused.as_typed() | versions, campaign=campaign)
    if outdated := {*refused.errors.get("statement", ()), *refused.errors.get("notice", ())}:
        form.add_error(None, list(outdated))
    return HttpResponse(_render_with(campaign, form), status=422)


def _show_ended(slug: str) -> HttpResponse:
    """409: the form came after the end. The page says so, and what came of the campaign."""
    campaign = edition_at(slug, _public_campaigns())
    if campaign is None:
        raise Http404
    return HttpResponse(_render_with(campaign, None, too_late=True), status=409)


def _public_campaigns() -> Any:
    return (
        Campaign.objects.public()
        .select_related("organization__logo", "tally", "image")
        .prefetch_related(
            "targets",
            "sources",
            "allies",
            Prefetch("updates", queryset=Update.objects.published().prefetch_related("texts")),
        )
    )


def _render(slug: str) -> tuple[bytes, str] | None:
    campaign = edition_at(slug, _public_campaigns())
    if campaign is None:
        return None
    if campaign.slug != slug:
        raise Moved(campaign.get_absolute_url())
    return _render_with(campaign, None), "text/html; charset=utf-8"


def _render_with(campaign: Campaign, form: SignForm | None, *, too_late: bool = False) -> bytes:
    statement, notice = campaign.current_statement(), campaign.current_notice()
    if form is None and campaign.is_open:
        shown = {"statement": statement.pk, "notice": notice.pk}
        form = SignForm(campaign=campaign, initial=shown)
    with translation.override(campaign.language):
        context = page_context(campaign, statement=statement, notice=notice, form=form)
        html = render_to_string("signatures/campaign_page.html", context | {"too_late": too_late})
    return html.encode()


def page_context(
    campaign: Campaign, *, statement: Any, notice: Any, form: Any, preview: bool = False
) -> dict[str, Any]:
    """What the page's template reads. `form` is None on a page that takes no signatures.

    A preview shows markers whose source is missing; the public page leaves them out.
    """
    counted = counted_of(campaign)
    goal = goal_for(counted, campaign.signature_goal)
    sources = list(campaign.sources.all())
    updates = _updates(campaign, sources, preview)
    body = render_page(campaign.body, sources=sources, ask=campaign.ask, preview=preview)
    notes = [*body.notes, *(note for item in updates for note in item["rendered"].notes)]
    editions = editions_of(campaign)
    return {
        "head": head_of(
            campaign, statement=statement, editions=editions, notes=notes, counted=counted
        ),
        "editions": editions,
        "organization": campaign.organization,
        "stylesheet_url": stylesheet_url(campaign.organization),
        "site_url": settings.SITE_URL,
        "campaign": campaign,
        "lead_in": campaign.lead_in_text,
        "statement": statement,
        "changes": campaign.statement_changes(),
        "ended": form is None and campaign.published_at is not None,
        "is_preview": preview,
        "notice": notice,
        "body": body,
        "updates": updates,
        "last_update": updates[0] if updates else None,
        "count": counted,
        "paper": PaperBatch.objects.filter(campaign=campaign).in_short(),
        "goal": goal,
        "to_go": max(goal - counted, 0),
        "signers": shown_signers(campaign),
        "show_progress": counted >= PROGRESS_FROM,
        "form": form,
    }


def _updates(campaign: Campaign, sources: list[Source], preview: bool) -> list[dict[str, Any]]:
    """Each published update with its text rendered, its anchors apart from those of the others."""
    return [
        {
            "update": update,
            "path": update.path_on(campaign),
            "rendered": render_page(
                update.body,
                sources=sources,
                ask=campaign.ask,
                prefix=f"{update.anchor}-",
                preview=preview,
            ),
        }
        for update in (update_in(one, campaign.language) for one in campaign.updates.all())
        if update.published_at
    ]


def counted_of(campaign: Campaign) -> int:
    """The count as last tallied; zero before the first tally."""
    return campaign.tally.counted if hasattr(campaign, "tally") else 0


def on_paper(campaign: Campaign) -> int:
    """How many signed on paper, beside the count and never in it."""
    return PaperBatch.objects.filter(campaign=campaign).total()


def _render_count(slug: str) -> tuple[bytes, str] | None:
    campaign = edition_at(slug, Campaign.objects.public().select_related("tally"))
    if campaign is None:
        return None
    counted = counted_of(campaign)
    response = JsonResponse(
        {
            "signatures": counted,
            "on_paper": on_paper(campaign),
            "goal": goal_for(counted, campaign.signature_goal),
        }
    )
    return response.content, "application/json"
