"""Addresses below /api/v1/: the routers of all domains, a page to read them by, a problem for everything else."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import path, re_path

from leitstelle.kernel.api.instance import api
from leitstelle.kernel.api.problems import unknown_address
from leitstelle.kernel.api.reference import reference_page

for _domain in settings.DOMAINS:
    if find_spec(f"leitstelle.{_domain}.api") is not None:
        api.add_router("", import_module(f"leitstelle.{_domain}.api").router)

urlpatterns = [
    path("api/v1/docs", reference_page, name="api-reference"),
    path("api/v1/", api.urls),
    re_path(r"^api/", unknown_address),
]
