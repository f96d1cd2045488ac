"""Whom an answer goes to, and whom a ticket can be given to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from leitstelle.accounts.models import Level, Person, Team
from leitstelle.accounts.queries import primary_addresses
from leitstelle.kernel.kept import kept
from leitstelle.tickets.choices import ParticipantRole, RecipientRole
from leitstelle.tickets.models import Participant, Ticket
from leitstelle.tickets.rules.inputs import NewRecipient

COPIED_ROLES = (ParticipantRole.AFFECTED, ParticipantRole.WATCHER)


def reply_recipients(
    ticket: Ticket,
    participants: Sequence[Participant] | None = None,
    addresses: Mapping[int, str] | None = None,
) -> tuple[NewRecipient, ...]:
    """Return whom a public answer reaches by mail: the requester, and those who read along in copy.

    The ticket's present requester counts, not whoever wrote last. `participants` with their people and
    `addresses` by person, where the caller has them already.
    """
    people = [ticket.requester] if ticket.requester is not None else []
    others = _copied(ticket) if participants is None else participants
    people += [one.person for one in others if one.role in COPIED_ROLES]
    names = {person.pk: person.display_name for person in people}
    wanted = list(names)
    if addresses is None:
        addresses = primary_addresses(wanted)
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


def _copied(ticket: Ticket) -> Sequence[Participant]:
    return list(ticket.participants.filter(role__in=COPIED_ROLES).select_related("person").order_by("pk"))


Unavailable = Callable[[datetime], Mapping[int, str]]
_unavailable: list[Unavailable] = []


def register_unavailable(words: Unavailable) -> Unavailable:
    """Let a door say who cannot be reached at a moment, with a word for why."""
    if words not in _unavailable:
        _unavailable.append(words)
    return words


def unavailable(now: datetime) -> dict[int, str]:
    """Return who cannot be reached at `now` (aware), with a word for why."""
    return {pk: word for words in _unavailable for pk, word in words(now).items()}


def teams() -> QuerySet[Team]:
    """Return the teams a ticket can be given to, lowest level first."""
    return (
        Team.objects.filter(is_active=True)
        .select_related("level")
        .order_by("level__order", "sort_name", "pk")
    )


@kept("team", "level_scheme")
def teams_in_use() -> list[Team]:
    """Return `teams` with their levels as this process knows them."""
    return list(teams())


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


@kept("team", "level_scheme")
def levels_in_use() -> list[Level]:
    """Return the levels that have active teams, in order."""
    return list(Level.objects.filter(teams__is_active=True).distinct().order_by("order", "pk"))
