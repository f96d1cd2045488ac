"""Who may see and do what with tickets. Every door fetches through the `visible_*` functions."""

from typing import Any

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import agent_scope, may_write
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.choices import Audience, HandoverState, ParticipantRole, StatusType
from leitstelle.tickets.models import Attachment, Draft, Handover, Message, Participant, Ticket

# Watchers and affected people read along; a vendor's contact reads only the vendor thread.
READING_ROLES = (
    ParticipantRole.REQUESTER,
    ParticipantRole.AFFECTED,
    ParticipantRole.WATCHER,
    ParticipantRole.APPROVER,
)


def visible_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets this viewer may see, under the hat worn."""
    if viewer.is_system:
        return Ticket.objects.all()
    if viewer.hat is Hat.REQUESTER:
        return _own_tickets(viewer)
    return Ticket.objects.filter(agent_scope(viewer))


def on_visible_ticket(viewer: Viewer, path: str = "ticket") -> Q:
    """Return the condition on rows of a ticket (foreign key `path`) that this viewer sees the ticket.

    For agents a join: as `IN (subquery)` the databases would list every visible ticket first.
    """
    if viewer.is_system:
        return Q()
    if viewer.hat is Hat.REQUESTER:
        return Q(**{f"{path}__in": visible_tickets(viewer).values("pk")})
    return agent_scope(
        viewer,
        organisation=f"{path}__organisation_id",
        team=f"{path}__team_id",
        level=f"{path}__level_id",
    )


def _own_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    if viewer.person_id is None:
        return Ticket.objects.none()
    taking_part = Participant.objects.filter(person_id=viewer.person_id, role__in=READING_ROLES)
    mine = Q(requester_id=viewer.person_id) | Q(pk__in=taking_part.values("ticket_id"))
    if viewer.customer_contact_of:
        mine |= Q(organisation_id__in=viewer.customer_contact_of)
    return Ticket.objects.filter(mine)


def visible_audiences(viewer: Viewer) -> tuple[str, ...]:
    """Return the audiences whose messages this viewer may read on a ticket they see."""
    if viewer.is_system:
        return tuple(Audience.values)
    if viewer.hat is Hat.REQUESTER:
        return (Audience.PUBLIC,)
    if viewer.is_lead or viewer.is_admin:
        return (Audience.PUBLIC, Audience.INTERNAL, Audience.VENDOR, Audience.RESTRICTED)
    return (Audience.PUBLIC, Audience.INTERNAL, Audience.VENDOR)


def visible_messages(viewer: Viewer) -> QuerySet[Message]:
    """Return the messages this viewer may read: on a visible ticket, in a visible audience."""
    if viewer.is_system:
        return Message.objects.all()
    return Message.objects.filter(on_visible_ticket(viewer), audience__in=visible_audiences(viewer))


def visible_attachments(viewer: Viewer) -> QuerySet[Attachment]:
    """Return the files this viewer may fetch; a file has its message's audience."""
    return Attachment.objects.filter(message__in=visible_messages(viewer).values("pk"))


def visible_handovers(viewer: Viewer) -> QuerySet[Handover]:
    """Return the handovers this viewer may read; they are internal."""
    if viewer.hat is Hat.REQUESTER:
        return Handover.objects.none()
    return Handover.objects.filter(on_visible_ticket(viewer))


def visible_drafts(viewer: Viewer) -> QuerySet[Draft]:
    """Return the viewer's own drafts; nobody reads another person's."""
    if viewer.person_id is None:
        return Draft.objects.none()
    return Draft.objects.filter(person_id=viewer.person_id)


def can_see(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the ticket is visible; for doors that hold the row already."""
    return visible_tickets(viewer).filter(pk=ticket.pk).exists()


def can_work(viewer: Viewer, ticket: Ticket) -> bool:
    """Agents work on the tickets they see; a token only where it may write."""
    return viewer.is_system or (viewer.hat is Hat.AGENT and may_write(viewer) and can_see(viewer, ticket))


def can_open(viewer: Viewer) -> bool:
    """Signed-in people and the product's own doors open tickets; guests confirm first."""
    return viewer.is_system or (viewer.person_id is not None and may_write(viewer))


def can_write(viewer: Viewer, ticket: Ticket, audience: str) -> bool:
    """Requesters write publicly on tickets they see that have not been merged away."""
    if ticket.status_type == StatusType.MERGED:
        return False
    if viewer.is_system:
        return True
    if not may_write(viewer):
        return False
    if viewer.hat is Hat.REQUESTER:
        return audience == Audience.PUBLIC and can_see(viewer, ticket)
    return audience in visible_audiences(viewer) and can_see(viewer, ticket)


def can_confirm(viewer: Viewer, ticket: Ticket) -> bool:
    """Whoever reads the ticket as requester may confirm the solution or reopen it."""
    return viewer.is_system or (may_write(viewer) and can_see(viewer, ticket))


def can_decide(viewer: Viewer, handover: Handover) -> bool:
    """The receiving team, and leads, accept or return an open handover."""
    if handover.state != HandoverState.OFFERED:
        return False
    if viewer.is_system or viewer.is_admin or viewer.is_lead:
        return can_work(viewer, handover.ticket)
    if handover.to_person_id is not None and handover.to_person_id == viewer.person_id:
        return can_work(viewer, handover.ticket)
    return handover.to_team_id in viewer.team_ids and can_work(viewer, handover.ticket)


def searchable(viewer: Viewer) -> Q:
    """Return the condition on index rows of tickets: on a visible ticket, in a visible audience."""
    if viewer.is_system:
        return Q()
    readable = Q(audience__in=visible_audiences(viewer))
    if any(grant.is_unlimited for grant in viewer.grants) and viewer.hat is Hat.AGENT:
        return readable
    tickets = visible_tickets(viewer).values("pk") if viewer.is_agent else _own_ticket_ids(viewer)
    return readable & Q(ticket_id__in=tickets)


def _own_ticket_ids(viewer: Viewer) -> QuerySet[Ticket, Any]:
    """The tickets of `_own_tickets` as a union, which databases answer from three indexes; an OR they walk."""
    if viewer.person_id is None:
        return Ticket.objects.none().values("pk")
    taking_part = Participant.objects.filter(person_id=viewer.person_id, role__in=READING_ROLES)
    contact_of = Ticket.objects.filter(organisation_id__in=sorted(viewer.customer_contact_of))
    mine = Ticket.objects.filter(requester_id=viewer.person_id)
    return mine.values("pk").union(taking_part.values("ticket_id"), contact_of.values("pk"))
