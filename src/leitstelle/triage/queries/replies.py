"""Who is on a ticket, as people address each other in replies."""

from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import Message, Ticket


def names_on(ticket: Ticket) -> tuple[str, ...]:
    """Return the names of everybody who wrote in public, and of requester and assignee."""
    wrote = Message.objects.filter(ticket=ticket, audience=Audience.PUBLIC).exclude(from_name="")
    names = set(wrote.values_list("from_name", flat=True))
    people = (ticket.requester, ticket.assignee)
    return tuple(sorted(names | {person.display_name for person in people if person is not None}))
