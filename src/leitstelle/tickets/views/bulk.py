"""Acting on many tickets: choose, see what will happen, do it, read the result of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import told_basis
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.forms import AssignForm, HandoverForm, ResolveForm, WaitForm
from leitstelle.tickets.forms.merging import MergeIntoForm
from leitstelle.tickets.labels import BULK_ACTION, BULK_REASON
from leitstelle.tickets.models import BulkRow, BulkRun, Ticket
from leitstelle.tickets.policies import visible_bulk_runs, visible_tickets
from leitstelle.tickets.queries import inbox as lists
from leitstelle.tickets.queries.bulk import tally, tickets_of, verdicts
from leitstelle.tickets.queries.merging import party_of
from leitstelle.tickets.queries.priority import decided_now
from leitstelle.tickets.queries.views import chosen_tickets
from leitstelle.tickets.rules.bulk import AT_ONCE, MOST, OFFERED, BulkAction, Outcome, Wanted
from leitstelle.tickets.rules.merging import apart_by_default, needs_choice
from leitstelle.tickets.views.doors import agents_only, ticket_url
from leitstelle.tickets.views.inbox import all_views

FORMS: Mapping[BulkAction, Callable[..., forms.Form]] = {
    BulkAction.ASSIGN: AssignForm,
    BulkAction.HANDOVER: HandoverForm,
    BulkAction.WAIT: WaitForm,
    BulkAction.RESOLVE: ResolveForm,
    BulkAction.MERGE: MergeIntoForm,
}
# What a selection keeps of the address it was made at.
_BACK = ("view", "order", *lists.FILTERS)


@dataclass(frozen=True)
class Line:
    """One ticket of a selection: what will happen or has happened, in words."""

    row: BulkRow
    ticket: Ticket | None
    url: str
    outcome: str
    text: str


@agents_only
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the marked tickets, or all of the list up to the cap, and lead to what would happen to them."""
    viewer = viewer_of(request)
    if request.POST.get("action", "") not in tuple(BulkAction):
        raise Http404
    back = urlencode([(name, request.POST[name]) for name in _BACK if request.POST.get(name)])
    ids = _chosen(request.POST, viewer)
    if not ids:
        toast(request, _("Please select at least one ticket first."), "warn")
        return go(request, f"{reverse('tickets:inbox')}?{back}")
    action = BulkAction(request.POST["action"])
    run = actions.choose_tickets(ids, action, by=viewer, now=timezone.now(), back=back)
    return go(request, reverse("tickets:bulk-run", args=[run.public_id]))


def _chosen(data: QueryDict, viewer: Viewer) -> list[int]:
    if data.get("all"):
        now = timezone.now()
        selection = lists.select(
            all_views(viewer, now), {key: value for key, value in data.items() if isinstance(value, str)}
        )
        return chosen_tickets(selection, viewer, MOST)
    wanted = []
    for text in data.getlist("ticket")[:MOST]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    found = dict(visible_tickets(viewer).filter(public_id__in=wanted).values_list("public_id", "pk"))
    return [found[one] for one in wanted if one in found]


@agents_only
def bulk_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what would happen to a selection and do it; afterwards show what became of each ticket."""
    viewer = viewer_of(request)
    run = visible_bulk_runs(viewer).filter(public_id=public_id).first()
    if run is None:
        raise Http404
    if run.started_at is not None:
        return _result(request, viewer, run)
    form = _form(run, request.POST or None, viewer)
    if request.method == "POST" and request.POST.get("do") == "look":
        actions.look_again(run, by=viewer)
        return _preview(request, viewer, run, form)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            actions.start_bulk(run, _values(form), by=viewer, now=timezone.now())
        except DomainError as error:
            if form is None:
                raise
            add_domain_error(form, error)
        else:
            return _begin(request, viewer, run)
    return _preview(request, viewer, run, form)


def _begin(request: HttpRequest, viewer: Viewer, run: BulkRun) -> HttpResponse:
    if run.rows.count() <= AT_ONCE:
        actions.go_on(run, by=viewer, now=timezone.now())
    return go(request, reverse("tickets:bulk-run", args=[run.public_id]))


def _form(run: BulkRun, data: QueryDict | None, viewer: Viewer) -> forms.Form | None:
    form_class = FORMS.get(BulkAction(run.action))
    if form_class is None:
        return None
    if data is None and run.action == BulkAction.MERGE:
        data = _oldest(run, viewer)
    form = form_class(data, initial={"code": "solved"})
    if isinstance(form, MergeIntoForm):
        form.viewer = viewer
    form.fields.pop("version", None)
    # A solution is written for one person; here only the code is set.
    form.fields.pop("text", None)
    return form


def _oldest(run: BulkRun, viewer: Viewer) -> QueryDict | None:
    """The ticket that was there first is what the others are merged into, unless somebody says another."""
    chosen = visible_tickets(viewer).filter(pk__in=run.rows.values("ticket_id"), merged_into=None)
    number = chosen.order_by("number").values_list("number", flat=True).first()
    return QueryDict(urlencode({"target": f"#{number}"})) if number is not None else None


def _values(form: forms.Form | None) -> dict[str, Any]:
    """Return what was chosen as ids, codes and texts."""
    data = form.cleaned_data if form is not None else {}
    team, person = data.get("team"), data.get("assignee") or data.get("person")
    until = data.get("until")
    chosen = {
        "team": team.pk if team else None,
        "assignee": person.pk if person else None,
        "status": data["status"].pk if data.get("status") else "",
        "code": data["code"].pk if data.get("code") else "",
        "until": until.isoformat() if until else "",
        "target": data["target"].pk if data.get("target") else None,
    }
    return {**chosen, **{name: data[name] for name in ("reason", "tried", "findings") if name in data}}


def _preview(request: HttpRequest, viewer: Viewer, run: BulkRun, form: forms.Form | None) -> HttpResponse:
    values: dict[str, Any] = {}
    if form is not None and form.is_bound:
        form.is_valid()
        values = _values_so_far(form)
        if request.POST.get("do") == "look":
            # Whoever only looks is not told what is still missing.
            form.errors.clear()
    wanted = actions.wanted_with_team(run, viewer, values)
    found = verdicts(run, wanted, viewer)
    lines = [
        Line(
            one.row,
            one.ticket,
            ticket_url(one.ticket) if one.ticket else "",
            Outcome.REFUSED if one.refusal else Outcome.PENDING,
            str(BULK_REASON[one.refusal]) if one.refusal else _effect(one.ticket, wanted, form),
        )
        for one in found
    ]
    todo = sum(line.outcome == Outcome.PENDING for line in lines)
    context = {
        **_names(run),
        "form": form,
        "lines": sorted(lines, key=lambda line: line.outcome == Outcome.PENDING),
        "todo": todo,
        "refused": len(lines) - todo,
        "most": MOST if len(lines) == MOST else 0,
        "submit": ngettext("%(action)s: %(count)s ticket", "%(action)s: %(count)s tickets", todo)
        % {"action": BULK_ACTION[run.action], "count": todo},
    }
    is_wrong = form is not None and form.is_bound and form.errors and request.POST.get("do") != "look"
    return page(request, "tickets/bulk.html", context, status=422 if is_wrong else 200)


def _values_so_far(form: forms.Form) -> dict[str, Any]:
    """What is chosen already; the preview follows it while other fields are still empty."""
    team, person = form.cleaned_data.get("team"), form.cleaned_data.get("assignee")
    status = form.cleaned_data.get("status")
    return {
        "team": team.pk if team else None,
        "assignee": person.pk if person else None,
        "status": status.pk if status else "",
        "target": form.cleaned_data["target"].pk if form.cleaned_data.get("target") else None,
    }


def _effect(ticket: Ticket | None, wanted: Wanted, form: forms.Form | None) -> str:
    """What the action does to one ticket, in a few words."""
    data = form.cleaned_data if form is not None and form.is_bound else {}
    if wanted.action is BulkAction.TAKE:
        now = ticket.assignee.display_name if ticket and ticket.assignee else _("not assigned")
        return _("%(before)s → you") % {"before": now}
    if wanted.action in (BulkAction.ASSIGN, BulkAction.HANDOVER):
        before = ticket.team.name if ticket and ticket.team else _("without a team")
        if not data.get("team"):
            return _("now: %(team)s") % {"team": before}
        return _passing_on(before, ticket, data)
    if wanted.action is BulkAction.RECALCULATE:
        return _recalculated(ticket)
    if wanted.action is BulkAction.MERGE:
        return _merged(ticket, data.get("target"))
    before = name_of(ticket.status) if ticket else ""
    if wanted.action is BulkAction.WAIT:
        return f"{before} → {name_of(data['status'])}" if data.get("status") else _("will wait")
    return _("will be resolved") if wanted.action is BulkAction.RESOLVE else _("will be closed")


def _merged(ticket: Ticket | None, target: Ticket | None) -> str:
    """Into which ticket, and whether its requester reads along there."""
    if ticket is None or target is None:
        return _("will be merged")
    if ticket.pk == target.pk:
        return _("The others are merged into this one.")
    into = _("goes on in #%(number)s") % {"number": target.number}
    ours, theirs = party_of(ticket), party_of(target)
    if not needs_choice(ours, theirs):
        return into
    name = ticket.requester.display_name if ticket.requester else ""
    if apart_by_default(ours, theirs):
        return _("%(into)s; %(name)s is kept apart and does not read it") % {"into": into, "name": name}
    return _("%(into)s; %(name)s reads along there") % {"into": into, "name": name}


def _recalculated(ticket: Ticket | None) -> str:
    """The priority before and after, and why."""
    if ticket is None:
        return ""
    decision = decided_now(ticket)
    why = told_basis(decision.basis, ticket.impact_id, ticket.urgency_id, decision.rank)
    return f"P{ticket.priority_id} → P{decision.rank} ({why})"


def _passing_on(before: str, ticket: Ticket | None, data: dict[str, Any]) -> str:
    """From whom to whom a ticket goes; also that somebody loses it who had it."""
    person = data.get("assignee") or data.get("person")
    had = ticket.assignee.display_name if ticket and ticket.assignee else ""
    if not (person or had):
        return f"{before} → {data['team'].name}"
    nobody = _("not assigned")
    has = person.display_name if person else nobody
    return f"{before}, {had or nobody} → {data['team'].name}, {has}"


def _names(run: BulkRun) -> dict[str, Any]:
    return {
        "run": run,
        "action": BULK_ACTION[run.action],
        "back_url": f"{reverse('tickets:inbox')}?{run.back}",
        "name_of": name_of,
    }


def _result(request: HttpRequest, viewer: Viewer, run: BulkRun) -> HttpResponse:
    if request.method == "POST":
        # Something came in between; whoever looks goes on, and the worker may do so at the same time.
        actions.go_on(run, by=viewer, now=timezone.now())
        return go(request, reverse("tickets:bulk-run", args=[run.public_id]))
    rows = list(run.rows.all())
    tickets = tickets_of(rows, viewer)
    lines = [_result_line(row, tickets.get(row.ticket_id)) for row in rows]
    count = tally(run)
    back = [*parse_qsl(run.back), ("failed", str(run.public_id))] if count.refused else parse_qsl(run.back)
    context = {
        **_names(run),
        "lines": sorted(lines, key=lambda line: line.outcome == Outcome.DONE),
        "tally": count,
        "back_url": f"{reverse('tickets:inbox')}?{urlencode(back)}",
        "back_fields": parse_qsl(run.back),
        "actions": [(key, BULK_ACTION[key]) for key in OFFERED],
    }
    return page(request, "tickets/bulk_result.html", context, fragment="tickets/_bulk_result.html")


def _result_line(row: BulkRow, ticket: Ticket | None) -> Line:
    text = str(BULK_REASON.get(row.reason, _("This was not possible."))) if row.reason else ""
    return Line(row, ticket, ticket_url(ticket) if ticket else "", row.outcome, text)
