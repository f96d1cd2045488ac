"""Telling other programs what happens to tickets: what they want, which calls that makes, and each call."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from leitstelle.accounts.models import Team
from leitstelle.automation.choices import CallState
from leitstelle.automation.events import CallDue, WishChanged
from leitstelle.automation.labels import TOLD
from leitstelle.automation.models import OutgoingCall, Wish
from leitstelle.automation.policies import require_administrator
from leitstelle.kernel.db import insert_ignore
from leitstelle.kernel.events import Actor, Event, Subject, record, unit
from leitstelle.kernel.ids import uuid7
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.outbound.sending import CallFailed, call
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import GiveUp
from leitstelle.tickets.models import Ticket

ACTOR = Actor.system("webhook")
ATTEMPTS = 8


@unit()
def set_wish(
    endpoint: Endpoint, codes: Iterable[str], *, team: Team | None, by: Viewer, now: datetime
) -> Wish:
    """Say what an endpoint is told from now on. Administrators. Event `endpoint.wish_changed`.

    Codes that nobody is told of are left out. Raises `NotAllowed`.
    """
    require_administrator(by)
    wanted = [code for code in TOLD if code in set(codes)]
    wish, _is_new = Wish.objects.update_or_create(
        endpoint=endpoint, defaults={"codes": wanted, "team": team, "since": now}
    )
    record(WishChanged(codes=tuple(wanted)), subject=Subject("endpoint", endpoint.pk), actor=by.actor, at=now)
    return wish


def tell(events: Iterable[Event], *, now: datetime) -> int:
    """Make the calls that these events ask for; returns how many are new. Event `outgoing_call.due` for each."""
    wishes = [
        wish for wish in Wish.objects.select_related("endpoint") if wish.codes and wish.endpoint.is_active
    ]
    if not wishes:
        return 0
    wanted = [
        (wish, event)
        for event in events
        if event.subject_kind == "ticket"
        for wish in wishes
        if event.code in wish.codes and event.recorded_at >= wish.since
    ]
    ids = {event.subject_id for _wish, event in wanted}
    rows = Ticket.objects.filter(pk__in=ids).select_related("team", "category", "assignee", "organisation")
    tickets = {ticket.pk: ticket for ticket in rows}
    return sum(_make(wish, event, tickets.get(event.subject_id), now) for wish, event in wanted)


def _make(wish: Wish, event: Event, ticket: Ticket | None, now: datetime) -> bool:
    if ticket is None or (wish.team_id is not None and ticket.team_id != wish.team_id):
        return False
    row = {
        "public_id": uuid7(),
        "endpoint_id": wish.endpoint_id,
        "event_id": event.pk,
        "code": event.code,
        "ticket_id": ticket.pk,
        "content": _content(event, ticket),
        "made_at": now,
        "state": CallState.WAITING,
        "tries": 0,
        "answer": "",
    }
    if not insert_ignore(OutgoingCall, row):
        return False
    made = OutgoingCall.objects.get(endpoint=wish.endpoint_id, event_id=event.pk)
    record(CallDue(), subject=_due(made.pk), actor=ACTOR, at=now)
    return True


def _content(event: Event, ticket: Ticket) -> dict[str, Any]:
    """Facts about the ticket as it is now; what people wrote is read over the API, by who may."""
    page = reverse("tickets:ticket", args=[ticket.public_id])
    return {
        "event": event.code,
        "at": event.at.isoformat(),
        "ticket": {
            "id": str(ticket.public_id),
            "number": ticket.number,
            "subject": ticket.subject,
            "kind": ticket.kind,
            "status": ticket.status_id,
            "status_type": ticket.status_type,
            "priority": ticket.priority_id,
            "category": ticket.category.key if ticket.category else None,
            "team": ticket.team.name if ticket.team else None,
            "assignee": ticket.assignee.display_name if ticket.assignee else None,
            "organisation": ticket.organisation.name if ticket.organisation else None,
            "url": f"{settings.BASE_URL}{page}" if settings.BASE_URL else None,
        },
    }


def make_call(event: Event, *, now: datetime) -> None:
    """Call an endpoint that is due, and note its answer. For the worker, outside of units.

    Raises `CallFailed` where another try may help, `GiveUp` where none does, or enough were made.
    """
    row = OutgoingCall.objects.select_related("endpoint").get(pk=event.subject_id)
    if row.state == CallState.DELIVERED:
        return
    try:
        call(row.endpoint, row.code, row.event_id, row.content, now)
    except CallFailed as error:
        last = row.tries + 1 >= ATTEMPTS
        _note(row, CallState.FAILED if last else CallState.WAITING, str(error), now)
        if last:
            raise GiveUp(str(error)) from error
        raise
    except GiveUp as error:
        _note(row, CallState.FAILED, str(error), now)
        raise
    _note(row, CallState.DELIVERED, "", now)


def _note(row: OutgoingCall, state: CallState, answer: str, now: datetime) -> None:
    OutgoingCall.objects.filter(pk=row.pk).update(
        state=state, tries=row.tries + 1, tried_at=now, answer=answer[:60]
    )


@unit()
def call_again(row: OutgoingCall, *, by: Viewer, now: datetime) -> None:
    """Tell an endpoint once more what it was told. Administrators. Event `outgoing_call.due`. Raises `NotAllowed`."""
    require_administrator(by)
    OutgoingCall.objects.filter(pk=row.pk).update(state=CallState.WAITING, tries=0)
    record(CallDue(), subject=_due(row.pk), actor=by.actor, at=now)


def _due(call_id: int) -> Subject:
    """Each call is a subject of its own: one that fails holds up no other."""
    return Subject("outgoing_call", call_id)
