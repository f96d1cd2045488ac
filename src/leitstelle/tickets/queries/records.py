"""Tickets and conversations of one person, customer or device, as their pages show them; bounded statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from leitstelle.kernel.db import capped_counts
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import ONGOING, WAITING, Message, Ticket
from leitstelle.tickets.policies import visible_messages, visible_tickets

OPEN_SHOWN = 10
RECENT_SHOWN = 8
CONTACTS_SHOWN = 8
CAP = 1000
RECENT_DAYS = 30


@dataclass(frozen=True)
class Overview:
    """Ongoing tickets, the latest others, and figures counted up to `CAP`."""

    ongoing: list[Ticket]
    ended: list[Ticket]
    figures: dict[str, int]


def overview(viewer: Viewer, whose: Q, now: datetime) -> Overview:
    """Return what is open and what was lately, of the tickets that `whose` describes; three statements.

    Figures: `open`, `waiting`, `overdue` (past the next deadline), `recent` (opened within `RECENT_DAYS` days).
    """
    rows = visible_tickets(viewer).filter(whose)
    shown = listed(rows)
    figures = capped_counts(
        {
            "open": rows.filter(ONGOING),
            "waiting": rows.filter(WAITING),
            "overdue": rows.filter(ONGOING, due_order__lt=now),
            # What was merged away counts once, where it goes on.
            "recent": rows.filter(opened_at__gte=now - timedelta(days=RECENT_DAYS), merged_into=None),
        },
        CAP,
    )
    ongoing = shown.filter(ONGOING).order_by("due_order", "pk")[:OPEN_SHOWN]
    ended = shown.filter(is_ongoing=False).order_by("-last_message_at", "-pk")[:RECENT_SHOWN]
    return Overview(list(ongoing), list(ended), figures)


def listed(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with the names their rows show."""
    return rows.select_related("status", "priority", "requester", "assignee", "level", "organisation")


def last_contacts(viewer: Viewer, **whose: Any) -> list[Message]:
    """Return the newest messages to and from the requester of these tickets, newest first; one statement.

    `whose` names columns of the ticket. What the house says among itself is no contact.
    """
    conditions = {f"ticket__{name}": value for name, value in whose.items()}
    rows = visible_messages(viewer).filter(audience=Audience.PUBLIC, apart_of=None, **conditions)
    return list(rows.select_related("ticket", "author").order_by("-at", "-pk")[:CONTACTS_SHOWN])


def who_works(shown: Overview) -> list[str]:
    """Return who has these tickets in hand, most of them first."""
    counts: dict[str, int] = {}
    for ticket in shown.ongoing:
        if ticket.assignee is not None:
            name = ticket.assignee.display_name
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))
