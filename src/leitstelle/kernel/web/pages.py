"""Answering with pages and fragments.

Owns: `render`, `page`, `toast` and the redirects that work with and without HTMX. One view serves the page and
its fragment from the same context. Leaves the frame's data to `shell`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils import timezone

from .shell import Shell

if TYPE_CHECKING:
    from leitstelle.kernel.viewer import Viewer

_TONES = {"ok": messages.SUCCESS, "accent": messages.INFO, "warn": messages.WARNING, "crit": messages.ERROR}


class SeeOther(HttpResponseRedirect):
    """303: the browser asks for the other page with GET, whatever it sent here."""

    status_code = 303


def viewer_of(request: HttpRequest) -> "Viewer":
    """The viewer that the middleware found; typed access for views."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def is_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a piece of the page (not boosted navigation, not a restored history entry)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Answer with a template. Adds `shell`, `viewer` and `now`; a fragment brings queued toasts out of band."""
    viewer = viewer_of(request)
    shell = Shell(request, viewer)
    values = {"shell": shell, "viewer": viewer, "now": timezone.now(), **(context or {})}
    body = get_template(template).render(values, request)
    if is_fragment(request) and shell.toasts:
        body += get_template("web/_toasts.html").render({"toasts": shell.toasts}, request)
    response = HttpResponse(body, status=status)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page, or with `fragment` where HTMX asks for a piece."""
    return render(
        request, fragment if fragment and is_fragment(request) else template, context, status=status
    )


def toast(request: HttpRequest, text: str, tone: str = "ok") -> None:
    """Queue a short notice for the next page or fragment of this person; tone ok, accent, warn or crit."""
    messages.add_message(request, _TONES[tone], text, extra_tags=tone)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to a page after a successful POST: 303, or HX-Redirect for HTMX."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)
