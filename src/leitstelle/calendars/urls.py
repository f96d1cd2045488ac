"""Addresses of the administration of service hours."""

from django.urls import path

from leitstelle.calendars import views

app_name = "calendars"

urlpatterns = [
    path("administration/calendars/", views.calendar_list, name="list"),
    path("administration/calendars/new/", views.calendar_new, name="new"),
    path("administration/calendars/<uuid:public_id>/", views.calendar_detail, name="detail"),
    path("administration/calendars/<uuid:public_id>/edit/", views.calendar_edit, name="edit"),
    path("administration/calendars/<uuid:public_id>/name/", views.calendar_name, name="name"),
    path("administration/calendars/<uuid:public_id>/active/", views.calendar_active, name="active"),
    path("administration/calendars/<uuid:public_id>/default/", views.calendar_default, name="default"),
]
