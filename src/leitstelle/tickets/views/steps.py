"""Moving a ticket: take, assign, hand over, and the steps of its life cycle."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from leitstelle.kernel.errors import DomainError, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.tickets import actions
from leitstelle.tickets.choices import HandoverState, Verb
from leitstelle.tickets.errors import TicketChanged
from leitstelle.tickets.forms import STEP_FORMS, AssignForm, HandoverForm, NextLevelForm, ReasonForm
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_decide, visible_handovers
from leitstelle.tickets.queries import possible_steps
from leitstelle.tickets.queries.escalation import NextLevel
from leitstelle.tickets.queries.escalation import next_level as find_next_level
from leitstelle.tickets.queries.guides import told_runs
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.views.doors import (
    agents_only,
    find_ticket,
    show_present_version,
    store_uploads,
    ticket_url,
)
from leitstelle.tickets.views.ticket import form_page

HEADINGS: dict[str, str | Promise] = {
    "assign": gettext_lazy("Assign"),
    "handover": gettext_lazy("Hand over"),
    "next-level": gettext_lazy("To the next level"),
    "return": gettext_lazy("Return the handover"),
    Verb.WAIT: gettext_lazy("Let it wait"),
    Verb.SCHEDULE: gettext_lazy("Schedule"),
    Verb.RESOLVE: gettext_lazy("Resolve"),
    Verb.REJECT: gettext_lazy("Reject"),
    Verb.REOPEN: gettext_lazy("Reopen"),
}


@agents_only
@require_POST
def take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Assign the ticket to oneself."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    seen = request.POST.get("version", "")
    expected = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        actions.take_ticket(ticket, by=viewer, now=timezone.now(), expected=expected)
    except TicketChanged as error:
        toast(request, str(error.message), "warn")
    else:
        toast(request, _("You work on this ticket now."))
    return go(request, ticket_url(ticket))


@agents_only
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the ticket to a team and perhaps a person."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    initial = {"version": ticket.assignment_version, "team": ticket.team_id, "assignee": ticket.assignee_id}
    form = AssignForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any], now: datetime) -> None:
        actions.assign_ticket(
            ticket, team=data["team"], to=data["assignee"], by=viewer, now=now, expected=data["version"]
        )

    return _step_page(request, ticket, "assign", form, act, done=_("Ticket assigned."))


@agents_only
def handover(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand the ticket over with what was tried."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    start = {"version": ticket.assignment_version, "tried": told_runs(ticket, viewer)}
    form = HandoverForm(request.POST or None, initial=start)

    def act(data: dict[str, Any], now: datetime) -> None:
        offer = actions.HandoverOffer(
            to_team=data["team"],
            to_person=data["person"],
            reason=data["reason"],
            tried=data["tried"],
            findings=data["findings"],
            steps=tuple(data["steps"]),
            files=store_uploads(request.FILES.getlist("uploads")),
        )
        actions.hand_over(ticket, offer, by=viewer, now=now, expected=data["version"])

    return _step_page(request, ticket, "handover", form, act, done=_("Ticket handed over."))


@agents_only
def next_level(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand the ticket to the next level in one step; says which team takes it, and why."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    found = find_next_level(ticket, timezone.now())
    if found is None:
        toast(request, _("There is no level above this one."), "warn")
        return go(request, ticket_url(ticket))
    start = {"version": ticket.assignment_version, "tried": told_runs(ticket, viewer)}
    form = NextLevelForm(request.POST or None, initial=start)
    form.why = why_this_team(found)

    def act(data: dict[str, Any], now: datetime) -> None:
        offer = actions.HandoverOffer(
            to_team=found.team,
            reason=data["reason"],
            tried=data["tried"],
            steps=tuple(data["steps"]),
            files=store_uploads(request.FILES.getlist("uploads")),
        )
        actions.hand_over(ticket, offer, by=viewer, now=now, expected=data["version"])

    done = _("Handed over to %(team)s.") % {"team": found.team.name}
    return _step_page(request, ticket, "next-level", form, act, done=done)


def why_this_team(found: NextLevel) -> str:
    """Say which team takes it, and what speaks for it."""
    parts = [_("%(team)s (%(level)s) takes it.") % {"team": found.team.name, "level": found.level_name}]
    if found.solved_alike:
        parts.append(_("They solved %(count)s of this category lately.") % {"count": found.solved_alike})
    if found.had_it_before:
        parts.append(_("They had this ticket before."))
    parts.append(_("They have %(count)s open tickets.") % {"count": found.open_tickets})
    return " ".join(parts)


@agents_only
@require_POST
def accept(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Accept an open handover."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    offered = get_object_or_404(visible_handovers(viewer).select_related("ticket"), pk=pk, ticket=ticket)
    actions.accept_handover(offered, by=viewer, now=timezone.now())
    toast(request, _("Handover accepted."))
    return go(request, ticket_url(ticket))


@agents_only
def give_back(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Return an open handover with a reason."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    offered = get_object_or_404(visible_handovers(viewer).select_related("ticket"), pk=pk, ticket=ticket)
    if offered.state == HandoverState.OFFERED and not can_decide(viewer, offered):
        raise NotAllowed()
    form = ReasonForm(request.POST or None)

    def act(data: dict[str, Any], now: datetime) -> None:
        actions.return_handover(offered, reason=data["reason"], by=viewer, now=now)

    return _step_page(request, ticket, "return", form, act, done=_("Handover returned."))


@agents_only
def step(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Take a step of the life cycle: at once where nothing is asked, else after its form."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    if verb not in Verb.values:
        raise Http404
    wanted = Verb(verb)
    form_class = STEP_FORMS.get(wanted)
    if form_class is None:
        if request.method != "POST":
            return go(request, ticket_url(ticket))
        _plain_step(ticket, wanted, viewer, timezone.now())
        toast(request, _("Status changed."))
        return go(request, ticket_url(ticket))
    form = form_class(request.POST or None, initial={"version": ticket.status_version, "code": "solved"})
    if wanted is Verb.WAIT:
        keys = [one.to_status for one in possible_steps(ticket, as_agent=True) if one.verb is Verb.WAIT]
        field = form.fields["status"]
        field.queryset = field.queryset.filter(pk__in=keys)  # type: ignore[attr-defined]

    def act(data: dict[str, Any], now: datetime) -> None:
        _step_with(ticket, wanted, data, viewer, now)

    return _step_page(request, ticket, wanted, form, act, done=_("Status changed."))


def _plain_step(ticket: Ticket, verb: Verb, by: Viewer, now: datetime) -> None:
    if verb is Verb.CONTINUE:
        actions.continue_work(ticket, by=by, now=now)
    elif verb is Verb.CLOSE:
        actions.close_ticket(ticket, by=by, now=now)
    else:
        raise Http404


@unit()
def _step_with(ticket: Ticket, verb: Verb, data: dict[str, Any], by: Viewer, now: datetime) -> None:
    expected = data["version"]
    reason = data.get("reason", "")
    if verb is Verb.WAIT:
        until = data["until"]
        actions.wait_for(
            ticket, data["status"].pk, reason=reason, until=until, by=by, now=now, expected=expected
        )
    elif verb is Verb.SCHEDULE:
        actions.schedule_work(ticket, until=data["until"], reason=reason, by=by, now=now, expected=expected)
    elif verb is Verb.RESOLVE:
        _resolve(ticket, data, by, now)
    elif verb is Verb.REJECT:
        actions.reject_ticket(ticket, reason=reason, by=by, now=now, expected=expected)
    else:
        actions.reopen_ticket(ticket, reason=reason, by=by, now=now, expected=expected)


def _resolve(ticket: Ticket, data: dict[str, Any], by: Viewer, now: datetime) -> None:
    solution = None
    if data["text"].strip():
        solution = actions.reply(ticket, data["text"], recipients=reply_recipients(ticket), by=by, now=now)
    actions.resolve_ticket(
        ticket, code=data["code"].pk, by=by, now=now, solution=solution, expected=data["version"]
    )


def _step_page(
    request: HttpRequest,
    ticket: Ticket,
    name: str,
    form: Form,
    act: Callable[[dict[str, Any], datetime], None],
    *,
    done: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data, timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, done)
            return go(request, ticket_url(ticket))
    ticket.refresh_from_db()
    show_present_version(
        form, ticket, "assignment" if name in ("assign", "handover", "next-level") else "status"
    )
    return form_page(request, ticket, form, heading=HEADINGS[name], submit=HEADINGS[name])
