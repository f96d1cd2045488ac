"""Shells, components, slots, links, navigation, live updates: what every page is made of.

The parts a page needs are re-exported here; models are not touched, so this may be imported by any module.
"""

from .links import Link, link, linker, links
from .pages import go, is_fragment, page, render, toast, viewer_of
from .registry import (
    AdminSection,
    Command,
    PaletteHit,
    PaletteSearch,
    register_admin_section,
    register_command,
    register_nav,
    register_palette_search,
)
from .slots import Panel, Slot, collect, fill

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
    "register_command",
    "register_nav",
    "register_palette_search",
    "render",
    "toast",
    "viewer_of",
]
