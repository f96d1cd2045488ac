"""Addresses of the administration of vendors and contracts."""

from django.urls import path

from leitstelle.contracts import views

app_name = "contracts"

urlpatterns = [
    path("administration/vendors/", views.vendors, name="vendors"),
    path("administration/vendors/new/", views.vendor, name="vendor-new"),
    path("administration/vendors/<uuid:public_id>/", views.vendor, name="vendor"),
    path("administration/vendors/<uuid:public_id>/contracts/new/", views.contract, name="contract-new"),
    path(
        "administration/vendors/<uuid:public_id>/contracts/<uuid:contract_id>/",
        views.contract,
        name="contract",
    ),
]
