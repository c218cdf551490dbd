"""The pictures of an organization: uploaded once, then chosen for pages and put into texts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scoping import OrganizationScopedAdmin, ScopedRelatedFilter
from campaigns.models import Picture
from campaigns.picturing import PictureRefused, discard, draw_anew, keep

OFFERED = 100
ALT_HELP = _(
    "What it shows, for those who cannot see it: “Nurses with placards before the town hall”, not "
    "“Picture of a demonstration”."
)


class UploadForm(forms.ModelForm):
    """A new picture. The file is drawn anew while the form is cleaned: `drawn` is what is kept."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_(
            "PNG, JPEG or WebP, at most 10 MB and 40 million pixels. Place, time and camera that "
            "the file names are left out."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    class Meta:
        model = Picture
        fields = ["organization", "alt"]
        help_texts = {"alt": ALT_HELP}

    def clean_upload(self) -> UploadedFile:
        upload = self.cleaned_data["upload"]
        try:
            self.drawn = draw_anew(upload)
        except PictureRefused as refused:
            raise forms.ValidationError(str(refused), code="picture") from refused
        return upload


@admin.register(Picture)
class PictureAdmin(OrganizationScopedAdmin):
    list_display = ["small", "alt", "organization", "size", "created_at"]
    list_display_links = ["small", "alt"]
    list_filter = [("organization", ScopedRelatedFilter)]
    list_select_related = ["organization"]
    search_fields = ["alt"]
    show_facets = admin.ShowFacets.NEVER
    actions = None
    readonly_fields = ["shown", "size", "created_at"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = UploadForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["organization", "upload", "alt"]
        return ["shown", "alt", "organization", "size", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "organization"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A picture that a page shows stays until the page lets it go."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_used())

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            keep(obj, form.drawn)

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        discard(obj)

    def get_urls(self) -> list[Any]:
        offer = path(
            "offer/", self.admin_site.admin_view(self.offer_view), name="campaigns_picture_offer"
        )
        return [offer, *super().get_urls()]

    def offer_view(self, request: HttpRequest) -> JsonResponse:
        """What the editor may put into a text: `{"pictures": [{"url", "alt", "width", "height"}]}`.

        The newest first; of the organization of `?campaign=` where one is named.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        pictures = self.get_queryset(request)
        if (campaign := request.GET.get("campaign", "")).isdecimal():
            pictures = pictures.filter(organization__campaigns=campaign)
        offered = [
            {"url": each.url, "alt": each.alt, "width": each.width, "height": each.height}
            for each in pictures[:OFFERED]
        ]
        return JsonResponse({"pictures": offered})

    # --- columns

    @admin.display(description=_("picture"))
    def small(self, picture: Picture) -> SafeString:
        return _image(picture, "96px", "thumbnail")

    @admin.display(description=_("picture"))
    def shown(self, picture: Picture) -> SafeString:
        return _image(picture, "480px", "shown")

    @admin.display(description=_("size"))
    def size(self, picture: Picture) -> str:
        return f"{picture.width} × {picture.height}"


def _image(picture: Picture, sizes: str, name: str) -> SafeString:
    return format_html(
        '<img class="{}" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"'
        ' loading="lazy">',
        *(name, picture.url, picture.srcset, sizes, picture.width, picture.height, picture.alt),
    )
