"""Carrying out the steps of an escalation chain when a clock reaches them.

The steps are data of the agreement (`sla`), which only says that a threshold was reached; people are told by
`notifications`, which follows `Escalated`, as does the call of a webhook.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from leitstelle.kernel.events import Event, Subject, record, unit
from leitstelle.kernel.outbound.sending import call
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import StepAction
from leitstelle.sla.events import ThresholdReached
from leitstelle.sla.models import EscalationStep
from leitstelle.tickets.actions import Classification, assign_ticket, classify
from leitstelle.tickets.actions.base import state_of
from leitstelle.tickets.choices import ONGOING_TYPES, Verb
from leitstelle.tickets.events import TicketAssigned
from leitstelle.tickets.models import Ticket
from leitstelle.triage.events import Escalated

_DUE, _MOST_URGENT = 100, 1
_MESSAGES = (StepAction.REMIND, StepAction.LEAD, StepAction.MANAGER)


def escalate(event: Event, *, now: datetime) -> int:
    """Carry out the steps that this threshold reached; returns how many. Each is done once, also when tried again.

    Of a ticket that somebody has taken since the chain's last message, nobody is reminded before the target is missed.
    """
    data = event.load(ThresholdReached)
    ticket = Ticket.objects.filter(pk=event.subject_id, status_type__in=ONGOING_TYPES).first()
    if ticket is None:
        return 0
    steps = EscalationStep.objects.filter(
        version=data.agreement_version,
        metric=data.metric,
        percent__gt=data.percent_before,
        percent__lte=data.percent,
    )
    return sum(_carry_out(ticket, step, event, now) for step in steps.select_related("team"))


@unit()
def _carry_out(ticket: Ticket, step: EscalationStep, cause: Event, now: datetime) -> int:
    """Do what one step says and record `Escalated`, unless it was done or there is nothing to do."""
    ticket.refresh_from_db()
    done = _past(ticket)
    if any(one.code == Escalated.code and _is_again(one, step, cause) for one in done):
        return 0
    if step.action in _MESSAGES and step.percent < _DUE and _is_acknowledged(done, step.metric):
        return 0
    by = Viewer.system()
    if step.action == StepAction.RAISE and not _raise(ticket, by, now):
        return 0
    if step.action == StepAction.REASSIGN and not _reassign(ticket, step, by, now):
        return 0
    record(
        Escalated(
            step_id=step.pk, action=step.action, metric=step.metric, percent=step.percent, cause=cause.pk
        ),
        subject=Subject("ticket", ticket.pk),
        actor=by.actor,
        at=now,
        state=state_of(ticket),
    )
    return 1


def call_webhook(event: Event, *, now: datetime) -> None:
    """Call the webhook of an escalation, where its step has one. For the worker, outside of units.

    Told are ids, codes and moments, nothing that anybody wrote. Raises as `kernel.outbound.sending.call`.
    """
    data = event.load(Escalated)
    if data.action != StepAction.CALL:
        return
    step = EscalationStep.objects.select_related("endpoint", "version__agreement").get(pk=data.step_id)
    ticket = Ticket.objects.filter(pk=event.subject_id).first()
    if step.endpoint is not None and ticket is not None:
        call(step.endpoint, Escalated.code, event.pk, _content(event, data, step, ticket), now)


def _content(event: Event, data: Escalated, step: EscalationStep, ticket: Ticket) -> dict[str, Any]:
    page = reverse("tickets:ticket", args=[ticket.public_id])
    return {
        "event": Escalated.code,
        "at": event.at.isoformat(),
        "metric": data.metric,
        "percent": data.percent,
        "agreement": str(step.version.agreement.public_id),
        "ticket": {
            "id": str(ticket.public_id),
            "number": ticket.number,
            "priority": event.state.get("priority"),
            "status": event.state.get("status"),
            "url": f"{settings.BASE_URL}{page}" if settings.BASE_URL else None,
        },
    }


def _past(ticket: Ticket) -> list[Event]:
    """What the chains did to this ticket, and who took it, in order."""
    codes = (Escalated.code, TicketAssigned.code)
    return list(
        Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk, code__in=codes).order_by("pk")
    )


def _is_again(done: Event, step: EscalationStep, cause: Event) -> bool:
    """A step is done once for a threshold; priorities are raised once by a step, however often it is reached."""
    same = done.data["step_id"] == step.pk
    return same and (done.data["cause"] == cause.pk or step.action == StepAction.RAISE)


def _is_acknowledged(done: list[Event], metric: str) -> bool:
    told = False
    for one in done:
        if one.code == Escalated.code and one.data["metric"] == metric and one.data["action"] in _MESSAGES:
            told = True
        elif one.code == TicketAssigned.code and one.data["verb"] == Verb.TAKE and told:
            return True
    return False


def _raise(ticket: Ticket, by: Viewer, now: datetime) -> bool:
    if ticket.priority_id <= _MOST_URGENT:
        return False
    wanted = Classification(
        kind=ticket.kind,
        category_id=ticket.category_id,
        impact=ticket.impact_id,
        urgency=ticket.urgency_id,
        device_label=ticket.device_label,
        priority=ticket.priority_id - 1,
    )
    classify(ticket, wanted, by=by, now=now)
    return True


def _reassign(ticket: Ticket, step: EscalationStep, by: Viewer, now: datetime) -> bool:
    if step.team is None or not step.team.is_active or ticket.team_id == step.team.pk:
        return False
    assign_ticket(ticket, team=step.team, to=None, by=by, now=now)
    return True
