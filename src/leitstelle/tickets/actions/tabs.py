"""Tabs: which tickets somebody has open. Theirs alone, so no event is recorded."""

from datetime import datetime

from django.db import transaction

from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import OpenTicket, Ticket
from leitstelle.tickets.policies import visible_tabs
from leitstelle.tickets.rules.tabs import Tab, giving_way, moved


def look_at(ticket: Ticket, tabs: list[OpenTicket], *, by: Viewer, now: datetime) -> bool:
    """Note that `by` looks at a ticket they see: opens its tab, or clears its mark. Returns whether a row was written.

    `tabs` are the tabs of `by` as they are now; nothing is written where the tab is there and up to date. What
    is written is noted in `tabs` too, so that nobody has to read them again.
    """
    if by.person_id is None or not by.is_agent:
        return False
    known = next((tab for tab in tabs if tab.ticket_id == ticket.pk), None)
    if known is not None:
        if known.seen_at >= ticket.updated_at:
            return False
        # Another process's clock may be ahead: what is shown is seen, or every look would write again.
        known.seen_at = max(now, ticket.updated_at)
        visible_tabs(by).filter(pk=known.pk).update(seen_at=known.seen_at)
        return True
    with transaction.atomic():
        plain = [Tab(tab.pk, tab.seen_at, tab.is_pinned) for tab in tabs]
        gone = giving_way(plain)
        visible_tabs(by).filter(pk__in=gone).delete()
        seen = max(now, ticket.updated_at)
        place = max((tab.position for tab in tabs), default=0) + 1
        values = {"person_id": by.person_id, "ticket_id": ticket.pk, "position": place, "seen_at": seen}
        opened = insert_ignore(OpenTicket, values)
    tabs[:] = [tab for tab in tabs if tab.pk not in gone]
    tabs.append(OpenTicket(person_id=by.person_id, ticket=ticket, position=place, seen_at=seen))
    return opened


def close_tab(ticket: Ticket, *, by: Viewer) -> None:
    """Close the tab of a ticket; the ticket and what was typed on it stay."""
    visible_tabs(by).filter(ticket=ticket).delete()


def close_other_tabs(ticket: Ticket | None, *, by: Viewer) -> None:
    """Close every tab but that of `ticket` and the pinned ones."""
    others = visible_tabs(by).filter(is_pinned=False)
    (others.exclude(ticket=ticket) if ticket is not None else others).delete()


def pin_tab(ticket: Ticket, *, pinned: bool, by: Viewer) -> None:
    """Pin a tab, so that it stands first and never gives way; or let it go."""
    visible_tabs(by).filter(ticket=ticket).update(is_pinned=pinned)


@transaction.atomic
def move_tab(ticket: Ticket, to: int, *, by: Viewer) -> None:
    """Move a tab to a place in the row, counted from 0. Pinned tabs stay before the others."""
    rows = list(visible_tabs(by).order_by("-is_pinned", "position", "pk"))
    moving = next((row for row in rows if row.ticket_id == ticket.pk), None)
    if moving is None:
        return  # closed in another window meanwhile
    places = {pk: place for place, pk in enumerate(moved([row.pk for row in rows], moving.pk, to), start=1)}
    for row in rows:
        row.position = places[row.pk]
    OpenTicket.objects.bulk_update(rows, ["position"])
