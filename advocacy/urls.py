"""The site's public contract: every public address and its name."""

from django.contrib import admin
from django.urls import path, re_path

from advocacy import health, home
from campaigns import views as campaigns
from signatures.views import links, page, thanks

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
    # `path`, not `slug`: a link that a mail program glued something to still finds its page.
    path("confirm/<path:token>/", links.confirm_page, name="confirm"),
    path("not-me/<path:token>/", links.not_me_page, name="not-me"),
    path("unsubscribe/<path:token>/", links.unsubscribe_page, name="unsubscribe"),
    path("preferences/<path:token>/", links.preferences_page, name="preferences"),
    # Cut off before its first letter, or typed by hand: a page that helps, never a 404.
    re_path(r"^(confirm|not-me|unsubscribe|preferences)/?$", links.no_token_page),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
