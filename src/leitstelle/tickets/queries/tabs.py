"""The tabs of open tickets, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Draft, OpenTicket, Ticket
from leitstelle.tickets.policies import on_visible_ticket
from leitstelle.tickets.rules.tabs import neighbour


@dataclass(frozen=True)
class OpenTab:
    """One tab as it is shown; `place` counts from 0, `is_changed` since the person last looked."""

    ticket: Ticket
    place: int
    is_current: bool
    is_pinned: bool
    has_draft: bool
    is_changed: bool


@dataclass(frozen=True)
class TabRow:
    """All tabs, and the places of the neighbours of the page one is on."""

    tabs: list[OpenTab]
    before: int | None
    after: int | None

    @property
    def current(self) -> OpenTab | None:
        return next((tab for tab in self.tabs if tab.is_current), None)


def tabs_of(viewer: Viewer) -> list[OpenTicket]:
    """Return the viewer's tabs of tickets they may still see, pinned ones first, with `has_draft` and their tickets."""
    if viewer.person_id is None or not viewer.is_agent:
        return []
    drafts = Draft.objects.filter(person_id=viewer.person_id, ticket_id=OuterRef("ticket_id"))
    rows = OpenTicket.objects.filter(on_visible_ticket(viewer), person_id=viewer.person_id)
    rows = rows.annotate(has_draft=Exists(drafts)).select_related("ticket")
    shown = ("public_id", "number", "subject", "updated_at")
    rows = rows.only("position", "is_pinned", "seen_at", "person_id", *(f"ticket__{name}" for name in shown))
    return list(rows.order_by("-is_pinned", "position", "pk"))


def row_of(tabs: Sequence[OpenTicket], here: str) -> TabRow:
    """Return tabs for the page at the path `here`: a ticket's pages have its public id in their address."""
    shown = []
    for place, row in enumerate(tabs):
        current = str(row.ticket.public_id) in here
        changed = not current and row.ticket.updated_at > row.seen_at
        draft = bool(getattr(row, "has_draft", False))
        shown.append(OpenTab(row.ticket, place, current, row.is_pinned, draft, changed))
    at = next((tab.place for tab in shown if tab.is_current), None)
    return TabRow(shown, neighbour(len(shown), at, -1), neighbour(len(shown), at, 1))
