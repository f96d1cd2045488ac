"""Whom an answer goes to, and whom a ticket can be given to."""

from django.db.models import QuerySet

from leitstelle.accounts.models import Level, Person, Team
from leitstelle.accounts.queries import primary_addresses
from leitstelle.tickets.choices import ParticipantRole, RecipientRole
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.inputs import NewRecipient

COPIED_ROLES = (ParticipantRole.AFFECTED, ParticipantRole.WATCHER)


def reply_recipients(ticket: Ticket) -> tuple[NewRecipient, ...]:
    """Return whom a public answer reaches by mail: the requester, and those who read along in copy.

    The ticket's present requester counts, not whoever wrote last.
    """
    readers = list(ticket.participants.filter(role__in=COPIED_ROLES).values_list("person_id", flat=True))
    people = [ticket.requester_id] if ticket.requester_id is not None else []
    wanted = list(dict.fromkeys([*people, *readers]))
    addresses = primary_addresses(wanted)
    names = dict(Person.objects.filter(pk__in=addresses).values_list("pk", "display_name"))
    return tuple(
        NewRecipient(
            email=addresses[person_id],
            name=names[person_id],
            role=RecipientRole.TO if person_id == ticket.requester_id else RecipientRole.CC,
            person_id=person_id,
        )
        for person_id in wanted
        if person_id in addresses
    )


def teams() -> QuerySet[Team]:
    """Return the teams a ticket can be given to, lowest level first."""
    return (
        Team.objects.filter(is_active=True)
        .select_related("level")
        .order_by("level__order", "sort_name", "pk")
    )


def members_of(team: Team) -> QuerySet[Person]:
    """Return who works in a team."""
    return Person.objects.filter(memberships__team=team, is_active=True).order_by("sort_name", "pk")


def all_members() -> QuerySet[Person]:
    """Return everybody who works in any team, once."""
    return (
        Person.objects.filter(memberships__team__is_active=True, is_active=True)
        .distinct()
        .order_by("sort_name")
    )


def levels_in_use() -> list[Level]:
    """Return the levels that have active teams, in order."""
    return list(Level.objects.filter(teams__is_active=True).distinct().order_by("order", "pk"))
