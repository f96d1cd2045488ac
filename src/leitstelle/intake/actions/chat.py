"""A chat from its first words to its end: what visitors and agents say, being there for it, taking, ending.

Every line is a message of the ticket in the same transaction, so nothing said is ever outside of it. A line carries a
key made by whoever sends it: sending it again, because the answer got lost, gives the line that is there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError

from leitstelle.accounts.models import Person
from leitstelle.intake.actions.chat_aid import bring_aid, leave_aid, team_for
from leitstelle.intake.actions.chat_lines import (
    LIVE,
    Visitor,
    Words,
    actor_of,
    add_note,
    as_visitor,
    checked,
    end_now,
    move,
    need_agent,
    next_line,
    said_by_visitor,
    say_as,
    say_line,
    subject_of,
    ticket_of,
)
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.errors import ChatDoorClosed, ChatsFull, ChatTaken
from leitstelle.intake.events import ChatOpened
from leitstelle.intake.models import Chat, ChatAgent, ChatDoor, ChatLine
from leitstelle.intake.policies import visible_chats
from leitstelle.intake.queries.level0 import Brought, brought
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import record, unit
from leitstelle.kernel.events.data import Actor
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind
from leitstelle.tickets.rules.inputs import NewMessage

__all__ = [
    "Visitor",
    "Words",
    "be_there",
    "end_as_agent",
    "end_as_visitor",
    "end_quiet_chats",
    "open_chat",
    "say_as_agent",
    "say_as_visitor",
    "take_chat",
    "ticket_of",
]

# How long an agent counts as there for chats without saying so again.
THERE_FOR = timedelta(hours=10)
# After this long without a word a chat ends by itself.
QUIET_AFTER = timedelta(minutes=60)


def open_chat(
    door: ChatDoor, visitor: Visitor, words: Words, *, left: bool, aid: str = "", now: datetime
) -> Chat:
    """Open a chat and its ticket with the first words; `left`: as a message that is answered later. Anybody.

    `aid` is the state of a level-0 answer that the visitor went through before; its words come first then, and the
    ticket is sorted as it says. The same key again gives the chat that is there. Records `TicketOpened`, `ChatOpened`
    and what the aid leaves. Raises `ChatDoorClosed`, `ChatLineTooLong`, `EmptyText`.
    """
    with_aid = brought(aid, visitor.language)
    text = checked(words, may_be_empty=bool(with_aid and with_aid.told))
    if not door.is_active:
        raise ChatDoorClosed()
    known = Chat.objects.filter(door=door, key=words.key).first()
    if known is not None:
        return known
    try:
        return _open(door, visitor, replace(words, text=text), with_aid, left=left, now=now)
    except IntegrityError:
        # The same words twice at once: the others came first.
        known = Chat.objects.filter(door=door, key=words.key).first()
        if known is None:
            raise
        return known


@unit()
def _open(
    door: ChatDoor, visitor: Visitor, words: Words, aid: Brought | None, *, left: bool, now: datetime
) -> Chat:
    state = ChatState.LEFT if left else ChatState.WAITING
    if aid is not None and aid.told:
        words = replace(words, text="\n\n".join(part for part in (words.text, aid.told) if part))
    ticket = tickets.open_ticket(
        _ticket(door, visitor, words, aid, left=left, now=now),
        said_by_visitor(visitor.person, visitor.name, visitor.email, words),
        by=as_visitor(visitor.person, visitor.language),
        now=now,
    )
    chat = Chat.objects.create(
        door=door,
        key=words.key,
        first_message=ticket.messages.get(),
        person=visitor.person,
        name=visitor.person.display_name[:80] if visitor.person else visitor.name[:80],
        email="" if visitor.person else visitor.email,
        language=visitor.language,
        state=state,
        was_aided=aid is not None,
        opened_at=now,
        waits_since=now,
        last_at=now,
    )
    next_line(chat, words.key, now=now, message_id=chat.first_message_id)
    if left:
        add_note(chat, ChatNote.LEFT, "", now=now)
    event = ChatOpened(door_id=door.pk, ticket_id=ticket.pk, state=state)
    record(event, subject=subject_of(chat), actor=actor_of(visitor.person), at=now)
    if aid is not None:
        bring_aid(ticket, aid, now=now)
    return chat


def _ticket(
    door: ChatDoor, visitor: Visitor, words: Words, aid: Brought | None, *, left: bool, now: datetime
) -> tickets.NewTicket:
    new = tickets.NewTicket(
        subject="" if words.text else words.files[0].filename,
        channel=Channel.CHAT,
        requester_id=visitor.person.pk if visitor.person else None,
        category_id=door.category_id,
        team_id=door.team_id,
        language=visitor.language,
    )
    if aid is None:
        return new
    sorts = aid.sorts
    return replace(
        new,
        kind=Kind(sorts.kind or new.kind),
        category_id=sorts.category_id or new.category_id,
        team_id=team_for(sorts.team_id, left=left, now=now) or new.team_id,
        impact=sorts.impact or new.impact,
        urgency=sorts.urgency or new.urgency,
        device_label=sorts.device,
    )


@unit()
def say_as_visitor(chat: Chat, words: Words, *, now: datetime) -> ChatLine:
    """Add what the visitor says. Whoever holds the chat's token.

    Records `MessageAdded`, `ChatSaid`. Raises `ChatOver`, `ChatLineTooLong`, `EmptyText`.
    """
    return say_as(chat, replace(words, text=checked(words)), now=now)


@unit()
def say_as_agent(chat: Chat, words: Words, *, by: Viewer, now: datetime) -> ChatLine:
    """Answer in a chat. The agent who took it. Records `MessageAdded`, `ChatSaid`.

    Raises `NotYourChat`, `ChatOver`, `ChatLineTooLong`, `EmptyText`, `NotAllowed`.
    """
    words = replace(words, text=checked(words))
    need_agent(chat, by)
    said = NewMessage(
        text=words.text,
        direction=Direction.OUTBOUND,
        channel=Channel.CHAT,
        audience=Audience.PUBLIC,
        author_id=by.person_id,
        author_is_agent=True,
        files=words.files,
    )
    return say_line(chat, words, said, by=by, actor=by.actor, now=now, agent_id=by.person_id)


@unit()
def take_chat(chat: Chat, *, by: Viewer, now: datetime) -> Chat:
    """Take a waiting chat, and its ticket with it; a level-0 answer under way ends. Agents who see it.

    Records `ChatMoved`, `TicketAssigned`. Raises `ChatsFull`, `ChatTaken`, `NotAllowed`.
    """
    if by.person_id is None or not visible_chats(by).filter(pk=chat.pk).exists():
        raise NotAllowed()
    # The agent's own row is changed first, so that two chats taken at once are counted one after the other.
    ChatAgent.objects.get_or_create(person_id=by.person_id)
    ChatAgent.objects.filter(person=by.person_id).update(until=now + THERE_FOR)
    count = Chat.objects.filter(agent=by.person_id, state=ChatState.ACTIVE).count()
    if count >= chat.door.per_agent:
        raise ChatsFull(count=count)
    leave_aid(chat, now=now)
    waiting = Chat.objects.filter(pk=chat.pk, state=ChatState.WAITING)
    if not waiting.update(state=ChatState.ACTIVE, agent=by.person_id, last_at=now):
        raise ChatTaken()
    chat.refresh_from_db()
    ticket = ticket_of(chat)
    if ticket.assignee_id != by.person_id:
        tickets.take_ticket(ticket, by=by, now=now)
    name = Person.objects.values_list("display_name", flat=True).get(pk=by.person_id)
    move(chat, ChatNote.TAKEN, name, actor=by.actor, now=now)
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
        need_agent(chat, by)
    leave_aid(chat, now=now)
    return end_now(chat, ChatNote.AGENT_ENDED, actor=by.actor, now=now)


@unit()
def end_as_visitor(chat: Chat, *, now: datetime) -> Chat:
    """End a chat from the visitor's side. Whoever holds its token. Records `ChatMoved`."""
    leave_aid(chat, now=now)
    return end_now(chat, ChatNote.VISITOR_ENDED, actor=actor_of(chat.person), now=now)


def end_quiet_chats(now: datetime) -> int:
    """End the chats in which nobody has said anything for an hour; returns how many."""
    quiet = list(Chat.objects.filter(state__in=LIVE, last_at__lt=now - QUIET_AFTER).order_by("pk")[:200])
    for chat in quiet:
        _end_quiet(chat, now=now)
    return len(quiet)


@unit()
def _end_quiet(chat: Chat, *, now: datetime) -> None:
    leave_aid(chat, now=now)
    end_now(chat, ChatNote.QUIET, actor=Actor.system(), now=now)


@unit()
def be_there(*, there: bool, by: Viewer, now: datetime) -> None:
    """Say that one is there for chats, for ten hours at most, or no longer. Agents. Raises `NotAllowed`."""
    if not by.is_agent or by.person_id is None:
        raise NotAllowed()
    until = now + THERE_FOR if there else None
    ChatAgent.objects.update_or_create(person_id=by.person_id, defaults={"until": until})
