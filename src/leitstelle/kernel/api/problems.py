"""Errors as `application/problem+json` (RFC 9457), for every way a request can fail."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import Field

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound
from leitstelle.kernel.limits import TooMany

CONTENT_TYPE = "application/problem+json"
# What Django raises while it reads a request: too long, too many parts, not the form it says it has.
UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError)


class Fault(Schema):
    """One thing that is wrong with the input, and where it stands."""

    pointer: str | None = Field(
        None, description="JSON pointer into the body that was sent", examples=["/subject"]
    )
    parameter: str | None = Field(None, description="Name of a parameter of the address", examples=["limit"])
    detail: str


class Problem(Schema):
    """What went wrong. `code` is stable; `detail` is in the language of the person; `fields` by name of the input."""

    type: str = Field(examples=["urn:leitstelle:problem:invalid_input"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid_input"])
    detail: str = Field(examples=["Please check your input."])
    fields: dict[str, str] = {}
    errors: list[Fault] = Field(default_factory=list, description="The same as `fields`, with pointers")


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
    **more: Any,
) -> HttpResponse:
    """Return an answer that describes a problem; `fields` without `errors` are taken for members of the body."""
    places = dict(fields or {})
    if errors is None:
        errors = [{"pointer": _pointer(name), "detail": text} for name, text in places.items()]
    body = {
        "type": f"urn:leitstelle:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "fields": places,
        "errors": errors,
    } | more
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _pointer(name: str) -> str:
    """Domain errors name the second of several contacts `contacts-1`."""
    return "/" + name.replace("-", "/")


def from_domain_error(request: HttpRequest, error: DomainError | type[DomainError]) -> HttpResponse:
    """A refused intent; a conflict shows both values, a rate limit how long to wait."""
    error = error() if isinstance(error, type) else error
    more: dict[str, Any] = {}
    if isinstance(error, Conflict):
        more = _both_sides(error)
    answer = problem(error.status, error.code, error.message, fields=error.fields, **more)
    if isinstance(error, TooMany) and "retry_after" in error.params:
        answer["Retry-After"] = str(error.params["retry_after"])
    return answer


def _both_sides(error: Conflict) -> dict[str, Any]:
    """Both values of one field; of several only which ones, since their values are keys of rows."""
    theirs = error.params.get("theirs")
    if isinstance(theirs, Mapping):
        return {"changed": sorted(str(name).removesuffix("_id") for name in theirs)}
    return {name: str(error.params[name]) for name in ("theirs", "ours") if name in error.params}


def unknown_address(request: HttpRequest) -> HttpResponse:
    """The answer for addresses below the API that nobody serves."""
    return from_domain_error(request, NotFound())


def unreadable(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer for a request that cannot be read, or is too long to be."""
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("The request is too large."))
    return problem(400, "invalid_request", _("The request could not be read."))


def method_not_allowed(allowed: str) -> HttpResponse:
    """The answer for a method an address does not have."""
    answer = problem(405, "method_not_allowed", _("This address does not have that method."))
    answer["Allow"] = allowed
    return answer


def _from_validation(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    fields: dict[str, str] = {}
    faults: list[dict[str, str]] = []
    for item in error.errors if isinstance(error, ValidationError) else ():
        # The first two places are where it was read from and the name of the handler's parameter.
        path = [str(part) for part in item["loc"][2:]]
        place = ".".join(path) or str(item["loc"][-1])
        fields.setdefault(place, item["msg"])
        in_body = item["loc"][0] in ("body", "form", "file")
        where = {"pointer": "".join(f"/{part}" for part in path)} if in_body else {"parameter": place}
        faults.append(where | {"detail": item["msg"]})
    refused = InvalidInput()
    return problem(refused.status, refused.code, refused.message, fields=fields, errors=faults)


def _from_http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        return problem(401, "not_authenticated", _("Please sign in or send a valid token."))
    if isinstance(error, Throttled):
        return from_domain_error(request, TooMany())
    if isinstance(error, type) or error.status_code == HTTPStatus.FORBIDDEN:
        return from_domain_error(request, NotAllowed())
    return problem(error.status_code, "invalid_request", _("The request could not be read."))


def add_handlers(api: NinjaAPI) -> None:
    """Let `api` answer with problems."""
    api.add_exception_handler(DomainError, from_domain_error)
    api.add_exception_handler(ValidationError, _from_validation)
    api.add_exception_handler(HttpError, _from_http_error)
    api.add_exception_handler(Http404, lambda request, error: unknown_address(request))
    api.add_exception_handler(
        PermissionDenied, lambda request, error: from_domain_error(request, NotAllowed())
    )
    for kind in UNREADABLE:
        api.add_exception_handler(kind, unreadable)
