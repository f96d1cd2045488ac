"""What happens to every request: security headers, viewer, language and zone, domain errors.

Owns the content security policy and the order in which a refused action becomes an answer. Leaves who the viewer
is to `kernel.viewer`'s resolver. All three classes are synchronous on purpose: one hop into a thread carries the
whole chain instead of one hop per middleware.
"""

import zoneinfo
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from leitstelle.kernel.api.problems import unreadable
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Hat, Viewer, resolve

from .answers import answer_domain_error, bad_request
from .busy import answer_transient
from .shell import PORTAL_PREFIX

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the policy to every answer that does not bring a stricter one of its own (files do)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class Compression(GZipMiddleware):
    """Packs pages and JSON. Leaves streams alone, whose pieces must go out at once, and files, packed already.

    Django pads each answer with a random length, so that the size tells nobody what a page repeats (BREACH).
    """

    async_capable = False

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(
            ("text/", "application/json", "application/problem+json")
        ):
            return response
        return super().process_response(request, response)


class ViewerMiddleware:
    """Sets `request.viewer`, and the language and time zone that everything below speaks."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        viewer = _under_its_hat(request, resolve(request))
        language = (
            viewer.language
            if viewer.person_id is not None
            else translation.get_language_from_request(request)
        )
        viewer = replace(viewer, language=language)
        request.viewer = viewer  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(_zone(viewer.time_zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _under_its_hat(request: HttpRequest, viewer: Viewer) -> Viewer:
    """In the portal everybody is a requester: no rights of an agent reach it."""
    if viewer.person_id is None:
        zone = settings.DEFAULT_PERSON_TIME_ZONE
        return replace(viewer, hat=Hat.REQUESTER, is_admin=False, is_lead=False, time_zone=zone)
    if request.path.startswith(PORTAL_PREFIX):
        return replace(viewer, hat=Hat.REQUESTER, is_admin=False, is_lead=False)
    return viewer


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("Europe/Berlin")


class DomainErrors:
    """Turns a `DomainError` that a view let through into a page or a fragment with its status.

    Where the database asks for another try, the page is tried again or the form given back (`busy`).

    Refuses NUL in addresses, which no page means and PostgreSQL takes for an error of ours.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path_info:
            return unreadable(request, ValueError()) if _of_api(request) else bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Django calls this for exceptions of views; None leaves the others to Django."""
        if isinstance(exception, DomainError):
            return answer_domain_error(request, exception)
        try:
            return answer_transient(request, exception)
        except DomainError as error:
            return answer_domain_error(request, error)


def _of_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
