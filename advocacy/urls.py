"""The site's public contract: every public address and its name."""

from django.contrib import admin
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from advocacy import health
from advocacy.home import home
from advocacy.metrics import metrics
from advocacy.publishing import FOR_MINUTES, published
from campaigns import feeds, listing, news, open_data, sitemaps
from campaigns.views import media, pictures, styles
from mailings.views import following, visiting, webhooks
from signatures.views import (
    confirming,
    leaving,
    own_data,
    page,
    previewing,
    recognising,
    thanks,
    token_pages,
)


class Token(StringConverter):
    """Anything at all: a link that a mail program glued something to still finds its page."""

    regex = r"[\s\S]+?"


register_converter(Token, "token")

urlpatterns = [
    path("", published(home), name="home"),
    path("by/<slug:slug>/", published(listing.organization_page), name="organization-page"),
    path(
        "by/<slug:slug>/feed.atom",
        published(feeds.organization_feed, lifetime=FOR_MINUTES),
        name="organization-feed",
    ),
    path("by/<slug:slug>/<slug:topic>/", published(listing.topic_page), name="topic-page"),
    path("robots.txt", published(sitemaps.robots, lifetime=FOR_MINUTES), name="robots"),
    path(
        "sitemap.xml", published(sitemaps.sitemap_index, lifetime=FOR_MINUTES), name="sitemap-index"
    ),
    path(
        "sitemap/lists.xml",
        published(sitemaps.sitemap_of_lists, lifetime=FOR_MINUTES),
        name="sitemap-of-lists",
    ),
    re_path(
        r"^sitemap/(?P<number>0|[1-9][0-9]{0,8})\.xml$",
        published(sitemaps.sitemap_of_campaigns, lifetime=FOR_MINUTES),
        name="sitemap-of-campaigns",
    ),
    re_path(
        r"^style/(?P<signal>[0-9A-Fa-f]{6})-(?P<link>[0-9A-Fa-f]{6})\.(?P<digest>[0-9a-f]{16})\.css$",
        styles.stylesheet_page,
        name="stylesheet",
    ),
    path("media/pictures/<str:name>", media.picture_file, name="picture-file"),
    path("sign/<slug:slug>/", page.campaign_page, name="campaign-page"),
    path("sign/<slug:slug>/count.json", page.count, name="count"),
    path(
        "sign/<slug:slug>/feed.atom",
        published(feeds.campaign_feed, lifetime=FOR_MINUTES),
        name="campaign-feed",
    ),
    path(
        "sign/<slug:slug>/updates/<slug:number>/", published(news.update_page), name="update-page"
    ),
    path("sign/<slug:slug>/data/", published(open_data.open_data_page), name="open-data"),
    path(
        "sign/<slug:slug>/history.json",
        published(open_data.history_json, lifetime=FOR_MINUTES, embedded=True),
        name="history-json",
    ),
    path(
        "sign/<slug:slug>/history.csv",
        published(open_data.history_csv, lifetime=FOR_MINUTES, embedded=True),
        name="history-csv",
    ),
    re_path(
        r"^sign/(?P<slug>[-\w]+)/(?P<name>badge|badge-dark)\.svg$",
        published(open_data.badge, lifetime=FOR_MINUTES, embedded=True),
        name="badge",
    ),
    re_path(
        r"^sign/(?P<slug>[-\w]+)/share\.(?P<version>[0-9a-f]{16})\.png$",
        pictures.share_image_page,
        name="share-image",
    ),
    path("sign/<slug:slug>/thanks/", thanks.thanks, name="thanks"),
    path("sign/<slug:slug>/as/<token:token>/", recognising.from_mail, name="as"),
    path("sign/<slug:slug>/you/", recognising.recognised_page, name="recognised"),
    path("go/<token:token>/<int:number>/", following.follow, name="go"),
    path("read/<token:token>/<slug:slug>/<int:update>/", visiting.visit, name="read"),
    path("read/<token:token>/<slug:slug>/", visiting.visit, name="read"),
    path("preview/<token:token>/", previewing.preview_page, name="preview"),
    path("confirm/<token:token>/", confirming.confirm_page, name="confirm"),
    path("not-me/<token:token>/", confirming.not_me_page, name="not-me"),
    path("withdraw/<token:token>/", confirming.withdraw_page, name="withdraw"),
    path("unsubscribe/<token:token>/", leaving.unsubscribe_page, name="unsubscribe"),
    path("preferences/<token:token>/", leaving.preferences_page, name="preferences"),
    path("stay/<token:token>/", leaving.stay_page, name="stay"),
    path("my-data/", own_data.ask_page, name="own-data"),
    path("my-data/mine/", own_data.own_page, name="own-data-mine"),
    path("my-data/mine/export/", own_data.export, name="own-data-export"),
    path("my-data/mine/erase/", own_data.erase_page, name="own-data-erase"),
    path("my-data/mine/signature/<int:pk>/", own_data.change, name="own-data-change"),
    path("my-data/<token:token>/", own_data.open_page, name="my-data"),
    # The same without the last slash, which mail programs lose and a POST cannot be sent on for.
    path("sign/<slug:slug>/as/<token:token>", recognising.from_mail),
    path("confirm/<token:token>", confirming.confirm_page),
    path("not-me/<token:token>", confirming.not_me_page),
    path("withdraw/<token:token>", confirming.withdraw_page),
    path("unsubscribe/<token:token>", leaving.unsubscribe_page),
    path("preferences/<token:token>", leaving.preferences_page),
    path("stay/<token:token>", leaving.stay_page),
    path("my-data/<token:token>", own_data.open_page),
    # Cut off before its first letter, or typed by hand: a page that helps, never a 404.
    re_path(
        r"^(confirm|not-me|withdraw|unsubscribe|preferences|stay)/?$", token_pages.no_token_page
    ),
    path("webhooks/mail/<slug:provider>/", webhooks.mail_events, name="mail-webhook"),
    path("webhooks/mail/<slug:provider>/inbound/", webhooks.mail_in, name="mail-in-webhook"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
]

handler500 = "advocacy.errors.server_error"
