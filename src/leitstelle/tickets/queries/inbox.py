"""The inbox: shipped views, filters and orders over the ticket's own columns, and capped counts.

Each list is one indexed query over `visible_tickets`; names come with it by joins on small tables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Level
from leitstelle.kernel.db import Unindexed
from leitstelle.kernel.db import capped_counts as count_rows
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import ONGOING, WAITING, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.people import teams_in_use

COUNT_CAP = 1000
COUNT_SECONDS = 10


@dataclass(frozen=True)
class InboxView:
    """A shipped list: its condition, and the order it opens with."""

    key: str
    label: str | Promise
    icon: str
    condition: Callable[[Viewer], Q]
    order: str = "due"
    level_id: int | None = None
    with_closed: bool = False

    @property
    def orders(self) -> list["Order"]:
        """The orders on offer: closed tickets have no deadline to be sorted by."""
        return [order for order in ORDERS if order.for_closed or not self.with_closed]


@dataclass(frozen=True)
class Order:
    """A sort order as model columns; the key column last makes it total."""

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    for_closed: bool = False


def _ongoing(_viewer: Viewer) -> Q:
    return ONGOING


def _of_teams(viewer: Viewer) -> Q:
    """The tickets of the viewer's teams; where those are most of the house, not by an index on the team."""
    if len(viewer.team_ids) > 1 and len(viewer.team_ids) * 2 >= len(teams_in_use()):
        return Q(In(Unindexed(F("team_id")), sorted(viewer.team_ids)))
    return Q(team_id__in=viewer.team_ids)


VIEWS: tuple[InboxView, ...] = (
    InboxView("mine", _("My tickets"), "user", lambda viewer: ONGOING & Q(assignee_id=viewer.person_id)),
    InboxView("team", _("My team"), "users", lambda viewer: ONGOING & _of_teams(viewer)),
    InboxView("unassigned", _("Unassigned"), "inbox", lambda viewer: ONGOING & Q(assignee__isnull=True)),
    InboxView(
        "waiting",
        _("Waiting"),
        "clock-pause",
        # Not ONGOING as well: PostgreSQL would multiply the two shares and expect next to nothing.
        lambda viewer: WAITING,
    ),
    InboxView("open", _("All open"), "list-check", _ongoing),
    InboxView("all", _("All tickets"), "history", lambda viewer: Q(), order="recent", with_closed=True),
)

ORDERS: tuple[Order, ...] = (
    Order("due", _("Deadline"), ("due_order", "id")),
    Order("priority", _("Priority"), ("priority_id", "due_order", "id")),
    Order("recent", _("Last message"), ("-last_message_at", "-id"), for_closed=True),
    Order("opened", _("Newest first"), ("-opened_at", "-id"), for_closed=True),
)

# Query parameter → ticket column; values are keys or ids as text.
FILTERS: Mapping[str, str] = {
    "priority": "priority_id",
    "status": "status_id",
    "kind": "kind",
    "category": "category_id",
    "team": "team_id",
    "level": "level_id",
    "assignee": "assignee_id",
    "organisation": "organisation_id",
    "channel": "channel",
}
_NUMBERS = frozenset({"priority", "category", "team", "level", "assignee", "organisation"})


@dataclass(frozen=True)
class Selection:
    """Which list is asked for: a view, narrowing filters, an order."""

    view: InboxView
    order: Order
    filters: Mapping[str, str] = field(default_factory=dict)


def views_for(levels: list[Level], language: str) -> list[InboxView]:
    """Return the shipped views, one per level of the house's scheme among them."""
    named = [
        InboxView(
            f"level-{level.order}",
            level.name_en if language.startswith("en") else level.name_de,
            "stairs-up",
            lambda _viewer, pk=level.pk: ONGOING & Q(level_id=pk),  # type: ignore[misc]
            level_id=level.pk,
        )
        for level in levels
    ]
    return [*VIEWS[:5], *named, *VIEWS[5:]]


def select(views: list[InboxView], params: Mapping[str, str]) -> Selection:
    """Read a selection from query parameters; what is unknown or malformed is passed over."""
    view = next((view for view in views if view.key == params.get("view")), views[0])
    wanted = params.get("order") or view.order
    order = next((order for order in view.orders if order.key == wanted), view.orders[0])
    filters = {
        name: value for name in FILTERS if (value := params.get(name, "").strip()) and _fits(name, value)
    }
    return Selection(view, order, filters)


def _fits(name: str, value: str) -> bool:
    return name not in _NUMBERS or (value.isascii() and value.isdigit() and len(value) < 18)


def tickets_in(selection: Selection, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible tickets of a selection, unordered, with the names a row shows."""
    rows = visible_tickets(viewer).filter(selection.view.condition(viewer))
    for name, value in selection.filters.items():
        rows = rows.filter(**{FILTERS[name]: value})
    # Each further join doubles what PostgreSQL needs to plan the statement: only what a row shows.
    return rows.select_related("requester", "organisation", "assignee", "level", "status", "priority")


def capped_counts(views: Sequence[InboxView], viewer: Viewer) -> dict[str, tuple[int, bool]]:
    """Return by view how many visible tickets it holds, and whether there are more than were counted.

    Counted up to a cap in one statement for all views and kept for ten seconds, so that a rail full of counts
    stays cheap.
    """
    key = f"inbox-counts:{viewer.person_id}"
    counted: dict[str, int] = cache.get(key) or {}
    if any(view.key not in counted for view in views):
        visible = visible_tickets(viewer)
        rows = {view.key: visible.filter(view.condition(viewer)) for view in views}
        counted = count_rows(rows, COUNT_CAP)
        cache.set(key, counted, COUNT_SECONDS)
    return {
        view.key: (min(counted[view.key], COUNT_CAP - 1), counted[view.key] >= COUNT_CAP) for view in views
    }
