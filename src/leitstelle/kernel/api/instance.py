"""The one API object. Domains bring a `Router` named `router` in their `api` module; `urls` adds them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from leitstelle.kernel.api.auth import SessionAuth, TokenAuth, authenticate
from leitstelle.kernel.api.document import complete
from leitstelle.kernel.api.idempotency import idempotent
from leitstelle.kernel.api.problems import add_handlers, from_domain_error, method_not_allowed
from leitstelle.kernel.api.reading import CarefulParser
from leitstelle.kernel.errors import DomainError

Run = Callable[..., HttpResponse]
_ABOUT = """\
The REST API of the desk. What a token reads and does is what its person may read and do, by the same rules as on the
pages: what may not be seen does not exist (404), what is seen but forbidden is 403.

Errors are `application/problem+json` (RFC 9457) with a stable `code`; invalid input names its places as JSON pointers.
Lists have cursors: `next` of one page is the `cursor` of the next. Every POST takes an `Idempotency-Key`. Changes of
fields take `If-Match` with the `ETag` of what was read. Times are ISO 8601 in UTC; inputs bring their zone. A person
may send 600 requests a minute; beyond that 429 says in `Retry-After` how long to wait.
"""


class ProductAPI(NinjaAPI):
    """An API whose document says what holds for every operation, and whose every answer is a problem or as declared."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=CarefulParser(), **options)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI 3.1 document."""
        document = super().get_openapi_schema(**options)
        complete(document)
        return document

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        """The addresses; a method that one does not have is answered like any other problem."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = _problems_only(pattern.callback)
        return patterns, app, namespace


def _problems_only(view: Any) -> Run:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        return method_not_allowed(answer["Allow"]) if answer.status_code == 405 else answer

    return wrapper


def in_own_language(run: Run) -> Run:
    """Wrap the run of an operation: its sentences are in the language of whoever speaks, token or session."""

    @wraps(run)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            viewer = authenticate(request)
        except DomainError as error:
            return from_domain_error(request, error)
        if viewer is None:
            return run(request, *args, **kwargs)
        with translation.override(viewer.language):
            return run(request, *args, **kwargs)

    return wrapper


api = ProductAPI(
    title="Leitstelle",
    version="1",
    description=_ABOUT,
    urls_namespace="api",
    auth=[TokenAuth(), SessionAuth()],
    # Its page brings inline script, which our content security policy refuses; `reference` has one without.
    docs_url=None,
    openapi_extra={
        "tags": [
            {"name": "Tickets", "description": "Cases, what is done with them, and their clocks"},
            {"name": "Messages", "description": "The conversation of a ticket, and files"},
            {"name": "Vendors", "description": "Whom the desk asks, and cases there beside a ticket"},
            {"name": "Calls", "description": "Telephone calls and who is to be called back"},
            {"name": "Triage", "description": "What is proposed for a ticket, and who gets it"},
            {"name": "Agreements", "description": "What is promised to whom, and which promise applies"},
            {"name": "Events", "description": "The journal, to be followed"},
            {"name": "People", "description": "People, their addresses and numbers"},
            {"name": "Organisations", "description": "Customers and departments with sites and mail domains"},
            {"name": "Desk", "description": "Teams, levels, statuses, categories, scales"},
            {"name": "Calendars", "description": "Service hours and sums over them"},
        ]
    },
)
add_handlers(api)
# Around the whole operation, so that what is replayed needs no valid input any more.
api.add_decorator(lambda run: in_own_language(idempotent(run)), mode="view")
