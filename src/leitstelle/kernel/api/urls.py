"""Addresses of the API: the routers of all domains below /api/v1/, and a problem for everything else there."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import path, re_path

from leitstelle.kernel.api.instance import api
from leitstelle.kernel.api.problems import unknown_address

for _domain in settings.DOMAINS:
    if find_spec(f"leitstelle.{_domain}.api") is not None:
        api.add_router("", import_module(f"leitstelle.{_domain}.api").router)

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/", unknown_address),
]
