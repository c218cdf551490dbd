"""The rich editor of a body: what `campaigns.text` allows, with buttons for source and ask."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.templatetags.static import static
from django.urls import reverse
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media

from campaigns.models import Campaign
from campaigns.text.sanitising import TextTooLong, clean

# What the editor can make. The nodes of our own are in static/campaigns/editor.js, and Picture in
# editor_pictures.js.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Labelled": True,
    "SourceMarker": True,
    "Ask": True,
    "ButtonBlock": True,
    "Picture": True,
    "Menu": {
        "groups": [
            {"group": "blockType -lists", "type": "dropdown", "minItems": 2},
            {"group": "marks"},
            {"group": "link"},
            {"group": "lists"},
            {"group": "nodes -blockType -lists"},
            {"group": "campaign"},
            {"group": "history"},
        ]
    },
}


class BodyWidget(AdminProseEditorWidget):
    """A textarea that becomes the editor. `campaign` says whose sources “Insert source” offers."""

    campaign: Campaign | None = None

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        material = {
            "url": reverse("admin:campaigns_campaign_material", args=[0]),
            "campaign": self.campaign.pk if self.campaign else None,
        }
        pictures = {
            "pictures": reverse("admin:campaigns_picture_offer"),
            "campaign": material["campaign"],
            "media": settings.MEDIA_URL,
        }
        own = {"SourceMarker": material, "Ask": material, "Picture": pictures}
        return config | {
            "extensions": config["extensions"] | own,
            "js_modules": [
                static("campaigns/editor.js"),
                static("campaigns/editor_pictures.js"),
            ],
        }

    @property
    def media(self) -> forms.Media:
        return super().media + Media(css={"all": ["campaigns/editor.css"]})


class BodyField(forms.CharField):
    """A body as it may be stored: whatever was typed or pasted, cleaned to the vocabulary."""

    widget = BodyWidget

    def clean(self, value: Any) -> str:
        try:
            body = clean(value or "")
        except TextTooLong as error:
            raise ValidationError(str(error), code="max_length") from None
        return super().clean(body)

    def as_kept(self, value: Any) -> str:
        """A stored body as it comes back from a form that nobody touched."""
        try:
            return clean(value or "")
        except TextTooLong:
            return str(value)
