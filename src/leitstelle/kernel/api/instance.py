"""The one API object. Domains bring a `Router` named `router` in their `api` module; `urls` adds them."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from leitstelle.kernel.api.auth import SessionAuth, TokenAuth
from leitstelle.kernel.api.idempotency import HEADER, idempotent
from leitstelle.kernel.api.problems import CONTENT_TYPE, Problem, add_handlers

_PROBLEM = {
    "description": "Something went wrong",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Sent again with the same request, the first answer comes again and nothing is done twice.",
}


class ProductAPI(NinjaAPI):
    """An API whose document says what holds for every operation: how errors look, and idempotency keys."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI 3.1 document."""
        document = super().get_openapi_schema(**options)
        document["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"]["default"] = _PROBLEM
                if method == "post":
                    operation.setdefault("parameters", []).append(_KEY)
        return document


api = ProductAPI(
    title="Leitstelle",
    version="1",
    description="IT support desk. Errors are application/problem+json (RFC 9457); lists have cursors; every POST "
    "takes an Idempotency-Key.",
    urls_namespace="api",
    auth=[TokenAuth(), SessionAuth()],
    # Its page brings inline script, which our content security policy refuses.
    docs_url=None,
)
add_handlers(api)
# Around the whole operation, so that what is replayed needs no valid input any more.
api.add_decorator(idempotent, mode="view")
