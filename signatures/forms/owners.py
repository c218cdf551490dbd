"""Forms on the pages where people look after their own data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import ConsentNotice
from signatures.confirming import typed_in
from signatures.forms.pages import TypedForm
from signatures.forms.reading import Reading
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
        self.signature = signature
        self.fields.pop("consent", None)
        if "shows_name" in self.fields:
            self.fields["shows_name"].label = _(
                "Show my first name and place on the petition’s page"
            )

    def read(self, reading: Reading) -> None:
        # Whatever the notice asked then is not asked again here.
        reading.read_typed(self.asked, ConsentNotice.Kind.IMPLICIT)

    def corrected(self) -> dict[str, Any]:
        """What the valid form says, for the fields that it has: `own_data.CORRECTABLE`.

        Answers to questions that are asked no more stay as they are.
        """
        typed = self.typed()
        texts = {field: getattr(typed, field) for field in CORRECTABLE if field in self.fields}
        asked = {question.key for question in self.asked.questions}
        others = {key: one for key, one in self.signature.answers.items() if key not in asked}
        return texts | {"answers": others | typed.answers}


class EraseForm(forms.Form):
    """One tick between a person and an erasure."""

    sure = forms.BooleanField(
        label=_("Yes, erase all of it. I know that this cannot be undone."),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
