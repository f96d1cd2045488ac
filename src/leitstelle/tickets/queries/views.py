"""Saved views as lists of the inbox, in the order their person has put them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leitstelle.kernel.db import capped_counts as count_rows
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.models import SavedView, Ticket, ViewArrangement
from leitstelle.tickets.policies import visible_views
from leitstelle.tickets.queries.conditions import compiled
from leitstelle.tickets.queries.inbox import (
    COLUMNS,
    COUNT_CAP,
    DEFAULT_COLUMNS,
    ORDERS,
    InboxView,
    Selection,
    named,
    narrowed,
    tickets_in,
)
from leitstelle.tickets.rules.kept_conditions import read

KEY = "saved-"
MOST_VIEWS = 60


@dataclass(frozen=True)
class Arrangement:
    """A person's order of saved views (public ids) and the key of the list they start with."""

    places: tuple[str, ...] = ()
    start: str = ""


@kept("views")
def arrangement_of(person_id: int) -> Arrangement:
    """Return how a person has arranged their views; everybody has one, perhaps an empty one."""
    row = ViewArrangement.objects.filter(person_id=person_id).first()
    return Arrangement(tuple(map(str, row.places)), row.start) if row else Arrangement()


def saved_views(viewer: Viewer) -> list[SavedView]:
    """Return the views this agent may use, in their own order, those without a place by name at the end."""
    rows = list(visible_views(viewer).order_by("name", "pk")[:MOST_VIEWS])
    if viewer.person_id is None or not rows:
        return rows
    places = {key: index for index, key in enumerate(arrangement_of(viewer.person_id).places)}
    return sorted(rows, key=lambda view: places.get(str(view.public_id), len(places)))


def key_of(view: SavedView) -> str:
    """Return the name of a saved view in addresses of the inbox."""
    return f"{KEY}{view.public_id}"


def as_lists(views: Sequence[SavedView], viewer: Viewer, now: datetime) -> list[InboxView]:
    """Return saved views as lists; conditions mean `viewer` and the moment `now` (aware)."""
    return [as_list(view, viewer, now) for view in views]


def as_list(view: SavedView, viewer: Viewer, now: datetime) -> InboxView:
    """Return one saved view as a list."""
    conditions = read(view.conditions)
    return InboxView(
        key_of(view),
        view.name,
        "bookmark" if view.owner_id == viewer.person_id else "users",
        lambda looking: compiled(conditions, looking, now),
        order=view.order,
        columns=columns_of(view.columns),
        grouping=view.grouping,
        saved=view,
    )


def columns_of(stored: object) -> tuple[str, ...]:
    """Return known columns in their order; the link to the ticket is always among them."""
    wanted = tuple(dict.fromkeys(one for one in stored if one in COLUMNS)) if isinstance(stored, list) else ()
    if not wanted:
        return DEFAULT_COLUMNS
    return wanted if "ticket" in wanted else ("ticket", *wanted)


def sample_of(view: InboxView, viewer: Viewer, size: int) -> tuple[int, bool, list[Ticket]]:
    """Return how many tickets a view holds (capped, and whether there are more), and its first ones."""
    selection = Selection(view, next((one for one in ORDERS if one.key == view.order), ORDERS[0]))
    count = count_rows({"": narrowed(selection, viewer)}, COUNT_CAP)[""]
    first = keyset(tickets_in(selection, viewer), selection.sort, size=size)
    return min(count, COUNT_CAP - 1), count >= COUNT_CAP, list(named(first.items, selection))


def chosen_tickets(selection: Selection, viewer: Viewer, most: int) -> list[int]:
    """Return the ids of the first tickets of a list, at most `most`, in the list's own order."""
    rows = narrowed(selection, viewer).order_by(*selection.order.columns)
    return list(rows.values_list("pk", flat=True)[:most])
