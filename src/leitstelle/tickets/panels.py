"""Where tickets appear in the frame: navigation, commands, palette, links and live topics."""

from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Person
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    Command,
    Link,
    PaletteHit,
    PaletteSearch,
    Panel,
    fill,
    linker,
    register_command,
    register_nav,
    register_palette_search,
)
from leitstelle.kernel.web.live import live_topic, register_live_check
from leitstelle.tickets.events import (
    HandoverAccepted,
    HandoverReturned,
    MessageAdded,
    StatusChanged,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import searchable, visible_tickets
from leitstelle.tickets.searchdocs import KIND

register_nav(
    "tickets", _("Tickets"), "tickets:inbox", "inbox", 10, lambda viewer: viewer.is_agent, shortcut="g i"
)
register_command(
    Command(
        "ticket.new",
        _("New ticket"),
        "tickets:new",
        "plus",
        10,
        shortcut="c",
        shows=lambda viewer: viewer.is_agent,
        prominent=True,
    )
)
register_command(
    Command("search", _("Search"), "tickets:search", "search", 20, shows=lambda viewer: viewer.is_agent)
)


def _palette_hits(viewer: Viewer, text: str, limit: int) -> list[PaletteHit]:
    if not viewer.is_agent:
        return []
    digits = text.strip().removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        tickets = list(visible_tickets(viewer).filter(number=int(digits)))
    else:
        found = search(text, {KIND: searchable(viewer)}, limit=limit)
        by_id = visible_tickets(viewer).in_bulk([hit.object_id for hit in found.hits])
        tickets = [by_id[pk] for pk in dict.fromkeys(hit.object_id for hit in found.hits) if pk in by_id]
    return [
        PaletteHit(
            ticket.subject, reverse("tickets:ticket", args=[ticket.public_id]), "inbox", f"#{ticket.number}"
        )
        for ticket in tickets[:limit]
    ]


register_palette_search(PaletteSearch("tickets", _("Tickets"), 10, find=_palette_hits))


@linker("ticket")
def ticket_links(viewer: Viewer, ids: Collection[int]) -> dict[int, Link]:
    """Point at ticket pages, for whoever may open them there."""
    if not viewer.is_agent:
        return {}
    rows = visible_tickets(viewer).filter(pk__in=ids).only("pk", "number", "subject", "public_id")
    return {
        ticket.pk: Link(
            reverse("tickets:ticket", args=[ticket.public_id]), f"#{ticket.number} {ticket.subject}"
        )
        for ticket in rows
    }


@live_topic(
    TicketOpened,
    MessageAdded,
    StatusChanged,
    TicketAssigned,
    TicketHandedOver,
    HandoverAccepted,
    HandoverReturned,
    TicketClassified,
)
def inbox_topics(event: Event) -> Iterable[str]:
    """Whatever moves a row of the inbox is heard by every open inbox that may see the ticket."""
    return ("inbox",)


def _visible_ids(viewer: Viewer, ids: Collection[int]) -> set[int]:
    return set(visible_tickets(viewer).filter(pk__in=ids).values_list("pk", flat=True))


register_live_check("ticket", _visible_ids)


def _recent(viewer: Viewer, **condition: object) -> list[Ticket]:
    rows = visible_tickets(viewer).filter(**condition).select_related("status", "priority")
    return list(rows.order_by("-last_message_at", "-pk")[:20])


@fill("person.page", order=10)
def tickets_of_person(viewer: Viewer, people: Iterable[Person]) -> dict[int, Panel]:
    """Show a person's latest visible tickets on their page."""
    return {
        person.pk: Panel("tickets/_recent.html", {"tickets": _recent(viewer, requester_id=person.pk)})
        for person in people
    }


@fill("organisation.page", order=10)
def tickets_of_organisation(viewer: Viewer, organisations: Iterable[Organisation]) -> dict[int, Panel]:
    """Show an organisation's latest visible tickets on its page."""
    return {
        one.pk: Panel("tickets/_recent.html", {"tickets": _recent(viewer, organisation_id=one.pk)})
        for one in organisations
    }
