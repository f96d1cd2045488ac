"""Where tickets appear in the frame: navigation, commands, palette, links and live topics."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.policies import can_administer
from leitstelle.assets.models import Asset
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import Proposal
from leitstelle.contracts.queries import vendors_in_use
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Command,
    Link,
    PaletteHit,
    PaletteSearch,
    Panel,
    fill,
    linker,
    register_admin_section,
    register_command,
    register_nav,
    register_palette_search,
    register_strip,
)
from leitstelle.kernel.web.addresses import address
from leitstelle.kernel.web.live import live_topic, register_live_check
from leitstelle.tickets.events import (
    HandoverAccepted,
    HandoverReturned,
    MajorDeclared,
    MajorLifted,
    MessageAdded,
    RequesterChanged,
    StatusChanged,
    SubjectChanged,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
    TicketsMerged,
    TicketsUnmerged,
    VendorCaseMoved,
    VendorCaseOpened,
    VendorNumberNoted,
)
from leitstelle.tickets.labels import CHANNEL, VENDOR_STATE
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_keep_snippets, searchable, visible_tickets
from leitstelle.tickets.queries.devices import tickets_about
from leitstelle.tickets.queries.priority import effect, told_moves
from leitstelle.tickets.queries.records import (
    CAP,
    RECENT_SHOWN,
    last_contacts,
    listed,
    overview,
    who_works,
)
from leitstelle.tickets.queries.tabs import row_of, tabs_of
from leitstelle.tickets.queries.vendor import cases_of, clocks_of_case, shown_promise
from leitstelle.tickets.searchdocs import KIND

register_nav(
    "tickets", _("Tickets"), "tickets:inbox", "inbox", 10, lambda viewer: viewer.is_agent, shortcut="g i"
)
register_nav("vendors", _("Vendors"), "tickets:vendors", "building", 45, lambda viewer: viewer.is_agent)
register_admin_section(
    AdminSection(
        "level-rights",
        _("Rights by level"),
        "tickets:level-rights",
        "lock",
        _("People and teams"),
        55,
        description=_("What each level sees, may do with tickets, and which categories it solves"),
        shows=can_administer,
    )
)
register_admin_section(
    AdminSection(
        "snippets",
        _("Text templates"),
        "tickets:snippets",
        "template",
        _("Channels"),
        30,
        description=_("Words to reuse in answers, and those of the acknowledgement of receipt"),
        shows=can_keep_snippets,
    )
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


@register_strip
def open_tickets(request: HttpRequest, viewer: Viewer) -> Panel | None:
    """Show the tabs of open tickets below the top bar; a ticket page has read them already."""
    known = getattr(request, "open_tickets", None)
    row = row_of(tabs_of(viewer) if known is None else known, request.path)
    return Panel("tickets/_tabs.html", {"row": row, "here": request.path}) if row.tabs else None


def _palette_hits(viewer: Viewer, text: str, limit: int) -> list[PaletteHit]:
    """Tickets by number, else by words of subject, texts and requester."""
    digits = text.strip().removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        exact = list(visible_tickets(viewer).filter(number=int(digits)))
        if exact:
            return [_hit(ticket) for ticket in exact]
    found = search(text, {KIND: searchable(viewer)}, limit=limit, similar=False)
    ids = list(dict.fromkeys(hit.object_id for hit in found.hits))
    by_id = visible_tickets(viewer).select_related("requester").in_bulk(ids) if ids else {}
    tickets = [by_id[pk] for pk in ids if pk in by_id]
    return [_hit(one, one.requester.display_name if one.requester else "") for one in tickets]


def _recently_open(viewer: Viewer, limit: int) -> list[PaletteHit]:
    tabs = sorted(tabs_of(viewer), key=lambda tab: tab.seen_at, reverse=True)
    return [_hit(tab.ticket) for tab in tabs[:limit]]


def _hit(ticket: Ticket, who: str = "") -> PaletteHit:
    address = reverse("tickets:ticket", args=[ticket.public_id])
    return PaletteHit(ticket.subject, address, "inbox", " · ".join(filter(None, (f"#{ticket.number}", who))))


register_palette_search(
    PaletteSearch(
        "tickets",
        _("Tickets"),
        10,
        find=_palette_hits,
        shows=lambda viewer: viewer.is_agent,
        recent=_recently_open,
        recent_label=_("Open tickets"),
    )
)


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
    MajorDeclared,
    MajorLifted,
    SubjectChanged,
    RequesterChanged,
    TicketsMerged,
    TicketsUnmerged,
    VendorCaseOpened,
    VendorCaseMoved,
    VendorNumberNoted,
)
def inbox_topics(event: Event) -> Iterable[str]:
    """Whatever moves a row of the inbox is heard by every open inbox that may see the ticket."""
    return ("inbox",)


def _visible_ids(viewer: Viewer, ids: Collection[int]) -> set[int]:
    return set(visible_tickets(viewer).filter(pk__in=ids).values_list("pk", flat=True))


register_live_check("ticket", _visible_ids)


def _tickets_panel(viewer: Viewer, row: Person | Organisation, kind: str, whose: str) -> Panel:
    """Show what is open, who works on it, the last contacts and what was before, of a person or a customer."""
    shown = overview(viewer, Q(**{whose: row.pk}), timezone.now())
    is_person = kind == "person"
    address = f"{reverse('tickets:new')}?person={row.public_id}" if is_person else ""
    context = {
        "shown": shown,
        "contacts": last_contacts(viewer, **{whose: row.pk}) if is_person else [],
        "workers": who_works(shown),
        "all_url": reverse(f"tickets:of-{kind}", args=[row.public_id]),
        "new_url": address,
        "figures": _figures(shown.figures),
        "show_requester": not is_person,
        "channel_names": CHANNEL,
        "name_of": name_of,
    }
    return Panel("tickets/_of_person.html", context)


def _figures(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """Label, value as far as it was counted, and colour where somebody must act."""
    words = {
        "open": pgettext("tickets", "Open"),
        "waiting": pgettext("tickets", "Waiting"),
        "overdue": gettext("Overdue"),
        "recent": gettext("Last 30 days"),
    }
    return [
        (
            words[key],
            f"{CAP - 1}+" if count >= CAP else str(count),
            "crit" if key == "overdue" and count else "",
        )
        for key, count in counts.items()
    ]


@fill("priorities.effect", order=10)
def open_tickets_touched(viewer: Viewer, proposals: Iterable[Proposal]) -> dict[int, Panel]:
    """Say how many open tickets would get another priority by proposed matrices."""
    panels = {}
    for proposal in proposals:
        found = effect(viewer, proposal.layers, proposal.at)
        context = {
            "effect": found,
            "moves": told_moves(found),
            "is_saved": proposal.is_saved,
            "url": reverse("tickets:recalculate"),
        }
        panels[proposal.pk] = Panel("tickets/_priority_effect.html", context)
    return panels


@fill("person.page", order=10)
def tickets_of_person(viewer: Viewer, people: Iterable[Person]) -> dict[int, Panel]:
    """Show a person's visible tickets and contacts on their page."""
    return {person.pk: _tickets_panel(viewer, person, "person", "requester_id") for person in people}


@fill("organisation.page", order=10)
def tickets_of_organisation(viewer: Viewer, organisations: Iterable[Organisation]) -> dict[int, Panel]:
    """Show a customer's visible tickets and figures on its page."""
    return {one.pk: _tickets_panel(viewer, one, "organisation", "organisation_id") for one in organisations}


@fill("asset.page", order=10)
def tickets_of_device(viewer: Viewer, devices: Iterable[Asset]) -> dict[int, Panel]:
    """Show the latest visible tickets about a device on its page."""
    panels = {}
    for asset in devices:
        latest = listed(tickets_about(asset, viewer)).order_by("-last_message_at", "-pk")[:RECENT_SHOWN]
        context = {
            "tickets": list(latest),
            "all_url": reverse("tickets:of-device", args=[asset.public_id]),
            "channel_names": CHANNEL,
            "name_of": name_of,
        }
        panels[asset.pk] = Panel("tickets/_of_device.html", context)
    return panels


@fill("ticket.sidebar", order=12)
def guides_of_ticket(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show the guides beside a ticket; the panel fetches them itself and costs the page no statement."""
    if not viewer.is_agent:
        return {}
    return {
        one.pk: Panel("tickets/_guide_panel.html", {"url": address("tickets:guides", one.public_id)})
        for one in tickets
    }


@fill("ticket.sidebar", order=15)
def vendors_of_ticket(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show the cases at vendors beside a ticket with their clocks; one statement where there are any."""
    if not viewer.is_agent:
        return {}
    asked = [ticket for ticket in tickets if ticket.vendor_state]
    found, now, panels = cases_of(viewer, asked) if asked else {}, timezone.now(), {}
    for ticket in tickets:
        if not found.get(ticket.pk) and not vendors_in_use():
            continue
        shown = []
        for case in found.get(ticket.pk, []):
            address = reverse("tickets:vendor-case", args=[ticket.public_id, case.public_id])
            promise = shown_promise(clocks_of_case(case, now).next)
            shown.append((case, address, VENDOR_STATE[case.state], promise))
        context = {"cases": shown, "new_url": reverse("tickets:vendor-new", args=[ticket.public_id])}
        panels[ticket.pk] = Panel("tickets/_vendor_panel.html", context)
    return panels
