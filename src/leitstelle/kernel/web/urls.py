"""Addresses of the kernel's own pages."""

from django.urls import path

from . import views
from .live import views as live

app_name = "web"
urlpatterns = [
    path("language/", views.set_language, name="language"),
    path("keys/", views.set_keys, name="keys"),
    path("palette/", views.palette, name="palette"),
    path("texts.json", views.messages, name="messages"),
    path("administration/", views.administration, name="administration"),
    path("_components/", views.components, name="components"),
    path("live/", live.stream, name="live"),
    path("live/poll/", live.poll, name="live-poll"),
    path("live/presence/", live.presence, name="presence"),
    path("portal/live/", live.stream, name="portal-live"),
    path("portal/live/poll/", live.poll, name="portal-live-poll"),
]
