"""Small pages of the kernel: language, palette, texts for scripts, administration overview, component gallery.

Every view is a door without business rules. Leaves live updates to `live`.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from leitstelle.kernel.errors import NotAllowed

from . import gallery, registry
from .javascript import texts
from .language import remember
from .pages import go, render, viewer_of

PALETTE_LIMIT = 6


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie, and for the person where one is signed in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise Http404
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    remember(viewer_of(request), code)
    response = go(request, target)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@require_GET
@never_cache
def palette(request: HttpRequest) -> JsonResponse:
    """Groups of commands, pages and hits for the palette: [{label, items: [{label, url, icon, note, key}]}]."""
    viewer = viewer_of(request)
    query = request.GET.get("q", "").strip()[:200]
    words = query.casefold().split()
    groups = [_matching(gettext("Actions"), _command_items(viewer), words)]
    if query:
        for search in registry.palette_searches(viewer):
            hits = search.find(viewer, query, PALETTE_LIMIT)
            items = [
                {"label": h.label, "url": h.url, "icon": h.icon, "note": h.note, "key": ""} for h in hits
            ]
            groups.append({"label": str(search.label), "items": items})
    groups.append(_matching(gettext("Go to"), _page_items(viewer), words))
    return JsonResponse({"groups": [group for group in groups if group["items"]]})


def _command_items(viewer: Any) -> list[dict[str, str]]:
    return [
        {"label": str(c.label), "url": c.url, "icon": c.icon, "note": str(c.group), "key": c.shortcut}
        for c in registry.commands(viewer)
    ]


def _page_items(viewer: Any) -> list[dict[str, str]]:
    pages: list[registry.NavItem | registry.AdminSection] = []
    pages += registry.nav_items(viewer, "workspace" if viewer.is_agent else "portal")
    pages += registry.nav_items(viewer, "user")
    pages += registry.admin_sections(viewer)
    return [
        {
            "label": str(p.label),
            "url": p.url,
            "icon": p.icon,
            "note": str(p.group) if isinstance(p, registry.AdminSection) else "",
            "key": "" if isinstance(p, registry.AdminSection) else p.shortcut,
        }
        for p in pages
    ]


def _matching(label: str, items: list[dict[str, str]], words: list[str]) -> dict[str, Any]:
    kept = [i for i in items if all(word in f"{i['label']} {i['note']}".casefold() for word in words)]
    return {"label": label, "items": kept[: 2 * PALETTE_LIMIT] if words else kept}


@require_GET
def messages(request: HttpRequest) -> JsonResponse:
    """Texts that the ES modules show, in the language of the page: {msgid: translation}."""
    response = JsonResponse(texts())
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response


@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """Overview of everything an administrator sets up, in groups."""
    groups = registry.admin_groups(viewer_of(request))
    if not groups:
        raise NotAllowed
    return render(request, "web/administration.html", {"groups": list(groups.items())})


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for developers, designers and the accessibility test."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "web/gallery.html", gallery.context())
