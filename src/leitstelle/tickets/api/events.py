"""Following the journal, and what happened to one ticket."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from leitstelle.kernel.api import CursorPage, Scope, needs, viewer_of
from leitstelle.kernel.api.reading import Cursor, Limit
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.api import doors
from leitstelle.tickets.queries.journal import Told, codes_for, follow, tell
from leitstelle.tickets.queries.workspace import protocol
from leitstelle.tickets.schemas.events import ActorOut, EventFeed, EventOut, SubjectOut

router = Router(tags=["Events"])
After = Annotated[
    str, Field("", max_length=100, description="`next` of the answer before; `latest` for the present end")
]


@router.get(
    "/events",
    response=EventFeed,
    operation_id="followEvents",
    summary="Follow what happens",
    **needs(Scope.READ),
)
def follow_events(request: HttpRequest, after: Query[After], limit: Query[Limit]) -> EventFeed:
    """Events of all tickets, people, organisations and teams this viewer sees, in the order they became visible.

    An answer may be empty and still lead on: keep `next` and ask again, at once where `more` is true. No event comes
    twice, none is skipped; events of one subject may come in another order than they happened.
    """
    found = follow(viewer_of(request), after, limit)
    return EventFeed(items=[_shown(told) for told in found.told], next=found.after, more=found.more)


@router.get(
    "/tickets/{ticket_id}/events",
    response=CursorPage[EventOut],
    operation_id="listTicketEvents",
    summary="What happened to a ticket",
    **needs(Scope.READ),
)
def list_ticket_events(
    request: HttpRequest, ticket_id: UUID, cursor: Query[Cursor], limit: Query[Limit]
) -> dict[str, Any]:
    """The events of one ticket, oldest first; requesters hear of public messages, the standing and who takes care."""
    viewer = viewer_of(request)
    rows = protocol(doors.find(viewer, ticket_id))
    codes = codes_for(viewer)
    if codes is not None:
        rows = rows.filter(code__in=codes)
    page = keyset(rows, ["id"], after=cursor or None, size=limit)
    return {"items": [_shown(told) for told in tell(page.items, viewer)], "next": page.next}


def _shown(told: Told) -> EventOut:
    event = told.event
    return EventOut(
        id=event.pk,
        code=event.code,
        version=event.version,
        subject=SubjectOut(kind=event.subject_kind, id=told.subject_id),
        actor=ActorOut(kind=event.actor_kind, id=told.actor_id),
        at=event.at,
        recorded_at=event.recorded_at,
        data=told.data,
        state=told.state,
    )
