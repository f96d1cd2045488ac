"""Who takes part in a ticket."""

from datetime import datetime

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.models import Person
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, need_right, need_worker, record_on
from leitstelle.tickets.choices import ParticipantRole
from leitstelle.tickets.events import ParticipantAdded, ParticipantRemoved, RequesterChanged
from leitstelle.tickets.models import Participant, Ticket


@unit()
def add_participant(
    ticket: Ticket, person: Person, role: ParticipantRole, *, by: Viewer, now: datetime
) -> Participant:
    """Let a person take part, e.g. as watcher. Agents. Records `ParticipantAdded` once."""
    need_worker(by, ticket)
    if role == ParticipantRole.REQUESTER:
        raise InvalidInput(fields={"role": InvalidInput.default_message})
    participant, created = Participant.objects.get_or_create(
        ticket=ticket, person=person, role=role, defaults={"added_at": now}
    )
    if created:
        record_on(ticket, ParticipantAdded(person_id=person.pk, role=role), by=by, at=now)
    return participant


@unit()
def remove_participant(ticket: Ticket, participant: Participant, *, by: Viewer, now: datetime) -> None:
    """Take a participant off the ticket; the requester is changed, never removed. Records `ParticipantRemoved`."""
    need_worker(by, ticket)
    if participant.role == ParticipantRole.REQUESTER:
        raise InvalidInput()
    person_id, role = participant.person_id, participant.role
    participant.delete()
    record_on(ticket, ParticipantRemoved(person_id=person_id, role=role), by=by, at=now)


@unit()
def change_requester(
    ticket: Ticket, person: Person, *, by: Viewer, now: datetime, expected: int | None = None
) -> Ticket:
    """Say whose ticket it really is; organisation and site follow. Agents. Records `RequesterChanged`.

    Raises `TicketChanged`.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.REQUESTER)
    before = ticket.requester_id
    if before == person.pk:
        return ticket
    change(
        ticket,
        "classification",
        expected,
        now=now,
        requester_id=person.pk,
        organisation_id=person.organisation_id,
        site_id=person.site_id,
    )
    ticket.participants.filter(role=ParticipantRole.REQUESTER).delete()
    Participant.objects.get_or_create(
        ticket=ticket, person=person, role=ParticipantRole.REQUESTER, defaults={"added_at": now}
    )
    record_on(
        ticket,
        RequesterChanged(before=before, after=person.pk, organisation_id=person.organisation_id),
        by=by,
        at=now,
    )
    return ticket
