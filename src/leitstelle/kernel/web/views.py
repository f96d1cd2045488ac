"""Small pages of the kernel: language, palette, texts for scripts, administration overview, component gallery.

Every view is a door without business rules. Leaves live updates to `live`.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer

from . import gallery, matching, registry, single_keys
from .javascript import texts
from .language import remember
from .pages import go, render, viewer_of
from .shell import KEYS_COOKIE

PALETTE_LIMIT = 6
# Each typed word begins a word of the label.
NAMED = 12


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie, and for the person where one is signed in."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise Http404
    remember(viewer_of(request), code)
    return _back_with_cookie(request, settings.LANGUAGE_COOKIE_NAME, code)


@require_POST
def set_keys(request: HttpRequest) -> HttpResponse:
    """Switch keys without Ctrl on (`keys` = on) or off: for the person, and in a cookie for guests."""
    on = request.POST.get("keys") != "off"
    single_keys.remember(viewer_of(request), on)
    return _back_with_cookie(request, KEYS_COOKIE, "" if on else "off")


def _back_with_cookie(request: HttpRequest, name: str, value: str) -> HttpResponse:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = go(request, target)
    response.set_cookie(name, value, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure())
    return response


@require_GET
@never_cache
def palette(request: HttpRequest) -> JsonResponse:
    """Groups of commands, pages and hits for the palette: [{label, items: [{label, url, icon, note, key}]}].

    With nothing typed what was open last comes first; else what fits best within each group.
    """
    viewer = viewer_of(request)
    query = request.GET.get("q", "").strip()[:200]
    groups = [_hits(search, viewer, query) for search in registry.palette_searches(viewer)]
    own = [
        _group(gettext("Actions"), _matching(query, _command_items(viewer))),
        _group(gettext("Go to"), _matching(query, _page_items(viewer))),
    ]
    # Who types a command finds it above tickets that happen to contain its word.
    best = [group for group in own if query and group["items"] and _is_named(query, group["items"][0])]
    ordered = [*best, *groups, *(group for group in own if group not in best)]
    return JsonResponse({"groups": [group for group in ordered if group["items"]]})


def _hits(search: registry.PaletteSearch, viewer: Viewer, query: str) -> dict[str, Any]:
    if not query:
        return _group(str(search.recent_label), _items(search.recent(viewer, PALETTE_LIMIT)))
    return _group(str(search.label), _items(search.find(viewer, query, PALETTE_LIMIT)))


def _items(hits: Sequence[registry.PaletteHit]) -> list[dict[str, str]]:
    return [{"label": h.label, "url": h.url, "icon": h.icon, "note": h.note, "key": ""} for h in hits]


def _group(label: str, items: list[dict[str, str]]) -> dict[str, Any]:
    return {"label": label, "items": items}


def _is_named(query: str, item: dict[str, str]) -> bool:
    return matching.score(query, item["label"]) >= NAMED * len(query.split())


def _command_items(viewer: Viewer) -> list[dict[str, str]]:
    return [
        {"label": str(c.label), "url": c.url, "icon": c.icon, "note": str(c.group), "key": c.shortcut}
        for c in registry.commands(viewer)
    ]


def _page_items(viewer: Viewer) -> list[dict[str, str]]:
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


def _matching(query: str, items: list[dict[str, str]]) -> list[dict[str, str]]:
    found = matching.ranked(query, items, lambda item: (item["label"], item["note"]))
    return found[: 2 * PALETTE_LIMIT] if query else found


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
