"""Reads of chat: who is there, what a visitor sees, which chats wait for an agent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature
from django.db.models import Count, Q, QuerySet

from leitstelle.accounts.models import Person, Team, TeamMembership
from leitstelle.calendars.queries import hours_in_use
from leitstelle.intake.choices import ChatPresence, ChatState
from leitstelle.intake.models import Chat, ChatAgent, ChatDoor, ChatLine
from leitstelle.intake.policies import visible_chats
from leitstelle.kernel.kept import kept
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import Attachment, Ticket

TOKEN = "chat"  # noqa: S105 - what the signature is for
# Longer than any chat lasts; reading what was said is possible as long.
TOKEN_FOR = timedelta(days=2)
LOOK_AHEAD = timedelta(days=14)
SHOWN = 100
CARDS = 3


def door_for(public_id: UUID) -> ChatDoor | None:
    """The chat behind an address, if it is in use."""
    return ChatDoor.objects.filter(public_id=public_id, is_active=True).first()


@kept("chat_door")
def _doors_known() -> tuple[bool]:
    """Whether this house ever set a chat up; in a tuple, as empty results are not kept."""
    return (ChatDoor.objects.exists(),)


def chats_are_used() -> bool:
    """Whether this house ever set a chat up: pages of all others ask nothing more."""
    return _doors_known()[0]


def portal_door() -> ChatDoor | None:
    """The chat that the portal shows."""
    if not chats_are_used():
        return None
    return ChatDoor.objects.filter(in_portal=True, is_active=True).order_by("pk").first()


def presence_at(door: ChatDoor, now: datetime) -> ChatPresence:
    """Whether somebody is there: outside service hours closed, else whether an agent of the team said so."""
    if door.calendar_id is not None and not hours_in_use(door.calendar_id).is_open(now):
        return ChatPresence.CLOSED
    there = ChatAgent.objects.filter(until__gt=now, person__is_active=True)
    if door.team_id is not None:
        members = TeamMembership.objects.filter(team=door.team_id)
        there = there.filter(person__in=members.values("person"))
    return ChatPresence.OPEN if there.exists() else ChatPresence.NOBODY


def opens_at(door: ChatDoor, now: datetime) -> datetime | None:
    """When service hours begin again (UTC); nothing while they last, and where none come."""
    if door.calendar_id is None:
        return None
    span = next(hours_in_use(door.calendar_id).opening_spans(now, now + LOOK_AHEAD), None)
    return span[0] if span and span[0] > now else None


def token_for(chat: Chat) -> str:
    """The signed key to one chat; it stays in the visitor's browser."""
    return sign(chat.public_id.hex, TOKEN)


def chat_of(token: str) -> Chat | None:
    """The chat that a token opens; nothing where it is not ours or too old."""
    try:
        public_id = UUID(unsign(token, TOKEN, TOKEN_FOR))
    except (BadSignature, ValueError):
        return None
    return Chat.objects.select_related("door", "agent", "person").filter(public_id=public_id).first()


def known_visitor(person_id: int) -> Person | None:
    """Somebody who was signed in when the portal drew the chat; the caller has checked the signature."""
    return Person.objects.filter(pk=person_id, is_active=True).first()


def file_of(chat: UUID, file: UUID) -> Attachment | None:
    """A file that hangs on a public line of a chat; the caller has checked the signature."""
    rows = Attachment.objects.filter(public_id=file, message__chat_line__chat__public_id=chat)
    return rows.filter(message__audience=Audience.PUBLIC).select_related("blob").first()


def lines_after(chat: Chat, number: int) -> list[ChatLine]:
    """Lines after a place, in order; only what the visitor may read."""
    rows = ChatLine.objects.filter(chat=chat, number__gt=number)
    rows = rows.filter(Q(message__isnull=True) | Q(message__audience=Audience.PUBLIC))
    rows = rows.select_related("message__body", "message__author")
    return list(rows.prefetch_related("message__attachments__blob").order_by("number"))


def position_of(chat: Chat) -> int:
    """The visitor's place among those who wait at the same door, from 1."""
    waiting = Chat.objects.filter(door=chat.door_id, state=ChatState.WAITING)
    before = Q(waits_since__lt=chat.waits_since) | Q(waits_since=chat.waits_since, pk__lt=chat.pk)
    return waiting.filter(before).count() + 1


def places_in_queues() -> dict[int, int]:
    """Every visitor's place, as `position_of`, by chat; one query."""
    rows = Chat.objects.filter(state=ChatState.WAITING).order_by("waits_since", "pk")
    counts: dict[int, int] = {}
    found = {}
    for chat, door in rows.values_list("pk", "door_id"):
        counts[door] = found[chat] = counts.get(door, 0) + 1
    return found


def _listed(viewer: Viewer) -> QuerySet[Chat]:
    return visible_chats(viewer).select_related("door", "agent", "person", "first_message__ticket")


@dataclass(frozen=True)
class Queue:
    """The chats an agent works with: those that wait, longest first; their own; those of others."""

    waiting: list[Chat]
    own: list[Chat]
    others: list[Chat]


def queue_of(viewer: Viewer) -> Queue:
    """Return the live chats the viewer sees; two queries."""
    rows = _listed(viewer)
    waiting = rows.filter(state=ChatState.WAITING).order_by("waits_since", "pk")[:SHOWN]
    active = list(rows.filter(state=ChatState.ACTIVE).order_by("opened_at", "pk")[:SHOWN])
    own = [chat for chat in active if chat.agent_id == viewer.person_id]
    return Queue(list(waiting), own, [chat for chat in active if chat.agent_id != viewer.person_id])


def chats_for(viewer: Viewer, now: datetime) -> list[Chat]:
    """What asks for the viewer: own chats with words not answered, and, while they are there for it, who waits."""
    wanted = Q(state=ChatState.ACTIVE, agent=viewer.person_id, is_unanswered=True)
    if there_until(viewer, now) is not None:
        wanted |= Q(state=ChatState.WAITING)
    return list(_listed(viewer).filter(wanted).order_by("waits_since", "pk")[:CARDS])


def there_until(viewer: Viewer, now: datetime) -> datetime | None:
    """Until when the viewer is there for chats (UTC), nothing where they are not."""
    rows = ChatAgent.objects.filter(person=viewer.person_id, until__gt=now)
    return rows.values_list("until", flat=True).first()


@dataclass(frozen=True)
class Receiver:
    """An agent who is there for chats, in the team a chat would go to, with how many chats they have of how many."""

    person: Person
    team: Team
    count: int
    most: int


def receivers_of(chat: Chat, now: datetime) -> list[Receiver]:
    """Return the agents a chat can be passed to, by name; two queries."""
    there = ChatAgent.objects.filter(until__gt=now, person__is_active=True).exclude(person=chat.agent_id)
    rows = TeamMembership.objects.filter(person__in=there.values("person"), team__is_active=True)
    ticket_team = (
        Ticket.objects.filter(messages=chat.first_message_id).values_list("team_id", flat=True).first()
    )
    teams: dict[int, TeamMembership] = {}
    for row in rows.select_related("person", "team__level").order_by("team__level__order", "team_id"):
        if row.person_id not in teams or row.team_id == ticket_team:
            teams[row.person_id] = row
    active = Chat.objects.filter(agent__in=teams, state=ChatState.ACTIVE).values_list("agent")
    counts: dict[int, int] = dict(active.annotate(Count("pk")).order_by())
    most = chat.door.per_agent
    found = [Receiver(row.person, row.team, counts.get(pk, 0), most) for pk, row in teams.items()]
    return sorted(found, key=lambda one: one.person.display_name.lower())


def chats_on_tickets(viewer: Viewer, tickets: Collection[int]) -> dict[int, Chat]:
    """The newest chat of each of these tickets; one query, two where there is any."""
    found = visible_chats(viewer).filter(first_message__ticket__in=tickets).values_list("pk", flat=True)
    # Few tickets have one: asking for its many columns costs more than asking whether there is one.
    ids = list(found)
    rows = sorted(_listed(viewer).filter(pk__in=ids), key=lambda chat: chat.pk) if ids else []
    return {chat.first_message.ticket_id: chat for chat in rows}
