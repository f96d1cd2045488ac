"""Addresses of the overview for those who lead, and of its settings."""

from django.urls import path

from leitstelle.reporting import views

app_name = "reporting"

urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("administration/overview/", views.settings, name="settings"),
]
