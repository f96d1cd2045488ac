"""What the frame around every page shows: navigation, person, theme, language.

Owns: reading the small display cookies and building the frame's data lazily, so that fragments pay nothing for
it. Leaves the entries to the domains (`registry`) and the markup to `templates/shells`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from leitstelle.kernel.viewer import Hat, Viewer

from . import registry
from .addresses import address_or_nothing
from .live.feed import recent_event_id
from .slots import Panel

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

THEME_COOKIE = "leitstelle_theme"
DENSITY_COOKIE = "leitstelle_density"
KEYS_COOKIE = "leitstelle_keys"
THEMES = ("light", "dark")
PORTAL_PREFIX = "/portal/"

_brand: list[Callable[[HttpRequest], str]] = []


def register_brand(name: Callable[[HttpRequest], str]) -> Callable[[HttpRequest], str]:
    """Let a domain say what the portal is called for this request; empty where nobody named it."""
    _brand[:] = [name]
    return name


@dataclass(frozen=True)
class NavEntry:
    """A navigation entry ready for the template."""

    item: registry.NavItem
    current: bool
    count: int | None


@dataclass(frozen=True)
class Toast:
    """A short notice that goes away by itself."""

    text: str
    tone: str


class Shell:
    """Everything the frame needs; every property is worked out on first use."""

    def __init__(self, request: HttpRequest, viewer: Viewer, *, quiet: bool = False) -> None:
        """`quiet` leaves out notices, for the page of a crash that may not touch the session."""
        self._request = request
        self._quiet = quiet
        self.viewer = viewer

    @cached_property
    def area(self) -> registry.Area:
        """`portal` for requesters and everything below /portal/, else `workspace`."""
        inside = self._request.path.startswith(PORTAL_PREFIX)
        return "portal" if inside or self.viewer.hat is Hat.REQUESTER else "workspace"

    @property
    def template(self) -> str:
        """The shell a page of both areas extends."""
        return f"shells/{self.area}.html"

    @property
    def bare_or_area(self) -> str:
        """The shell for error pages: guests get the frame without navigation."""
        return self.template if self.signed_in else "shells/bare.html"

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.viewer.person_id is not None

    @cached_property
    def nav(self) -> list[NavEntry]:
        """Navigation of this area; the longest address that begins the current path is current."""
        items = registry.nav_items(self.viewer, self.area)
        path = self._request.path
        matching = [item.url for item in items if path.startswith(item.url)]
        current = max(matching, key=len, default="")
        return [NavEntry(item, item.url == current, item.count(self.viewer)) for item in items]

    @cached_property
    def user_nav(self) -> list[registry.NavItem]:
        """Entries of the menu below the person's name."""
        return registry.nav_items(self.viewer, "user")

    @cached_property
    def admin_groups(self) -> dict[str, list[registry.AdminSection]]:
        """Pages of the administration by group, for its side navigation."""
        return registry.admin_groups(self.viewer)

    def is_current(self, url: str) -> bool:
        """Whether the current path lies at or below an address."""
        return bool(url) and self._request.path.startswith(url)

    @cached_property
    def prominent(self) -> registry.Command | None:
        """The one command that has a button in the top bar."""
        return next((c for c in registry.commands(self.viewer) if c.prominent), None)

    @cached_property
    def strip(self) -> Panel | None:
        """The line below the top bar; agents have one."""
        if self._quiet or not self.signed_in or not self.viewer.is_agent:
            return None
        return registry.strip_of(self._request, self.viewer)

    @cached_property
    def bell(self) -> Panel | None:
        """The sign beside the person's menu that there is news; guests have none."""
        return registry.bell_of(self.viewer) if self.signed_in and not self._quiet else None

    @cached_property
    def corner(self) -> Panel | None:
        """Cards that come and go in the corner of the workspace."""
        return registry.corner_of(self.viewer) if self.signed_in and not self._quiet else None

    @cached_property
    def person_name(self) -> str:
        """Name of the person signed in, empty for guests."""
        user: AbstractBaseUser | None = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        return str(getattr(user, "display_name", "") or user)

    @cached_property
    def brand(self) -> str:
        """What the portal calls itself."""
        # The page of a crash asks nobody: the database may be what broke.
        named = _brand[0](self._request) if _brand and not self._quiet else ""
        return named or str(getattr(settings, "LEITSTELLE_BRAND", "IT-Service"))

    @property
    def site(self) -> str:
        """What stands behind a page's name in the title: the portal's name, in the workspace also the product's."""
        if self.area == "portal":
            return self.brand
        named = _brand[0](self._request) if _brand and not self._quiet else ""
        return f"{named} · Leitstelle" if named else "Leitstelle"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty for what the system prefers."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def density(self) -> str:
        """`compact` or empty."""
        return "compact" if self._request.COOKIES.get(DENSITY_COOKIE) == "compact" else ""

    @property
    def keys_off(self) -> bool:
        """Whether single-key shortcuts are switched off (WCAG 2.1.4): kept with the person, for guests in a cookie."""
        on: bool | None = getattr(getattr(self._request, "user", None), "single_keys", None)
        return self._request.COOKIES.get(KEYS_COOKIE) == "off" if on is None else not on

    @property
    def live_url(self) -> str:
        """Address of the event stream that keeps this area's hat."""
        return f"{PORTAL_PREFIX}live/" if self.area == "portal" else "/live/"

    @cached_property
    def live_since(self) -> int:
        """The event from which on this page wants to hear of changes."""
        return recent_event_id()

    @property
    def path(self) -> str:
        """Path with query, for coming back here."""
        return self._request.get_full_path()

    @cached_property
    def toasts(self) -> list[Toast]:
        """Notices queued by `toast()` since the last page; reading them empties the queue."""
        if self._quiet:
            return []
        return [Toast(str(m), m.tags.split()[-1] if m.tags else "ok") for m in get_messages(self._request)]

    @property
    def sign_in_url(self) -> str:
        """Address of the sign-in page, empty where there is none."""
        return address_or_nothing("account_login")

    @property
    def sign_out_url(self) -> str:
        """Address that a form posts to for signing out."""
        return address_or_nothing("account_logout")
