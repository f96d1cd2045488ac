"""What the domains register with the shells: navigation, administration sections, commands, palette searches.

Owns: the lists and who sees which entry. Leaves the entries themselves to the domains, which register them in
their `panels` module when Django starts. Labels are lazy translations, so one entry serves every language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise

from .addresses import address_or_nothing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from leitstelle.kernel.viewer import Viewer

    from .slots import Panel

Label = str | Promise
Area = Literal["workspace", "portal", "user"]
Strip = Callable[["HttpRequest", "Viewer"], "Panel | None"]
Bell = Callable[["Viewer"], "Panel | None"]
Corner = Callable[["Viewer"], "Panel | None"]


def _everyone(viewer: "Viewer") -> bool:
    return True


def _no_count(viewer: "Viewer") -> int | None:
    return None


@dataclass(frozen=True)
class NavItem:
    """One entry of the rail (workspace), of the portal's main menu, or of the menu below the person's name (user)."""

    key: str
    label: Label
    url_name: str
    icon: str
    order: int
    shows: Callable[["Viewer"], bool] = _everyone
    area: Area = "workspace"
    count: Callable[["Viewer"], int | None] = _no_count
    count_label: Label = ""
    shortcut: str = ""

    @property
    def url(self) -> str:
        """Address of the page, empty where its urls are not installed."""
        return address_or_nothing(self.url_name)


@dataclass(frozen=True)
class AdminSection:
    """One page of the administration area."""

    key: str
    label: Label
    url_name: str
    icon: str
    group: Label
    order: int
    description: Label = ""
    shows: Callable[["Viewer"], bool] = lambda viewer: viewer.is_admin

    @property
    def url(self) -> str:
        """Address of the page, empty where its urls are not installed."""
        return address_or_nothing(self.url_name)


@dataclass(frozen=True)
class Command:
    """An entry of the command palette that leads to a page; `prominent` also makes it the button of the top bar."""

    key: str
    label: Label
    url_name: str
    icon: str
    order: int
    group: Label = ""
    shortcut: str = ""
    shows: Callable[["Viewer"], bool] = _everyone
    prominent: bool = False

    @property
    def url(self) -> str:
        """Address of the page, empty where its urls are not installed."""
        return address_or_nothing(self.url_name)


@dataclass(frozen=True)
class PaletteHit:
    """One result of a palette search: plain text, never markup."""

    label: str
    url: str
    icon: str = "search"
    note: str = ""


def _nothing_recent(viewer: "Viewer", limit: int) -> Sequence[PaletteHit]:
    return ()


@dataclass(frozen=True)
class PaletteSearch:
    """A search that a domain offers to the palette, called with what the viewer typed.

    `recent` is what it offers before anything is typed, under `recent_label`.
    """

    key: str
    label: Label
    order: int
    find: Callable[["Viewer", str, int], Sequence[PaletteHit]]
    shows: Callable[["Viewer"], bool] = _everyone
    recent: Callable[["Viewer", int], Sequence[PaletteHit]] = _nothing_recent
    recent_label: Label = ""


@dataclass
class _Registered:
    nav: dict[str, NavItem] = field(default_factory=dict)
    sections: dict[str, AdminSection] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    searches: dict[str, PaletteSearch] = field(default_factory=dict)
    strips: list[Strip] = field(default_factory=list)
    bells: list[Bell] = field(default_factory=list)
    corners: list[Corner] = field(default_factory=list)


_registered = _Registered()


def register_nav(
    key: str,
    label: Label,
    url_name: str,
    icon: str,
    order: int,
    shows: Callable[["Viewer"], bool] = _everyone,
    *,
    area: Area = "workspace",
    count: Callable[["Viewer"], int | None] = _no_count,
    count_label: Label = "",
    shortcut: str = "",
) -> None:
    """Add an entry to the rail or the portal menu. `count` feeds the red pip and must be cheap (cached)."""
    _registered.nav[key] = NavItem(
        key, label, url_name, icon, order, shows, area, count, count_label, shortcut
    )


def register_admin_section(section: AdminSection) -> None:
    """Add a page to the administration area."""
    _registered.sections[section.key] = section


def register_command(command: Command) -> None:
    """Add a command to the palette; pages in the navigation are there already."""
    _registered.commands[command.key] = command


def register_palette_search(search: PaletteSearch) -> None:
    """Add a search to the palette. It fetches through `visible(viewer)` like every list."""
    _registered.searches[search.key] = search


def nav_items(viewer: "Viewer", area: Area) -> list[NavItem]:
    """Entries of one area that the viewer may open, in order."""
    items = [item for item in _registered.nav.values() if item.area == area and item.shows(viewer)]
    return sorted((item for item in items if item.url), key=lambda item: (item.order, item.key))


def admin_sections(viewer: "Viewer") -> list[AdminSection]:
    """Administration pages that the viewer may open, in order."""
    sections = [section for section in _registered.sections.values() if section.shows(viewer)]
    return sorted((section for section in sections if section.url), key=lambda s: (s.order, s.key))


def admin_groups(viewer: "Viewer") -> dict[str, list[AdminSection]]:
    """The same by group name; groups in the order of their first page."""
    groups: dict[str, list[AdminSection]] = {}
    for section in admin_sections(viewer):
        groups.setdefault(str(section.group), []).append(section)
    return groups


def commands(viewer: "Viewer") -> list[Command]:
    """Palette commands that the viewer may run, in order."""
    found = [command for command in _registered.commands.values() if command.shows(viewer)]
    return sorted((command for command in found if command.url), key=lambda c: (c.order, c.key))


def palette_searches(viewer: "Viewer") -> list[PaletteSearch]:
    """Palette searches open to the viewer, in order."""
    found = [search for search in _registered.searches.values() if search.shows(viewer)]
    return sorted(found, key=lambda search: (search.order, search.key))


def register_strip(strip: Strip) -> Strip:
    """Let a domain fill the line below the workspace's top bar (the tabs of what is open); there is one such line."""
    _registered.strips[:] = [strip]
    return strip


def strip_of(request: "HttpRequest", viewer: "Viewer") -> "Panel | None":
    """Return what stands below the top bar, None where nothing does."""
    return next((strip(request, viewer) for strip in _registered.strips), None)


def register_bell(bell: Bell) -> Bell:
    """Let a domain say in both frames, beside the person's menu, that there is news; there is one such sign."""
    _registered.bells[:] = [bell]
    return bell


def bell_of(viewer: "Viewer") -> "Panel | None":
    """Return the sign that there is news, None where no domain brings one."""
    return next((bell(viewer) for bell in _registered.bells), None)


def register_corner(corner: Corner) -> Corner:
    """Let a domain put cards into the corner of every page of the workspace that come and go while one works there."""
    _registered.corners[:] = [corner]
    return corner


def corner_of(viewer: "Viewer") -> "Panel | None":
    """Return what stands in the corner, None where no domain brings anything."""
    return next((corner(viewer) for corner in _registered.corners), None)
