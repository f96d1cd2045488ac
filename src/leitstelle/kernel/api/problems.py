"""Errors as `application/problem+json` (RFC 9457), for every way a request can fail."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound
from leitstelle.kernel.limits import TooMany

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """What went wrong. `code` is stable; `detail` is in the language of the person; `fields` by name of the input."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, str] = {}


def problem(
    status: int, code: str, detail: str, *, fields: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    """Return an answer that describes a problem."""
    body = {
        "type": f"urn:leitstelle:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "fields": dict(fields or {}),
    } | more
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def from_domain_error(request: HttpRequest, error: DomainError | type[DomainError]) -> HttpResponse:
    """A refused intent; a conflict shows both values, a rate limit how long to wait."""
    error = error() if isinstance(error, type) else error
    more = {}
    if isinstance(error, Conflict):
        more = {name: str(error.params[name]) for name in ("theirs", "ours") if name in error.params}
    answer = problem(error.status, error.code, error.message, fields=error.fields, **more)
    if isinstance(error, TooMany) and "retry_after" in error.params:
        answer["Retry-After"] = str(error.params["retry_after"])
    return answer


def unknown_address(request: HttpRequest) -> HttpResponse:
    """The answer for addresses below the API that nobody serves."""
    return from_domain_error(request, NotFound())


def _from_validation(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    fields: dict[str, str] = {}
    for item in error.errors if isinstance(error, ValidationError) else ():
        # The first two places are where it was read from and the name of the handler's parameter.
        place = ".".join(str(part) for part in item["loc"][2:]) or str(item["loc"][-1])
        fields.setdefault(place, item["msg"])
    refused = InvalidInput()
    return problem(refused.status, refused.code, refused.message, fields=fields)


def _from_http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        return problem(401, "not_authenticated", _("Please sign in or send a valid token."))
    if isinstance(error, Throttled):
        return from_domain_error(request, TooMany())
    if isinstance(error, type) or error.status_code == HTTPStatus.FORBIDDEN:
        return from_domain_error(request, NotAllowed())
    return problem(error.status_code, "invalid_request", str(error))


def add_handlers(api: NinjaAPI) -> None:
    """Let `api` answer with problems."""
    api.add_exception_handler(DomainError, from_domain_error)
    api.add_exception_handler(ValidationError, _from_validation)
    api.add_exception_handler(HttpError, _from_http_error)
    api.add_exception_handler(Http404, lambda request, error: unknown_address(request))
    api.add_exception_handler(
        PermissionDenied, lambda request, error: from_domain_error(request, NotAllowed())
    )
