"""Behind the links that confirm a signature, disown it, or take it back."""

from django.http import HttpRequest, HttpResponse

from signatures import links
from signatures.confirming import Confirmed, confirm, disown, may_count, typed_in
from signatures.forms.pages import TypedForm
from signatures.models import Signature, Subscription
from signatures.views.token_pages import (
    find_signature,
    gone,
    link_page,
    render_about,
    share_and_next,
)
from signatures.withdrawing import Withdrawn, withdraw


@link_page(links.CONFIRM)
def confirm_page(request: HttpRequest, signature_id: int) -> HttpResponse:
    """Shows what was typed, editable; the one button confirms what the form then says."""
    signature = find_signature(signature_id)
    if signature is None:
        return gone(request)
    if signature.state == Signature.State.REJECTED:
        return _answer(request, signature, Confirmed.DISOWNED)
    if not may_count(signature):
        return _answer(request, signature, Confirmed.TOO_LATE)
    if request.method != "POST":
        if signature.confirmed_at and signature.state == Signature.State.COUNTED:
            return _show_confirmed(request, signature)
        return _ask_to_confirm(request, signature, None)
    form = TypedForm(request.POST, campaign=signature.campaign, notice=signature.notice)
    if not form.is_valid():
        return _ask_to_confirm(request, signature, form)
    return _answer(request, signature, confirm(signature_id=signature.pk, typed=form.typed()))


def _answer(request: HttpRequest, signature: Signature, done: Confirmed | None) -> HttpResponse:
    """What became of a confirmation; None: the signature went while its page was open."""
    match done:
        case Confirmed.NOW | Confirmed.BEFORE:
            return _show_confirmed(request, signature)
        case Confirmed.DISOWNED:
            return _show_rejected(request, signature)
        case Confirmed.TOO_LATE:
            return render_about(request, signature, "signatures/too_late.html")
        case None:
            return gone(request)


@link_page(links.NOT_ME)
def not_me_page(request: HttpRequest, signature_id: int) -> HttpResponse:
    """“It was not me”: one button takes the signature away and leaves the address in peace."""
    signature = find_signature(signature_id)
    if signature is None:
        return gone(request)
    if request.method == "POST":
        if not disown(signature_id=signature.pk):
            return gone(request)
        return render_about(request, signature, "signatures/not_me_done.html")
    return render_about(request, signature, "signatures/not_me.html")


@link_page(links.WITHDRAW)
def withdraw_page(request: HttpRequest, signature_id: int) -> HttpResponse:
    """One button takes the signature back; a tick beside it ends the mail that it began."""
    signature = find_signature(signature_id)
    if signature is None:
        return gone(request)
    if signature.state == Signature.State.REJECTED:
        return _show_rejected(request, signature)
    if request.method != "POST":
        if signature.state == Signature.State.WITHDRAWN:
            return _show_withdrawn(request, signature)
        began = Subscription.objects.live().filter(signature=signature).exists()
        return render_about(request, signature, "signatures/withdraw.html", {"began_mail": began})
    done = withdraw(
        signature_id=signature.pk, and_leave="leave" in request.POST, via="withdraw page"
    )
    if done is None:
        return gone(request)
    if done is Withdrawn.DISOWNED:
        return _show_rejected(request, signature)
    signature.state = Signature.State.WITHDRAWN
    return _show_withdrawn(request, signature)


def _show_rejected(request: HttpRequest, signature: Signature) -> HttpResponse:
    """What its owner said, or that staff took it out of the count and whom to ask about it."""
    said = "not_me_done" if signature.is_disowned else "rejected"
    return render_about(request, signature, f"signatures/{said}.html")


def _show_withdrawn(request: HttpRequest, signature: Signature) -> HttpResponse:
    token = links.confirm_token(signature_id=signature.pk)
    return render_about(
        request,
        signature,
        "signatures/withdrawn.html",
        {"confirm_url": links.address(links.CONFIRM, token), "can_return": may_count(signature)},
    )


def _ask_to_confirm(
    request: HttpRequest, signature: Signature, form: TypedForm | None
) -> HttpResponse:
    if form is None:
        form = TypedForm(
            campaign=signature.campaign,
            notice=signature.notice,
            initial=TypedForm.initial_from(typed_in(signature), signature.notice),
        )
    return render_about(
        request,
        signature,
        "signatures/confirm.html",
        {"form": form, "was_withdrawn": signature.state == Signature.State.WITHDRAWN},
        status=422 if form.errors else 200,
    )


def _show_confirmed(request: HttpRequest, signature: Signature) -> HttpResponse:
    token = links.withdraw_token(signature_id=signature.pk)
    return render_about(
        request,
        signature,
        "signatures/confirmed.html",
        share_and_next(signature) | {"withdraw_url": links.address(links.WITHDRAW, token)},
    )
