"""The site's public contract: every public address and its name."""

from django.contrib import admin
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from advocacy import health, home
from campaigns import views as campaigns
from signatures.views import links, page, thanks


class Token(StringConverter):
    """Anything at all: a link that a mail program glued something to still finds its page."""

    regex = r"[\s\S]+?"


register_converter(Token, "token")

urlpatterns = [
    path("", home.home, name="home"),
    re_path(
        r"^style/(?P<signal>[0-9A-Fa-f]{6})-(?P<link>[0-9A-Fa-f]{6})\.(?P<digest>[0-9a-f]{16})\.css$",
        campaigns.stylesheet_page,
        name="stylesheet",
    ),
    path("sign/<slug:slug>/", page.campaign_page, name="campaign-page"),
    path("sign/<slug:slug>/count.json", page.count, name="count"),
    path("sign/<slug:slug>/thanks/", thanks.thanks, name="thanks"),
    path("confirm/<token:token>/", links.confirm_page, name="confirm"),
    path("not-me/<token:token>/", links.not_me_page, name="not-me"),
    path("unsubscribe/<token:token>/", links.unsubscribe_page, name="unsubscribe"),
    path("preferences/<token:token>/", links.preferences_page, name="preferences"),
    # The same without the last slash, which mail programs lose and a POST cannot be sent on for.
    path("confirm/<token:token>", links.confirm_page),
    path("not-me/<token:token>", links.not_me_page),
    path("unsubscribe/<token:token>", links.unsubscribe_page),
    path("preferences/<token:token>", links.preferences_page),
    # Cut off before its first letter, or typed by hand: a page that helps, never a 404.
    re_path(r"^(confirm|not-me|unsubscribe|preferences)/?$", links.no_token_page),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
