"""A chat from its first words to its end: what visitors and agents say, taking, passing on, ending.

Every line is a message of the ticket in the same transaction, so nothing said is ever outside of it. A line carries a
key made by whoever sends it: sending it again, because the answer got lost, gives the line that is there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import F

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.queries import viewer_for
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.errors import (
    ChatDoorClosed,
    ChatLineTooLong,
    ChatOver,
    ChatsFull,
    ChatTaken,
    NotYourChat,
)
from leitstelle.intake.events import ChatMoved, ChatOpened, ChatSaid
from leitstelle.intake.models import Chat, ChatAgent, ChatDoor, ChatLine
from leitstelle.intake.policies import visible_chats
from leitstelle.intake.rules.chat import MAX_LINE, clean_line
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.events.data import Actor
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.errors import EmptyText
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_write
from leitstelle.tickets.queries import living
from leitstelle.tickets.rules.inputs import NewFile, NewMessage

# How long an agent counts as there for chats without saying so again.
THERE_FOR = timedelta(hours=10)
# After this long without a word a chat ends by itself.
QUIET_AFTER = timedelta(minutes=60)
LIVE = (ChatState.WAITING, ChatState.ACTIVE)


@dataclass(frozen=True, kw_only=True)
class Words:
    """One line as it was sent; `key` is the sender's own."""

    key: UUID
    text: str
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who chats: somebody signed in, or what they say of themselves, which nobody confirmed."""

    language: str
    person: Person | None = None
    name: str = ""
    email: str = ""


def open_chat(door: ChatDoor, visitor: Visitor, words: Words, *, left: bool, now: datetime) -> Chat:
    """Open a chat and its ticket with the first words; `left`: as a message that is answered later. Anybody.

    The same key again gives the chat that is there. Records `TicketOpened`, `ChatOpened`. Raises `ChatDoorClosed`,
    `ChatLineTooLong`, `EmptyText`.
    """
    text = _checked(words)
    if not door.is_active:
        raise ChatDoorClosed()
    known = Chat.objects.filter(door=door, key=words.key).first()
    if known is not None:
        return known
    try:
        return _open(door, visitor, replace(words, text=text), left=left, now=now)
    except IntegrityError:
        # The same words twice at once: the others came first.
        known = Chat.objects.filter(door=door, key=words.key).first()
        if known is None:
            raise
        return known


@unit()
def _open(door: ChatDoor, visitor: Visitor, words: Words, *, left: bool, now: datetime) -> Chat:
    state = ChatState.LEFT if left else ChatState.WAITING
    person_id = visitor.person.pk if visitor.person else None
    new = tickets.NewTicket(
        subject="" if words.text else words.files[0].filename,
        channel=Channel.CHAT,
        requester_id=person_id,
        category_id=door.category_id,
        team_id=door.team_id,
        language=visitor.language,
    )
    said = _said_by_visitor(visitor.person, visitor.name, visitor.email, words)
    ticket = tickets.open_ticket(new, said, by=_as_visitor(visitor.person, visitor.language), now=now)
    chat = Chat.objects.create(
        door=door,
        key=words.key,
        first_message=ticket.messages.get(),
        person=visitor.person,
        name=visitor.person.display_name[:80] if visitor.person else visitor.name[:80],
        email="" if visitor.person else visitor.email,
        language=visitor.language,
        state=state,
        opened_at=now,
        waits_since=now,
        last_at=now,
    )
    _next_line(chat, words.key, now=now, message_id=chat.first_message_id)
    if left:
        _note(chat, ChatNote.LEFT, "", now=now)
    record(
        ChatOpened(door_id=door.pk, ticket_id=ticket.pk, state=state),
        subject=_subject(chat),
        actor=_actor(visitor.person),
        at=now,
    )
    return chat


@unit()
def say_as_visitor(chat: Chat, words: Words, *, now: datetime) -> ChatLine:
    """Add what the visitor says. Whoever holds the chat's token.

    Records `MessageAdded`, `ChatSaid`. Raises `ChatOver`, `ChatLineTooLong`, `EmptyText`.
    """
    words = replace(words, text=_checked(words))
    person = chat.person
    said = _said_by_visitor(person, chat.name, chat.email, words)
    by = _as_visitor(person, chat.language)
    if not can_write(by, ticket_of(chat), Audience.PUBLIC):
        # Somebody named another requester meanwhile; the chat goes on all the same.
        by = replace(Viewer.system(), language=chat.language)
    return _say(chat, words, said, by=by, actor=_actor(person), now=now)


@unit()
def say_as_agent(chat: Chat, words: Words, *, by: Viewer, now: datetime) -> ChatLine:
    """Answer in a chat. The agent who took it. Records `MessageAdded`, `ChatSaid`.

    Raises `NotYourChat`, `ChatOver`, `ChatLineTooLong`, `EmptyText`, `NotAllowed`.
    """
    words = replace(words, text=_checked(words))
    _need_agent(chat, by)
    said = NewMessage(
        text=words.text,
        direction=Direction.OUTBOUND,
        channel=Channel.CHAT,
        audience=Audience.PUBLIC,
        author_id=by.person_id,
        author_is_agent=True,
        files=words.files,
    )
    return _say(chat, words, said, by=by, actor=by.actor, now=now, agent_id=by.person_id)


def _say(
    chat: Chat,
    words: Words,
    said: NewMessage,
    *,
    by: Viewer,
    actor: Actor,
    now: datetime,
    agent_id: int | None = None,
) -> ChatLine:
    """Claim the chat's row first: whoever sends the same line at the same time waits here and then finds it."""
    claimed = Chat.objects.filter(pk=chat.pk, state__in=LIVE)
    if agent_id is not None:
        claimed = claimed.filter(agent=agent_id)
    moved = claimed.update(last_at=now, is_unanswered=agent_id is None)
    known = ChatLine.objects.filter(chat=chat, key=words.key).first()
    if known is not None:
        return known
    if not moved:
        raise ChatOver()
    message = tickets.add_message(ticket_of(chat), said, by=by, now=now)
    line = _next_line(chat, words.key, now=now, message_id=message.pk)
    event = ChatSaid(number=line.number, by_agent=agent_id is not None, agent_id=chat.agent_id)
    record(event, subject=_subject(chat), actor=actor, at=now)
    return line


@unit()
def take_chat(chat: Chat, *, by: Viewer, now: datetime) -> Chat:
    """Take a waiting chat, and its ticket with it. Agents who see it. Records `ChatMoved`, `TicketAssigned`.

    Raises `ChatsFull`, `ChatTaken`, `NotAllowed`.
    """
    if by.person_id is None or not visible_chats(by).filter(pk=chat.pk).exists():
        raise NotAllowed()
    # The agent's own row is changed first, so that two chats taken at once are counted one after the other.
    ChatAgent.objects.get_or_create(person_id=by.person_id)
    ChatAgent.objects.filter(person=by.person_id).update(until=now + THERE_FOR)
    count = Chat.objects.filter(agent=by.person_id, state=ChatState.ACTIVE).count()
    if count >= chat.door.per_agent:
        raise ChatsFull(count=count)
    waiting = Chat.objects.filter(pk=chat.pk, state=ChatState.WAITING)
    if not waiting.update(state=ChatState.ACTIVE, agent=by.person_id, last_at=now):
        raise ChatTaken()
    chat.refresh_from_db()
    ticket = ticket_of(chat)
    if ticket.assignee_id != by.person_id:
        tickets.take_ticket(ticket, by=by, now=now)
    name = Person.objects.values_list("display_name", flat=True).get(pk=by.person_id)
    _move(chat, ChatNote.TAKEN, name, actor=by.actor, now=now)
    return chat


@unit()
def pass_chat(chat: Chat, team: Team, *, by: Viewer, now: datetime) -> Chat:
    """Put one's chat back to those who wait, for another team or one's own; the visitor keeps their turn.

    The agent who took it. Records `ChatMoved`, `TicketAssigned`. Raises `NotYourChat`, `ChatOver`.
    """
    _need_agent(chat, by)
    ticket = ticket_of(chat)
    active = Chat.objects.filter(pk=chat.pk, state=ChatState.ACTIVE, agent=by.person_id)
    if not active.update(state=ChatState.WAITING, agent=None, last_at=now):
        raise ChatOver()
    chat.refresh_from_db()
    _move(chat, ChatNote.PASSED, team.name, actor=by.actor, now=now)
    tickets.assign_ticket(ticket, team=team, to=None, by=by, now=now)
    return chat


@unit()
def end_as_agent(chat: Chat, *, by: Viewer, now: datetime) -> Chat:
    """End a chat; its ticket goes on. The agent who took it, or any who sees it while it waits.

    Records `ChatMoved`. Raises `NotYourChat`, `NotAllowed`.
    """
    if chat.state == ChatState.WAITING:
        if not visible_chats(by).filter(pk=chat.pk).exists():
            raise NotAllowed()
    else:
        _need_agent(chat, by)
    return _end(chat, ChatNote.AGENT_ENDED, actor=by.actor, now=now)


@unit()
def end_as_visitor(chat: Chat, *, now: datetime) -> Chat:
    """End a chat from the visitor's side. Whoever holds its token. Records `ChatMoved`."""
    return _end(chat, ChatNote.VISITOR_ENDED, actor=_actor(chat.person), now=now)


def end_quiet_chats(now: datetime) -> int:
    """End the chats in which nobody has said anything for an hour; returns how many."""
    quiet = list(Chat.objects.filter(state__in=LIVE, last_at__lt=now - QUIET_AFTER).order_by("pk")[:200])
    for chat in quiet:
        _end_quiet(chat, now=now)
    return len(quiet)


@unit()
def _end_quiet(chat: Chat, *, now: datetime) -> None:
    _end(chat, ChatNote.QUIET, actor=Actor.system(), now=now)


@unit()
def be_there(*, there: bool, by: Viewer, now: datetime) -> None:
    """Say that one is there for chats, for ten hours at most, or no longer. Agents. Raises `NotAllowed`."""
    if not by.is_agent or by.person_id is None:
        raise NotAllowed()
    until = now + THERE_FOR if there else None
    ChatAgent.objects.update_or_create(person_id=by.person_id, defaults={"until": until})


def ticket_of(chat: Chat) -> Ticket:
    """The ticket that goes on with a chat, wherever its first message was moved or its ticket merged."""
    rows = Ticket.objects.select_related("merged_into", "team", "status", "requester")
    return living(rows.get(messages=chat.first_message_id))


def _end(chat: Chat, note: ChatNote, *, actor: Actor, now: datetime) -> Chat:
    """Ended twice is ended once."""
    if Chat.objects.filter(pk=chat.pk, state__in=LIVE).update(state=ChatState.ENDED, last_at=now):
        chat.refresh_from_db()
        _move(chat, note, "", actor=actor, now=now)
    chat.refresh_from_db()
    return chat


def _move(chat: Chat, note: ChatNote, name: str, *, actor: Actor, now: datetime) -> None:
    _note(chat, note, name, now=now)
    event = ChatMoved(note=note, state=chat.state, agent_id=chat.agent_id)
    record(event, subject=_subject(chat), actor=actor, at=now)


def _note(chat: Chat, note: ChatNote, name: str, *, now: datetime) -> None:
    _next_line(chat, uuid4(), now=now, note=note, name=name[:200])


def _next_line(
    chat: Chat, key: UUID, *, now: datetime, message_id: int | None = None, note: str = "", name: str = ""
) -> ChatLine:
    """Give a line the next place; changing the chat's row keeps everybody else away from it until the commit."""
    rows = Chat.objects.filter(pk=chat.pk)
    rows.update(last_number=F("last_number") + 1)
    number = rows.values_list("last_number", flat=True).get()
    return ChatLine.objects.create(
        chat=chat, number=number, key=key, at=now, message_id=message_id, note=note, name=name
    )


def _need_agent(chat: Chat, by: Viewer) -> None:
    if not by.is_agent or by.person_id is None or chat.agent_id != by.person_id:
        raise NotYourChat()


def _checked(words: Words) -> str:
    text = clean_line(words.text)
    if len(text) > MAX_LINE:
        raise ChatLineTooLong(limit=MAX_LINE, fields={"text": ChatLineTooLong.default_message})
    if not text and not words.files:
        raise EmptyText(fields={"text": EmptyText.default_message})
    return text


def _said_by_visitor(person: Person | None, name: str, email: str, words: Words) -> NewMessage:
    return NewMessage(
        text=words.text,
        direction=Direction.INBOUND,
        channel=Channel.CHAT,
        audience=Audience.PUBLIC,
        author_id=person.pk if person else None,
        from_name="" if person else name,
        from_email="" if person else email,
        files=words.files,
    )


def _as_visitor(person: Person | None, language: str) -> Viewer:
    """Guests, and people whose account was closed meanwhile, act through the house."""
    own = viewer_for(person, Hat.REQUESTER) if person else None
    if own is not None and own.person_id is not None:
        return own
    return replace(Viewer.system(), language=language)


def _actor(person: Person | None) -> Actor:
    return Actor.person(person.pk) if person else Actor.system("guest")


def _subject(chat: Chat) -> Subject:
    return Subject("chat", chat.pk)
