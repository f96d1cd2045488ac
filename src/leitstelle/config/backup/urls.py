"""Addresses of the backups' page. An archive has none: it never leaves by the web."""

from django.urls import URLPattern, URLResolver, include, path

from leitstelle.config.backup import views

_own: list[URLPattern | URLResolver] = [
    path("administration/backups/", views.backups, name="backups"),
    path("administration/backups/now/", views.back_up_now, name="now"),
    path("administration/backups/mail/", views.held_mail, name="mail"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_own, "backup")))]
