"""Addresses of the first steps."""

from django.urls import path

from leitstelle.config.first_steps import views

app_name = "first-steps"

urlpatterns = [
    path("first-steps/", views.overview, name="overview"),
    path("first-steps/later/", views.later, name="later"),
    path("first-steps/arrived/", views.arrived, name="arrived"),
    path("first-steps/<slug:code>/", views.step, name="step"),
    path("first-steps/<slug:code>/skip/", views.skip, name="skip"),
]
