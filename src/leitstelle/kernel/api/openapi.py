"""The OpenAPI document as it is committed (`docs/openapi.json`)."""

import json
from importlib import import_module
from typing import Any

from django.conf import settings

from leitstelle.kernel.api.instance import api


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, as plain values."""
    # Loading the addresses adds the routers.
    import_module(settings.ROOT_URLCONF)
    plain: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    )
    return plain


def document_text() -> str:
    """The document as text: the same for the same API, so that differences show in reviews."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
