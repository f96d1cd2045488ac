"""Addresses of the kernel's own pages."""

from django.urls import path

from . import views

app_name = "web"
urlpatterns = [
    path("language/", views.set_language, name="language"),
    path("palette/", views.palette, name="palette"),
    path("texts.json", views.messages, name="messages"),
    path("administration/", views.administration, name="administration"),
    path("_components/", views.components, name="components"),
]
