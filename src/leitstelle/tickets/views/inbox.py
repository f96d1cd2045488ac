"""The inbox: shipped and saved views, filters, keyset pages, what is new, and the preview beside the list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.queries import PriorityWords, active_services, priorities
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, collect, page, render, viewer_of
from leitstelle.kernel.web.formats import local
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.labels import BULK_ACTION, CHANNEL, KIND, LIST_COLUMN, VENDOR_STATE
from leitstelle.tickets.models import NO_DEADLINE, Ticket
from leitstelle.tickets.policies import can_edit_view
from leitstelle.tickets.queries import inbox as lists
from leitstelle.tickets.queries import statuses
from leitstelle.tickets.queries.bulk import failed_tickets
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use
from leitstelle.tickets.queries.priority import explained
from leitstelle.tickets.queries.views import arrangement_of, as_lists, saved_views
from leitstelle.tickets.queries.workspace import conversation
from leitstelle.tickets.rules.bulk import MOST, OFFERED
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.tickets.views.doors import ENDED, agents_only, find_ticket, ticket_url

PAGE_SIZE = 50
SOON = timedelta(hours=2)


@dataclass
class Head:
    """The head of the list, where higher domains may offer something (slot `inbox.head`)."""

    pk: Any = "inbox"


HEAD = Head()


@dataclass(frozen=True)
class Row:
    """One line of the list. `group` is set on the first row of each group, `count` where its tickets are counted."""

    ticket: Ticket
    url: str
    due: Panel | None
    group: str | Promise
    count: str
    checked: bool
    why: str


@dataclass(frozen=True)
class RailEntry:
    key: str
    label: str | Promise
    icon: str
    url: str
    current: bool
    count: str


@dataclass(frozen=True)
class Rail:
    """The lists beside the list: one's own work, the queues, and the views people saved."""

    work: list[RailEntry]
    queues: list[RailEntry]
    saved: list[RailEntry]

    @property
    def entries(self) -> list[RailEntry]:
        return [*self.work, *self.queues, *self.saved]


@agents_only
def inbox(request: HttpRequest) -> HttpResponse:
    """Show one page of a view; HTMX gets the rows alone."""
    viewer = viewer_of(request)
    now = timezone.now()
    views = all_views(viewer, now)
    start = arrangement_of(viewer.person_id).start if viewer.person_id is not None else ""
    selection = lists.select(views, request.GET.dict(), start)
    found = keyset(
        lists.tickets_in(selection, viewer),
        selection.sort,
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        size=PAGE_SIZE,
    )
    tickets = list(lists.named(found.items, selection))
    counts, groups = _counts(views, selection, tickets, viewer)
    filters = _filter_choices()
    context = {
        "selection": selection,
        "orders": [(order, _page_url(selection, order=order)) for order in selection.view.orders],
        "rows": _rows(tickets, selection, groups, viewer, now, _checked(request, viewer)),
        "rail": _rail(views, counts, selection.view),
        "count": shown_count(*counts[selection.view.key]),
        "chips": _chips(selection, filters, tickets),
        "filters": filters,
        "next_url": _page_url(selection, after=found.next) if found.next else "",
        "previous_url": _page_url(selection, before=found.prev) if found.prev else "",
        "list_url": _page_url(selection),
        "shown_at": now.isoformat(),
        "is_first_page": not found.prev,
        "save_query": "" if selection.view.saved or selection.view.is_hidden else _page_url(selection),
        "may_edit": selection.view.saved is not None and can_edit_view(viewer, selection.view.saved),
        "list_note": _note(selection.view),
        "head_panels": collect("inbox.head", viewer, [HEAD])[HEAD.pk],
        **list_names(selection),
    }
    return page(request, "tickets/inbox.html", context, fragment="tickets/_list.html")


def all_views(viewer: Viewer, now: datetime) -> list[lists.InboxView]:
    """Return the shipped views, those that were saved for this viewer, and those that other pages lead to."""
    shipped = lists.views_for(levels_in_use(), viewer.language)
    return [*shipped, *as_lists(saved_views(viewer), viewer, now), *lists.further_lists(viewer, now)]


def list_names(selection: lists.Selection) -> dict[str, object]:
    """What the rows of a list need besides the rows."""
    return {
        "columns": [(key, LIST_COLUMN[key]) for key in selection.view.columns],
        "is_standard": selection.view.columns == lists.DEFAULT_COLUMNS,
        "channel_names": CHANNEL,
        "kind_names": KIND,
        "vendor_states": VENDOR_STATE,
        "bulk_actions": [(key, BULK_ACTION[key]) for key in OFFERED],
        "most": MOST,
        "name_of": name_of,
    }


Counts = tuple[dict[str, tuple[int, bool]], dict[Any, tuple[int, bool]]]


def _counts(
    views: Sequence[lists.InboxView], selection: lists.Selection, tickets: list[Ticket], viewer: Viewer
) -> Counts:
    """Counts by view: shipped ones and the one that is shown, of other saved views what is known; and by group.

    Nobody waits for the counts of lists they do not look at: the page asks for the rest (`news`).
    """
    current, grouping = selection.view, selection.grouping
    asked = [view for view in views if view is current or not (view.saved or view.is_hidden)]
    others = [view for view in views if view.saved is not None and view is not current]
    values = list(dict.fromkeys(getattr(one, grouping.column) for one in tickets)) if grouping else []
    counts, groups = lists.counts_of_list(asked, selection, values, viewer)
    return counts | lists.capped_counts(others, viewer, only_known=True), groups


def _checked(request: HttpRequest, viewer: Viewer) -> set[int]:
    """The tickets that keep their mark: those of a selection that could not be done."""
    run_id = request.GET.get("failed", "")
    return failed_tickets(viewer, run_id) if run_id else set()


@agents_only
def news(request: HttpRequest) -> HttpResponse:
    """Say what became of a list since it was shown, without touching it: new rows of its first page, and counts."""
    viewer = viewer_of(request)
    now = timezone.now()
    views = all_views(viewer, now)
    selection = lists.select(views, request.GET.dict())
    shown = {int(one) for one in request.GET.get("shown", "").split(".") if one.isdecimal() and len(one) < 18}
    counted = [view for view in views if view is selection.view or not view.is_hidden]
    first = lists.first_page(selection, viewer, PAGE_SIZE)
    since = _moment(request.GET.get("since", ""), now)
    answer = {
        "new": sum(number not in shown for number, _changed in first),
        "changed": any(number in shown and changed > since for number, changed in first),
        "first": [number for number, _changed in first],
        "counts": {key: shown_count(*count) for key, count in lists.capped_counts(counted, viewer).items()},
    }
    return JsonResponse(answer)


def _note(view: lists.InboxView) -> str | Promise:
    if view.saved is None or not read(view.saved.conditions).broken:
        return ""
    return _("This view cannot be read any more. Please put it together again.")


def _moment(text: str, now: datetime) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else now


@agents_only
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the panel beside the list: facts, deadline and the latest messages of one ticket."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    context = {
        "ticket": ticket,
        "ticket_url": ticket_url(ticket),
        "latest": conversation(ticket, viewer).messages[-3:],
        "priority_why": explained(ticket),
        "panels": collect("ticket.sidebar", viewer, [ticket])[ticket.pk],
        "kind_name": KIND[ticket.kind],
        "ended": ticket.status_type in ENDED,
        "is_mine": ticket.assignee_id == viewer.person_id,
        "name_of": name_of,
    }
    return render(request, "tickets/_preview.html", context)


def _rows(
    tickets: list[Ticket],
    selection: lists.Selection,
    counts: Mapping[Any, tuple[int, bool]],
    viewer: Viewer,
    now: datetime,
    checked: set[int],
) -> list[Row]:
    due = collect("inbox.due", viewer, tickets) if "due" in selection.view.columns else {}
    rows: list[Row] = []
    words = PriorityWords()
    last: object = object()
    for ticket in tickets:
        value, name, count = _group_of(ticket, selection, counts, now)
        first = value != last
        last = value
        panel = next(iter(due.get(ticket.pk, ())), None)
        rows.append(
            Row(
                ticket,
                ticket_url(ticket),
                panel,
                name if first else "",
                count if first else "",
                ticket.pk in checked,
                explained(ticket, words),
            )
        )
    return rows


def _group_of(
    ticket: Ticket, selection: lists.Selection, counts: Mapping[Any, tuple[int, bool]], now: datetime
) -> tuple[object, str | Promise, str]:
    """What brings a row into its group, the group's heading and how many tickets it holds."""
    if selection.grouping is not None:
        value = getattr(ticket, selection.grouping.column)
        count = shown_count(*counts[value]) if value in counts else ""
        return value, GROUP_NAMES[selection.grouping.key](ticket), count
    if selection.order.key == "due":
        name = _group(ticket.due_order, now)
        return str(name), name, ""
    return "", "", ""


def _category_name(ticket: Ticket) -> str | Promise:
    category = ticket.category
    if category is None:
        return _("not classified")
    return branch_name(category)


# The words above the rows of a group, by the key of the grouping.
GROUP_NAMES: Mapping[str, Callable[[Ticket], str | Promise]] = {
    "status": lambda ticket: name_of(ticket.status),
    "priority": lambda ticket: f"P{ticket.priority_id} {name_of(ticket.priority)}",
    "team": lambda ticket: ticket.team.name if ticket.team else _("without a team"),
    "level": lambda ticket: name_of(ticket.level) if ticket.level else _("without a level"),
    "assignee": lambda ticket: ticket.assignee.display_name if ticket.assignee else _("not assigned"),
    "organisation": lambda ticket: (
        ticket.organisation.name if ticket.organisation else _("without a customer")
    ),
    "category": _category_name,
    "service": lambda ticket: name_of(ticket.service) if ticket.service else _("without a service"),
}


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


def _rail(
    views: Sequence[lists.InboxView], counts: dict[str, tuple[int, bool]], current: lists.InboxView
) -> Rail:
    shown = [view for view in views if not view.is_hidden]
    entries = [
        RailEntry(
            view.key,
            view.label,
            view.icon,
            "?" + urlencode({"view": view.key}),
            view is current,
            shown_count(*counts[view.key]) if view.key in counts and view.key != "all" else "",
        )
        for view in shown
    ]
    saved = [entry for entry, view in zip(entries, shown, strict=True) if view.saved is not None]
    shipped = entries[: len(entries) - len(saved)]
    return Rail(shipped[:2], shipped[2:], saved)


def shown_count(count: int, more: bool) -> str:
    """Return a capped count as people read it: 12, 999+."""
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
        ("level", _("Level"), [(str(one.pk), name_of(one)) for one in levels_in_use()]),
        *_services(),
        ("major", pgettext_lazy("filter", "Major"), [("1", str(_("only major ones")))]),
        ("kind", _("Kind"), [(key, str(label)) for key, label in KIND.items()]),
        ("channel", _("Channel"), [(key, str(label)) for key, label in CHANNEL.items()]),
    ]


def _services() -> Filters:
    """The filter by service, where the house has any."""
    rows = active_services()
    return [("service", _("Service"), [(str(one.pk), name_of(one)) for one in rows])] if rows else []


def _chips(
    selection: lists.Selection, filters: Filters, tickets: Sequence[Ticket]
) -> list[tuple[str | Promise, str, str]]:
    """Active filters: label, value, address without it."""
    choices: dict[str, tuple[str | Promise, Iterable[tuple[str, str]]]] = {
        name: (label, options) for name, label, options in filters
    }
    chips = []
    if "assignee" in selection.filters:
        # Nothing to choose from, a link of another page leads here: the rows know the name.
        person = tickets[0].assignee if tickets else None
        name = person.display_name if person is not None else "–"
        choices["assignee"] = (_("Assigned to"), [(selection.filters["assignee"], name)])
    for name, value in selection.filters.items():
        label, options = choices.get(name, (name, ()))
        chips.append((label, dict(options).get(value, value), _page_url(selection, leave_out=name)))
    return chips
