"""Puts the site's own admin in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """`admin.site` is ours, for every app that registers there."""

    default_site = "advocacy.admin.StaffSite"
