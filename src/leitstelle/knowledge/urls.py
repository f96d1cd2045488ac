"""Addresses of the administration of guides."""

from django.urls import path

from leitstelle.knowledge.views import guides

app_name = "knowledge"

urlpatterns = [
    path("administration/guides/", guides.guides, name="guides"),
    path("administration/guides/new/", guides.guide, name="guide-new"),
    path("administration/guides/preview/", guides.preview, name="guide-preview"),
    path("administration/guides/import/", guides.import_files, name="guide-import"),
    path("administration/guides/<uuid:public_id>/", guides.guide, name="guide"),
    path("administration/guides/<uuid:public_id>/publish/", guides.publish, name="guide-publish"),
    path("administration/guides/<uuid:public_id>/active/", guides.active, name="guide-active"),
    path("administration/guides/<uuid:public_id>/export/", guides.export, name="guide-export"),
]
