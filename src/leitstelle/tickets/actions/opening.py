"""Opening a ticket: number, classification, first message, journal."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from leitstelle.accounts.models import Person, Team
from leitstelle.catalog.queries import service_of_category
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import check_scales, record_on
from leitstelle.tickets.actions.messages import counts_as_response, note_on_ticket, store_message
from leitstelle.tickets.actions.priority import basis_for_event, priority_of
from leitstelle.tickets.choices import Channel, Kind, ParticipantRole, StatusType
from leitstelle.tickets.events import TicketOpened
from leitstelle.tickets.models import NO_LEVEL, Message, NumberCounter, Participant, Status, Ticket
from leitstelle.tickets.policies import can_open
from leitstelle.tickets.queries import statuses, team_of_arrival
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.rules.texts import clean_subject, subject_from

COUNTER = "ticket"


@dataclass(frozen=True, kw_only=True)
class NewTicket:
    """A ticket to open. `opened_at` (aware) is the true time of a case entered later.

    Without a service it is about what its category names for its organisation (`service_of_category`).
    Without a team it begins where tickets of its organisation arrive (`team_of_arrival`).
    """

    subject: str
    channel: Channel
    requester_id: int | None
    kind: Kind = Kind.INCIDENT
    organisation_id: int | None = None
    site_id: int | None = None
    category_id: int | None = None
    service_id: int | None = None
    impact: str = "person"
    urgency: str = "hindered"
    team_id: int | None = None
    assignee_id: int | None = None
    device_label: str = ""
    language: str = ""
    opened_at: datetime | None = None


@unit()
def open_ticket(new: NewTicket, first: NewMessage | Message, *, by: Viewer, now: datetime) -> Ticket:
    """Open a ticket with its first message. Signed-in people and internal doors.

    Records `TicketOpened`. Raises `NotAllowed`; `InvalidInput` where neither subject nor text is
    there; `EmptyText` as `store_message`.
    """
    if not can_open(by):
        raise NotAllowed()
    words = first.text if isinstance(first, NewMessage) else first.body.text
    subject = clean_subject(new.subject) or subject_from(words)
    if not subject:
        raise InvalidInput(fields={"subject": InvalidInput.default_message})
    requester = _requester(new.requester_id)
    check_scales(new.organisation_id, new.impact, new.urgency)
    organisation_id = _organisation_id(new, requester)
    service_id = new.service_id or service_of_category(new.category_id, organisation_id)
    decision = priority_of(
        new.impact,
        new.urgency,
        organisation_id=organisation_id,
        category_id=new.category_id,
        service_id=service_id,
        requester=requester,
        at=now,
    )
    ticket = Ticket.objects.create(
        number=next_number(),
        subject=subject,
        organisation_id=organisation_id,
        service_id=service_id,
        priority_id=decision.rank,
        priority_basis=decision.basis.stored(),
        **_columns(new, requester, organisation_id, now),
    )
    message, answered = _first(ticket, first, by, now)
    note_on_ticket(ticket, message, answered=answered, now=now)
    if requester is not None:
        Participant.objects.create(
            ticket=ticket, person=requester, role=ParticipantRole.REQUESTER, added_at=now
        )
    record_on(
        ticket,
        TicketOpened(
            channel=ticket.channel,
            kind=ticket.kind,
            message_id=message.pk,
            is_response=answered,
            organisation_id=ticket.organisation_id,
            requester_id=ticket.requester_id,
            basis=basis_for_event(new.impact, new.urgency, decision),
        ),
        by=by,
        at=ticket.opened_at,
    )
    return ticket


def _first(ticket: Ticket, first: NewMessage | Message, by: Viewer, now: datetime) -> tuple[Message, bool]:
    """Store the first message, or take over one that stood on another ticket; and whether it is an answer."""
    if isinstance(first, NewMessage):
        return store_message(ticket, first, now=now), counts_as_response(first, by)
    Message.objects.filter(pk=first.pk).update(ticket=ticket, written_to=None, apart_of=None)
    first.ticket = ticket
    return first, False


def next_number() -> int:
    """Give out the next ticket number; the counter row serialises concurrent openings."""
    row = NumberCounter.objects.filter(key=COUNTER)
    if not row.update(value=F("value") + 1):
        NumberCounter.objects.get_or_create(key=COUNTER)
        row.update(value=F("value") + 1)
    return row.values_list("value", flat=True).get()


def _requester(person_id: int | None) -> Person | None:
    return Person.objects.select_related("organisation").get(pk=person_id) if person_id is not None else None


def _organisation_id(new: NewTicket, requester: Person | None) -> int | None:
    if new.organisation_id is None and requester is not None:
        return requester.organisation_id
    return new.organisation_id


def _columns(
    new: NewTicket, requester: Person | None, organisation_id: int | None, now: datetime
) -> dict[str, object]:
    team = _team(new.team_id) if new.team_id else team_of_arrival(organisation_id)
    opened_at = new.opened_at or now
    status = _status(started=new.assignee_id is not None)
    return {
        "kind": new.kind,
        "channel": new.channel,
        "language": new.language or (requester.language if requester else "de"),
        "requester": requester,
        "site_id": new.site_id or (requester.site_id if requester else None),
        "category_id": new.category_id,
        "impact_id": new.impact,
        "urgency_id": new.urgency,
        "team": team,
        "level": team.level if team else None,
        "level_rank": team.level.order if team else NO_LEVEL,
        "assignee_id": new.assignee_id,
        "device_label": new.device_label[:80],
        "status": status,
        "status_type": status.type,
        "opened_at": opened_at,
        "last_message_at": opened_at,
        "updated_at": now,
    }


def _team(team_id: int) -> Team:
    return Team.objects.select_related("level").get(pk=team_id)


def _status(*, started: bool) -> Status:
    """A ticket opened with somebody to work on it is in progress from the start."""
    wanted = StatusType.OPEN if started else StatusType.NEW
    return next(status for status in statuses() if status.type == wanted and status.is_active)
