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
    path("administration/customer-contracts/", views.customer_contracts, name="customer-contracts"),
    path("administration/customer-contracts/new/", views.customer_contract_new, name="customer-contract-new"),
    path(
        "administration/customer-contracts/<uuid:public_id>/",
        views.customer_contract,
        name="customer-contract",
    ),
    path(
        "administration/customer-contracts/<uuid:public_id>/end/",
        views.customer_contract_end,
        name="customer-contract-end",
    ),
]
