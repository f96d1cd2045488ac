"""Addresses of webhooks: the public door, and their administration."""

from django.urls import URLPattern, URLResolver, path

from leitstelle.automation.views import admin, endpoints, hook

app_name = "automation"
urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/reports/<uuid:public_id>/", hook.hook, name="hook"),
    path("administration/incoming-webhooks/<uuid:public_id>/reports/", admin.reports, name="hook-reports"),
    path("administration/outgoing-webhooks/", endpoints.listed, name="endpoints"),
    path("administration/outgoing-webhooks/<uuid:public_id>/", endpoints.endpoint, name="endpoint"),
    *admin.hooks.urls("administration/incoming-webhooks/"),
]
