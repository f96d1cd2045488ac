"""Root of all addresses: every kernel application and domain that has a `urls` module, mounted at the root.

Each module chooses its own prefixes; domains come in the order of `settings.DOMAINS`, highest first, so that a higher
domain may take over an address of a lower one.
"""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from leitstelle.config.first_steps import panels as _first_steps  # noqa: F401  # registers itself, as domains do

MODULES = [
    "leitstelle.config.backup.urls",
    *(f"leitstelle.{name}.urls" for name in reversed(settings.DOMAINS)),
    *(f"leitstelle.kernel.{name}.urls" for name in settings.KERNEL),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("leitstelle.config.first_steps.urls")),
    *(path("", include(module)) for module in MODULES if find_spec(module) is not None),
    path("rescue/", admin.site.urls),
]

handler400 = "leitstelle.kernel.web.answers.bad_request"
handler403 = "leitstelle.kernel.web.answers.permission_denied"
handler404 = "leitstelle.kernel.web.answers.page_not_found"
handler500 = "leitstelle.kernel.web.answers.server_error"
