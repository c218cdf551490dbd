"""Forms on the pages where people look after their own data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from signatures.confirming import typed_in
from signatures.forms import TypedForm
from signatures.models import Signature
from signatures.own_data import CORRECTABLE


class OwnSignatureForm(TypedForm):
    """What a signer may correct about a signature: everything typed, but for the choice of mail."""

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        super().__init__(
            *args,
            campaign=signature.campaign,
            notice=signature.notice,
            prefix=f"s{signature.pk}",
            initial=TypedForm.initial_from(typed_in(signature), signature.notice),
            **kwargs,
        )
        self.fields.pop("consent", None)
        self.fields.pop("shows_name", None)
        if signature.campaign.asks_to_show_name:
            self.fields["shows_name"] = forms.BooleanField(
                label=_("Show my first name and place on the petition’s page"),
                required=False,
                initial=signature.shows_name,
            )

    def corrected(self) -> dict[str, Any]:
        """The fields that the valid form has, by the names of `own_data.CORRECTABLE`."""
        data = self.cleaned_data
        return {field: data[field] for field in CORRECTABLE if field in data}


class EraseForm(forms.Form):
    """One tick between a person and an erasure."""

    sure = forms.BooleanField(
        label=_("Yes, erase all of it. I know that this cannot be undone."),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
