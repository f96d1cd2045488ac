"""Addresses of devices in the workspace, and of one's own in the portal."""

from django.urls import path

from leitstelle.assets import views

app_name = "assets"

urlpatterns = [
    path("devices/", views.devices, name="list"),
    path("devices/new/", views.new_device, name="new"),
    path("devices/<uuid:public_id>/", views.device, name="device"),
    path("devices/<uuid:public_id>/change/", views.change_device, name="change"),
    path("devices/<uuid:public_id>/people/", views.hand_over, name="hand-over"),
    path("devices/<uuid:public_id>/people/<uuid:person_id>/back/", views.take_back, name="take-back"),
    path("devices/<uuid:public_id>/retire/", views.retire, name="retire"),
    path("portal/devices/", views.own_devices, name="own"),
]
