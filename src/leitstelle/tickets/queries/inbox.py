"""The inbox: shipped views, filters, orders and groups over the ticket's own columns, and capped counts.

Each list is one indexed query over `visible_tickets`; names of people and customers come with it by joins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.db.models.lookups import In
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Level
from leitstelle.kernel.db import Unindexed
from leitstelle.kernel.db import capped_counts as count_rows
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import ONGOING, WAITING, SavedView, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.known import with_known_names
from leitstelle.tickets.queries.people import teams_in_use

COUNT_CAP = 1000
COUNT_SECONDS = 10
# Each group that is counted is one more look at the list.
MOST_GROUPS = 12

# What a list can show. The first columns are those of the shipped views; "ticket" is the link and never left out.
DEFAULT_COLUMNS = ("priority", "ticket", "due", "state", "last_message")
COLUMNS = (
    *DEFAULT_COLUMNS,
    "number",
    "requester",
    "organisation",
    "team",
    "level",
    "assignee",
    "status",
    "category",
    "service",
    "kind",
    "channel",
    "created",
    "updated",
)
# What a row shows of people and customers comes with it by joins; all other names are known (`queries.known`).
_JOINS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("requester", "organisation"),
    "state": ("assignee",),
    "requester": ("requester",),
    "organisation": ("organisation",),
    "assignee": ("assignee",),
}
# And what it shows without a join, by column or grouping.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "priority": ("priority",),
    "ticket": (),
    "state": ("status", "level"),
    "team": ("team",),
    "level": ("level",),
    "status": ("status",),
    "category": ("category",),
    "service": ("service",),
}


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
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    grouping: str = ""
    saved: SavedView | None = None
    # Reached by a link of another page, and then by its key; no entry beside the list, and counted only when shown.
    is_hidden: bool = False

    @property
    def orders(self) -> list["Order"]:
        """The orders on offer: closed tickets have no deadline to be sorted by."""
        if self.saved is not None:
            return list(ORDERS)
        return [order for order in ORDERS if order.is_shipped and (order.for_closed or not self.with_closed)]


@dataclass(frozen=True)
class Order:
    """A sort order as model columns; the key column last makes it total."""

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    for_closed: bool = False
    is_shipped: bool = True


@dataclass(frozen=True)
class Grouping:
    """Headings within a list: the columns that bring a group together, and the one that tells groups apart."""

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    column: str
    joins: tuple[str, ...] = ()


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
    Order("level", _("Level"), ("level_rank", "due_order", "id")),
    Order("recent", _("Last message"), ("-last_message_at", "-id"), for_closed=True),
    Order("opened", _("Newest first"), ("-opened_at", "-id"), for_closed=True),
    Order("quiet", _("Longest without a message"), ("last_message_at", "id"), True, is_shipped=False),
    Order("oldest", _("Oldest first"), ("opened_at", "id"), True, is_shipped=False),
    Order("number", _("Number"), ("number",), True, is_shipped=False),
)

GROUPINGS: Mapping[str, Grouping] = {
    one.key: one
    for one in (
        Grouping("status", _("Status"), ("status__order", "status_id"), "status_id", ("status",)),
        Grouping("priority", _("Priority"), ("priority_id",), "priority_id", ("priority",)),
        Grouping("team", _("Team"), ("team__sort_name", "team_id"), "team_id", ("team",)),
        Grouping("level", _("Level"), ("level_rank", "level_id"), "level_id"),
        Grouping(
            "assignee",
            _("Assigned to"),
            ("assignee__sort_name", "assignee_id"),
            "assignee_id",
            ("assignee",),
        ),
        Grouping(
            "organisation",
            _("Customer"),
            ("organisation__sort_name", "organisation_id"),
            "organisation_id",
            ("organisation",),
        ),
        Grouping("category", _("Category"), ("category__key",), "category_id", ("category__parent",)),
        Grouping("service", _("Service"), ("service__key",), "service_id", ("service",)),
    )
}

Lists = Callable[[Viewer, datetime], Sequence[InboxView]]

_further: list[Lists] = []


def register_lists(lists: Lists) -> Lists:
    """Let a higher domain offer lists that its pages link to; they are cut to `visible_tickets` like all others."""
    if lists not in _further:
        _further.append(lists)
    return lists


def further_lists(viewer: Viewer, now: datetime) -> list[InboxView]:
    """Return the lists of higher domains that a viewer may be led to."""
    return [view for lists in _further for view in lists(viewer, now)]


# Query parameter → ticket column; values are keys or ids as text.
FILTERS: Mapping[str, str] = {
    "priority": "priority_id",
    "status": "status_id",
    "kind": "kind",
    "category": "category_id",
    "service": "service_id",
    "team": "team_id",
    "level": "level_id",
    "assignee": "assignee_id",
    "organisation": "organisation_id",
    "channel": "channel",
    "major": "is_major",
}
_NUMBERS = frozenset({"priority", "category", "service", "team", "level", "assignee", "organisation"})


@dataclass(frozen=True)
class Selection:
    """Which list is asked for: a view, narrowing filters, an order."""

    view: InboxView
    order: Order
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def grouping(self) -> Grouping | None:
        return GROUPINGS.get(self.view.grouping)

    @property
    def sort(self) -> list[str]:
        """The whole order of the list as model columns."""
        grouped = self.grouping.columns if self.grouping else ()
        return [*grouped, *(one for one in self.order.columns if one not in grouped)]


def views_for(levels: list[Level], language: str) -> list[InboxView]:
    """Return the shipped views, one per level in use among them; levels of several schemes may share their order."""
    orders = [level.order for level in levels]
    named = [
        InboxView(
            f"level-{level.order}"
            if level.order not in orders[:place]
            else f"level-{level.order}-{level.pk}",
            level.name_en if language.startswith("en") else level.name_de,
            "stairs-up",
            lambda _viewer, pk=level.pk: ONGOING & Q(level_id=pk),  # type: ignore[misc]
            level_id=level.pk,
        )
        for place, level in enumerate(levels)
    ]
    return [*VIEWS[:5], *named, *VIEWS[5:]]


def select(views: Sequence[InboxView], params: Mapping[str, str], start: str = "") -> Selection:
    """Read a selection from query parameters; what is unknown or malformed is passed over.

    `start` names the view to begin with where none is asked for.
    """
    wanted_view = params.get("view") or start
    view = next((view for view in views if view.key == wanted_view), views[0])
    wanted = params.get("order") or view.order
    order = next((order for order in view.orders if order.key == wanted), view.orders[0])
    filters = {
        name: value for name in FILTERS if (value := params.get(name, "").strip()) and _fits(name, value)
    }
    return Selection(view, order, filters)


def _fits(name: str, value: str) -> bool:
    if name == "major":
        return value == "1"
    return name not in _NUMBERS or (value.isascii() and value.isdigit() and len(value) < 18)


def tickets_in(selection: Selection, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible tickets of a selection, unordered, with the people and customers a row shows."""
    rows = narrowed(selection, viewer)
    joins = {name for column in selection.view.columns for name in _JOINS.get(column, ())}
    joins |= set(selection.grouping.joins) if selection.grouping else set()
    return rows.select_related(*sorted(joins))


def named(tickets: Sequence[Ticket], selection: Selection) -> Sequence[Ticket]:
    """Give the rows of a page the names it shows that no join brought; no statement while nothing is out of use."""
    shown = {*selection.view.columns, selection.grouping.key if selection.grouping else ""}
    return with_known_names(tickets, sorted({name for key in shown for name in _NAMES.get(key, ())}))


def narrowed(selection: Selection, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible tickets of a selection alone: no names, no order."""
    rows = visible_tickets(viewer).filter(selection.view.condition(viewer))
    for name, value in selection.filters.items():
        rows = rows.filter(**{FILTERS[name]: value})
    return rows


def first_page(selection: Selection, viewer: Viewer, size: int) -> list[tuple[int, datetime]]:
    """Return number and last change of the rows that the first page of a list shows now."""
    grouped = selection.grouping.columns if selection.grouping else ()
    # As the pages are ordered: who has no team, person or customer comes last on both databases.
    order = [F(name).asc(nulls_last=True) if name in grouped else name for name in selection.sort]
    rows = narrowed(selection, viewer).order_by(*order)
    return list(rows.values_list("number", "updated_at")[:size])


def capped_counts(
    views: Sequence[InboxView], viewer: Viewer, *, only_known: bool = False
) -> dict[str, tuple[int, bool]]:
    """Return by view how many visible tickets it holds, and whether there are more than were counted.

    Counted up to a cap, in one statement for all views that are not known, and kept for ten seconds, so that a rail
    full of counts stays cheap. `only_known` counts nothing and leaves out what is not known.
    """
    sets = {_count_key(view, viewer): (view.key, partial(_in_view, view, viewer)) for view in views}
    return _counted(sets, only_known=only_known)


def counts_of_list(
    views: Sequence[InboxView], selection: Selection, values: Sequence[Any], viewer: Viewer
) -> tuple[dict[str, tuple[int, bool]], dict[Any, tuple[int, bool]]]:
    """Return the counts of views as `capped_counts` does, and those of the first groups of a list by their value.

    `values` are those of the grouping's column. Still one statement for all.
    """
    sets: dict[str, tuple[Any, Callable[[], QuerySet[Ticket]]]] = {
        _count_key(view, viewer): (("view", view.key), partial(_in_view, view, viewer)) for view in views
    }
    grouping = selection.grouping
    if grouping is not None:
        rows = narrowed(selection, viewer)
        place = f"{_count_key(selection.view, viewer)}:{sorted(selection.filters.items())}"
        for value in list(values)[:MOST_GROUPS]:
            condition = {f"{grouping.column}__isnull": True} if value is None else {grouping.column: value}
            key = f"inbox-group:{sha256(f'{place}:{value}'.encode()).hexdigest()}"
            sets[key] = (("group", value), partial(rows.filter, **condition))
    found = _counted(sets)
    by_view = {name: count for (kind, name), count in found.items() if kind == "view"}
    return by_view, {name: count for (kind, name), count in found.items() if kind == "group"}


def _in_view(view: InboxView, viewer: Viewer) -> QuerySet[Ticket]:
    return visible_tickets(viewer).filter(view.condition(viewer))


def _counted(
    sets: Mapping[str, tuple[Any, Callable[[], QuerySet[Ticket]]]], *, only_known: bool = False
) -> dict[Any, tuple[int, bool]]:
    """Counts by name; `sets` hold a name and the rows by the key under which their count is kept."""
    known: dict[str, int] = cache.get_many(sets)
    missing = {key: rows() for key, (_name, rows) in sets.items() if key not in known and not only_known}
    if missing:
        counted = count_rows(missing, COUNT_CAP)
        cache.set_many(counted, COUNT_SECONDS)
        known |= counted
    return {
        name: (min(known[key], COUNT_CAP - 1), known[key] >= COUNT_CAP)
        for key, (name, _rows) in sets.items()
        if key in known
    }


def _count_key(view: InboxView, viewer: Viewer) -> str:
    version = f".{view.saved.version}" if view.saved else ""
    return f"inbox-count:{viewer.person_id}:{view.key}{version}"
