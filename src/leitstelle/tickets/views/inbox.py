"""The inbox: shipped views, filters, keyset pages, and the preview beside the list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import priorities
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, collect, page, render, viewer_of
from leitstelle.kernel.web.formats import local
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.labels import CHANNEL, KIND
from leitstelle.tickets.models import NO_DEADLINE, Ticket
from leitstelle.tickets.queries import inbox as lists
from leitstelle.tickets.queries import statuses
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use
from leitstelle.tickets.queries.workspace import conversation
from leitstelle.tickets.views.doors import ENDED, agents_only, find_ticket, ticket_url

PAGE_SIZE = 50
SOON = timedelta(hours=2)


@dataclass(frozen=True)
class Row:
    """One line of the list. `group` is set on the first row of each group."""

    ticket: Ticket
    url: str
    due: Panel | None
    group: str | Promise


@dataclass(frozen=True)
class RailEntry:
    label: str | Promise
    icon: str
    url: str
    current: bool
    count: str


@agents_only
def inbox(request: HttpRequest) -> HttpResponse:
    """Show one page of a view; HTMX gets the rows alone."""
    viewer = viewer_of(request)
    now = timezone.now()
    views = lists.views_for(levels_in_use(), viewer.language)
    selection = lists.select(views, request.GET.dict())
    found = keyset(
        lists.tickets_in(selection, viewer),
        list(selection.order.columns),
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        size=PAGE_SIZE,
    )
    tickets = list(found.items)
    counts = lists.capped_counts(views, viewer)
    filters = _filter_choices()
    context = {
        "selection": selection,
        "orders": [(order, _page_url(selection, order=order)) for order in selection.view.orders],
        "rows": _rows(tickets, viewer, selection.order.key, now),
        "rail": [_rail_entry(view, counts, current=view is selection.view) for view in views],
        "count": _shown(*counts[selection.view.key]),
        "chips": _chips(selection, filters),
        "filters": filters,
        "next_url": _page_url(selection, after=found.next) if found.next else "",
        "previous_url": _page_url(selection, before=found.prev) if found.prev else "",
        "list_url": _page_url(selection),
        "first_page": not found.prev,
        "channel_names": CHANNEL,
        "name_of": name_of,
    }
    return page(request, "tickets/inbox.html", context, fragment="tickets/_list.html")


@agents_only
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the panel beside the list: facts, deadline and the latest messages of one ticket."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    context = {
        "ticket": ticket,
        "ticket_url": ticket_url(ticket),
        "latest": conversation(ticket, viewer).messages[-3:],
        "panels": collect("ticket.sidebar", viewer, [ticket])[ticket.pk],
        "kind_name": KIND[ticket.kind],
        "ended": ticket.status_type in ENDED,
        "is_mine": ticket.assignee_id == viewer.person_id,
        "name_of": name_of,
    }
    return render(request, "tickets/_preview.html", context)


def _rows(tickets: list[Ticket], viewer: Viewer, order: str, now: datetime) -> list[Row]:
    due = collect("inbox.due", viewer, tickets)
    rows, last_group = [], None
    for ticket in tickets:
        group = _group(ticket.due_order, now) if order == "due" else ""
        shown = group if group != last_group else ""
        last_group = group
        rows.append(Row(ticket, ticket_url(ticket), next(iter(due[ticket.pk]), None), shown))
    return rows


def _group(due: datetime, now: datetime) -> str | Promise:
    if due == NO_DEADLINE:
        return _("Without a running deadline")
    if due <= now + SOON:
        return _("Overdue or within two hours")
    if local(due).date() == local(now).date():
        return _("Today")
    if local(due).date() == local(now).date() + timedelta(days=1):
        return _("Tomorrow")
    return _("Later")


def _rail_entry(view: lists.InboxView, counts: dict[str, tuple[int, bool]], *, current: bool) -> RailEntry:
    count = _shown(*counts[view.key]) if view.key != "all" else ""
    return RailEntry(view.label, view.icon, "?" + urlencode({"view": view.key}), current, count)


def _shown(count: int, more: bool) -> str:
    return f"{count}+" if more else str(count)


def _page_url(
    selection: lists.Selection, *, leave_out: str = "", order: lists.Order | None = None, **cursor: str | None
) -> str:
    params = {"view": selection.view.key, **selection.filters}
    order = order or selection.order
    if order.key != selection.view.order:
        params["order"] = order.key
    params.pop(leave_out, None)
    params |= {name: value for name, value in cursor.items() if value}
    return "?" + urlencode(params)


Filters = list[tuple[str, str | Promise, list[tuple[str, str]]]]


def _filter_choices() -> Filters:
    """The filters offered in the list's head: parameter, label, options."""
    return [
        (
            "priority",
            _("Priority"),
            [(str(one.rank), f"P{one.rank} {name_of(one)}") for one in priorities()],
        ),
        ("status", _("Status"), [(one.key, name_of(one)) for one in statuses() if one.is_active]),
        ("team", _("Team"), [(str(one.pk), one.name) for one in teams_in_use()]),
        ("kind", _("Kind"), [(key, str(label)) for key, label in KIND.items()]),
        ("channel", _("Channel"), [(key, str(label)) for key, label in CHANNEL.items()]),
    ]


def _chips(selection: lists.Selection, filters: Filters) -> list[tuple[str | Promise, str, str]]:
    """Active filters: label, value, address without it."""
    choices: dict[str, tuple[str | Promise, Iterable[tuple[str, str]]]] = {
        name: (label, options) for name, label, options in filters
    }
    chips = []
    for name, value in selection.filters.items():
        label, options = choices.get(name, (name, ()))
        chips.append((label, dict(options).get(value, value), _page_url(selection, leave_out=name)))
    return chips
