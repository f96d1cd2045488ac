"""Answers to what went wrong: one page or fragment per status, in the frame of whoever asked.

Owns the wording of errors without a view of their own. A page for status 500 needs neither a database nor a
viewer, because either may be what broke.
"""

import logging
import sys
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.db import is_transient
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer

from .busy import try_again
from .pages import is_fragment, render, viewer_of
from .shell import Shell

log = logging.getLogger(__name__)

# Title, explanation, icon. What happened, what it means, what to do.
_TEXTS: dict[int, tuple[str | Promise, str | Promise, str]] = {
    400: (
        _("The request could not be read"),
        _("Please go back and try again. If you followed a link, it may be incomplete."),
        "alert-circle",
    ),
    403: (
        _("You are not allowed to do this"),
        _("Your rights do not cover this page or step. Ask your administration if you need it."),
        "lock",
    ),
    404: (
        _("This page was not found"),
        _("The address is wrong, the entry was removed, or you may not see it."),
        "search-off",
    ),
    405: (
        _("This does not work that way"),
        _("The page was opened in a way it does not support. Please go back and try again."),
        "alert-circle",
    ),
    409: (
        _("This is not possible right now"),
        _(
            "Somebody else changed it in the meantime. Load the page again; what you typed is kept where it could be."
        ),
        "refresh",
    ),
    422: (
        _("Please check your input"),
        _("Something is missing or does not fit. Go back and correct it."),
        "alert-circle",
    ),
    429: (
        _("Too many attempts"),
        _("Please wait a few minutes and try again."),
        "clock-pause",
    ),
    500: (
        _("Something went wrong on our side"),
        _("Nothing you entered was changed. Please try again in a moment; the cause has been recorded."),
        "alert-octagon",
    ),
}


def answer_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Page or fragment for a refused action, saying what the error says; guests are asked to sign in first."""
    sign_in = _sign_in_first(request) if error.status in (403, 404) else ""
    if sign_in:
        return HttpResponseRedirect(sign_in)
    return answer(request, error.status, message=error.message, fields=error.fields)


def _sign_in_first(request: HttpRequest) -> str:
    """The sign-in page that leads back here, for a guest who opened a page; empty for everybody else."""
    if request.method != "GET" or is_fragment(request) or _wants_json(request):
        return ""
    _with_viewer(request)
    shell = Shell(request, viewer_of(request))
    if shell.signed_in or not shell.sign_in_url:
        return ""
    return f"{shell.sign_in_url}?{urlencode({'next': request.get_full_path()})}"


def answer(
    request: HttpRequest,
    status: int,
    *,
    title: str | Promise = "",
    message: str | Promise = "",
    fields: dict[str, str] | None = None,
) -> HttpResponse:
    """Page, HTMX fragment or JSON for a status; texts default to those of the status."""
    own_title, own_text, icon = _TEXTS.get(status, _TEXTS[400])
    context = {
        "status": status,
        "title": title or own_title,
        "message": message or own_text,
        "fields": fields or {},
        "icon": icon,
    }
    if _wants_json(request):
        body = {
            "title": str(context["title"]),
            "detail": str(context["message"]),
            "fields": context["fields"],
        }
        return JsonResponse(body, status=status)
    _with_viewer(request)
    if is_fragment(request):
        response = render(request, "errors/_error.html", context, status=status)
        # Swapped into the notices, so that the page and what was typed stay as they are.
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
        return response
    return render(request, "errors/error.html", context, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _with_viewer(request: HttpRequest) -> None:
    """A request can fail before the viewer middleware has run (bad host, CSRF)."""
    if not hasattr(request, "viewer"):
        language = translation.get_language_from_request(request)
        request.viewer = Viewer.guest(language=language)  # type: ignore[attr-defined]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return answer(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Settings' CSRF_FAILURE_VIEW: the form is too old, or was sent from elsewhere."""
    log.warning("CSRF check failed at %s: %s", request.path, reason)
    return answer(
        request,
        403,
        title=_("This form is no longer valid"),
        message=_(
            "Go back, load the page again and send the form once more. Your browser must accept cookies."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a page that touches neither database nor session."""
    language = translation.get_language_from_request(request)
    error = sys.exc_info()[1]
    if error is not None and is_transient(error):
        with translation.override(language):
            return try_again(request)
    with translation.override(language):
        viewer = Viewer.guest(language=language)
        title, message, icon = _TEXTS[500]
        context: dict[str, Any] = {
            "status": 500,
            "title": title,
            "message": message,
            "icon": icon,
            "fields": {},
        }
        context |= {
            "shell": Shell(request, viewer, quiet=True),
            "viewer": viewer,
            "now": timezone.now(),
            "bare": True,
        }
        try:
            return HttpResponse(get_template("errors/error.html").render(context, request), status=500)
        except Exception:
            if settings.DEBUG:
                raise
            log.exception("the error page itself failed")
            return HttpResponse(f"{title}\n", status=500, content_type="text/plain; charset=utf-8")
