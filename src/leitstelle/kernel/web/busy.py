"""When the database asks for another try: what only reads is tried again, what writes is given back to the person.

A lock not obtained, a deadlock or a lost serialisation roll back whole transactions through no fault of their own.
A page is safe to ask for twice. A form may not be sent twice unasked: its words come back with a button.
"""

import logging
import random
import time
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from leitstelle.kernel.db import is_transient
from leitstelle.kernel.viewer import Viewer

from .pages import is_fragment
from .shell import Shell

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.15
RETRY_AFTER = "2"
# Longer than this, or of several lines, is text that somebody wants to see that it is still there.
LONG = 60
# What must never come back in a page.
_SECRET = ("password", "token", "secret", "csrf", "otp")


@dataclass(frozen=True)
class Typed:
    """One field of a form that could not be kept; `is_long`: shown, not only carried along."""

    name: str
    value: str
    is_long: bool


def answer_transient(request: HttpRequest, error: BaseException) -> HttpResponseBase | None:
    """Answer for a view that raised `error`: the page after all, or "please try again" (503). None for other errors."""
    if not is_transient(error):
        return None
    log.warning("the database asked for another try at %s %s: %s", request.method, request.path, error)
    return _once_more(request) or try_again(request)


def _once_more(request: HttpRequest) -> HttpResponseBase | None:
    match = request.resolver_match
    if request.method not in ("GET", "HEAD") or match is None or iscoroutinefunction(match.func):
        return None
    if connections["default"].in_atomic_block:
        return None
    time.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))
    try:
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except DatabaseError as error:
        if not is_transient(error):
            raise
        return None
    return response


def try_again(request: HttpRequest) -> HttpResponse:
    """503 with what was typed and a button that sends it again; asks neither database nor session."""
    title = _("The desk is very busy right now")
    text = _("Nothing was changed. Please try again; what you typed is still here.")
    if request.headers.get("Accept", "").startswith("application/json"):
        response: HttpResponse = JsonResponse({"title": title, "detail": text, "fields": {}}, status=503)
    elif is_fragment(request):
        context = {"title": title, "message": text, "fields": {}, "icon": "clock-pause"}
        response = HttpResponse(get_template("errors/_error.html").render(context, request), status=503)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    else:
        response = HttpResponse(_page(request, title, text), status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, title: str, text: str) -> str:
    viewer = Viewer.guest(language=translation.get_language() or "de")
    context: dict[str, Any] = {
        "title": title,
        "message": text,
        "typed": typed_in(request) if request.method == "POST" else [],
        "can_repeat": request.method == "POST" and not _holds_secrets(request),
        "files": [file.name for name in request.FILES for file in request.FILES.getlist(name)]
        if request.method == "POST"
        else [],
        "address": request.get_full_path(),
        "shell": Shell(request, viewer, quiet=True),
        "viewer": viewer,
        "now": timezone.now(),
    }
    return get_template("errors/busy.html").render(context, request)


def typed_in(request: HttpRequest) -> list[Typed]:
    """Return the fields of the form that was sent, nothing secret among them."""
    return [
        Typed(name, value, len(value) > LONG or "\n" in value)
        for name in request.POST
        if not _is_secret(name)
        for value in request.POST.getlist(name)
    ]


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _holds_secrets(request: HttpRequest) -> bool:
    """Whether the form holds what is not given back, so that sending it again would send less."""
    return any(_is_secret(name) and "csrf" not in name.lower() for name in request.POST)
