"""Addresses of the administration of categories and priorities."""

from django.urls import path

from leitstelle.catalog import views

app_name = "catalog"

urlpatterns = [
    path("administration/categories/", views.categories, name="categories"),
    path("administration/categories/new/", views.category, name="category-new"),
    path("administration/categories/<int:pk>/", views.category, name="category"),
    path("administration/categories/<int:pk>/move/", views.move, name="category-move"),
    path("administration/categories/<int:pk>/active/", views.active, name="category-active"),
    path("administration/services/", views.services, name="services"),
    path("administration/services/new/", views.service, name="service-new"),
    path("administration/services/<int:pk>/", views.service, name="service"),
    path("administration/priorities/", views.priorities, name="priorities"),
    path("administration/priorities/preview/", views.preview, name="priorities-preview"),
    path("administration/priorities/reset/", views.reset, name="priorities-reset"),
    path("administration/priorities/modifiers/", views.modifiers, name="modifiers"),
    path("administration/priorities/modifiers/new/", views.modifier, name="modifier-new"),
    path("administration/priorities/modifiers/<int:pk>/", views.modifier, name="modifier"),
    path("administration/priorities/modifiers/<int:pk>/move/", views.move_modifier, name="modifier-move"),
    path("administration/priorities/<uuid:public_id>/", views.priorities, name="priorities-of"),
    path("administration/priorities/<uuid:public_id>/preview/", views.preview, name="priorities-preview-of"),
    path("administration/priorities/<uuid:public_id>/reset/", views.reset, name="priorities-reset-of"),
]
