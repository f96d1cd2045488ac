"""What every step of a chat needs: its ticket, its lines in order, its notes, and who speaks for a visitor."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import F

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.errors import ChatLineTooLong, ChatOver, NotYourChat
from leitstelle.intake.events import ChatMoved, ChatSaid
from leitstelle.intake.models import Chat, ChatLine
from leitstelle.intake.rules.chat import MAX_LINE, clean_line
from leitstelle.kernel.events import Subject, record
from leitstelle.kernel.events.data import Actor
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.errors import EmptyText
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_write
from leitstelle.tickets.queries import living
from leitstelle.tickets.rules.inputs import NewFile, NewMessage

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


def say_as(chat: Chat, words: Words, *, now: datetime) -> ChatLine:
    """Add a line of the visitor, already checked. Records `MessageAdded`, `ChatSaid`. Raises `ChatOver`."""
    person = chat.person
    said = said_by_visitor(person, chat.name, chat.email, words)
    by = as_visitor(person, chat.language)
    if not can_write(by, ticket_of(chat), Audience.PUBLIC):
        # Somebody named another requester meanwhile; the chat goes on all the same.
        by = replace(Viewer.system(), language=chat.language)
    return say_line(chat, words, said, by=by, actor=actor_of(person), now=now)


def say_line(
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
    moved = claimed.update(last_at=now)
    known = ChatLine.objects.filter(chat=chat, key=words.key).first()
    if known is not None:
        return known
    if not moved:
        raise ChatOver()
    message = tickets.add_message(ticket_of(chat), said, by=by, now=now)
    line = next_line(chat, words.key, now=now, message_id=message.pk)
    # Not before: an old line of the visitor sent again leaves the agent's answer to it an answer.
    Chat.objects.filter(pk=chat.pk).update(is_unanswered=agent_id is None)
    event = ChatSaid(number=line.number, by_agent=agent_id is not None, agent_id=chat.agent_id)
    record(event, subject=subject_of(chat), actor=actor, at=now)
    return line


def ticket_of(chat: Chat) -> Ticket:
    """The ticket that goes on with a chat, wherever its first message was moved or its ticket merged."""
    rows = Ticket.objects.select_related("merged_into", "team", "status", "requester")
    return living(rows.get(messages=chat.first_message_id))


def end_now(chat: Chat, note: ChatNote, name: str = "", *, actor: Actor, now: datetime) -> Chat:
    """End a chat; ended twice is ended once. Records `ChatMoved`."""
    if Chat.objects.filter(pk=chat.pk, state__in=LIVE).update(state=ChatState.ENDED, last_at=now):
        chat.refresh_from_db()
        move(chat, note, name, actor=actor, now=now)
    chat.refresh_from_db()
    return chat


def move(chat: Chat, note: ChatNote, name: str, *, actor: Actor, now: datetime) -> None:
    """Note what happened, for both sides. Records `ChatMoved`."""
    add_note(chat, note, name, now=now)
    event = ChatMoved(note=note, state=chat.state, agent_id=chat.agent_id)
    record(event, subject=subject_of(chat), actor=actor, at=now)


def add_note(chat: Chat, note: ChatNote, name: str, *, now: datetime) -> None:
    """A line without a message."""
    next_line(chat, uuid4(), now=now, note=note, name=name[:200])


def next_line(
    chat: Chat, key: UUID, *, now: datetime, message_id: int | None = None, note: str = "", name: str = ""
) -> ChatLine:
    """Give a line the next place; changing the chat's row keeps everybody else away from it until the commit."""
    rows = Chat.objects.filter(pk=chat.pk)
    rows.update(last_number=F("last_number") + 1)
    number = rows.values_list("last_number", flat=True).get()
    return ChatLine.objects.create(
        chat=chat, number=number, key=key, at=now, message_id=message_id, note=note, name=name
    )


def need_agent(chat: Chat, by: Viewer) -> None:
    """Raise `NotYourChat` unless `by` took this chat."""
    if not by.is_agent or by.person_id is None or chat.agent_id != by.person_id:
        raise NotYourChat()


def checked(words: Words, *, may_be_empty: bool = False) -> str:
    """The text of a line, tidied. Raises `ChatLineTooLong`, `EmptyText`."""
    text = clean_line(words.text)
    if len(text) > MAX_LINE:
        raise ChatLineTooLong(limit=MAX_LINE, fields={"text": ChatLineTooLong.default_message})
    if not (text or words.files or may_be_empty):
        raise EmptyText(fields={"text": EmptyText.default_message})
    return text


def said_by_visitor(person: Person | None, name: str, email: str, words: Words) -> NewMessage:
    """What a visitor wrote, as a message."""
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


def as_visitor(person: Person | None, language: str) -> Viewer:
    """Guests, and people whose account was closed meanwhile, act through the house."""
    own = viewer_for(person, Hat.REQUESTER) if person else None
    if own is not None and own.person_id is not None:
        return own
    return replace(Viewer.system(), language=language)


def actor_of(person: Person | None) -> Actor:
    """Whom the journal names for a visitor."""
    return Actor.person(person.pk) if person else Actor.system("guest")


def subject_of(chat: Chat) -> Subject:
    """What events of a chat are about."""
    return Subject("chat", chat.pk)
