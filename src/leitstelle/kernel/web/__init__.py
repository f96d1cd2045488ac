"""Shells, components, slots, links, navigation, live updates: what every page is made of.

The parts a page needs are re-exported here. Names of `pages` are loaded on first use, because this package is
imported before Django's models are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .links import Link, link, linker, links
from .registry import (
    AdminSection,
    Command,
    PaletteHit,
    PaletteSearch,
    register_admin_section,
    register_bell,
    register_command,
    register_corner,
    register_nav,
    register_palette_search,
    register_strip,
)
from .slots import Panel, Slot, collect, fill

if TYPE_CHECKING:
    from .pages import go, is_fragment, page, render, toast, viewer_of

_PAGES = ("go", "is_fragment", "page", "render", "toast", "viewer_of")

__all__ = [
    "AdminSection",
    "Command",
    "Link",
    "PaletteHit",
    "PaletteSearch",
    "Panel",
    "Slot",
    "collect",
    "fill",
    "go",
    "is_fragment",
    "link",
    "linker",
    "links",
    "page",
    "register_admin_section",
    "register_bell",
    "register_command",
    "register_corner",
    "register_nav",
    "register_palette_search",
    "register_strip",
    "render",
    "toast",
    "viewer_of",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _PAGES:
            return getattr(import_module(f"{__name__}.pages"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
