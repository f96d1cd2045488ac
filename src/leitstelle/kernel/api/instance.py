"""The one API object. Domains bring a `Router` named `router` in their `api` module; `urls` adds them."""

from ninja import NinjaAPI

from leitstelle.kernel.api.auth import SessionAuth, TokenAuth
from leitstelle.kernel.api.idempotency import idempotent
from leitstelle.kernel.api.problems import add_handlers

api = NinjaAPI(
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
