"""Level 0 in a chat that waits: beginning it, answering, going back, going on to a person, and that it helped.

What was answered stands on the ticket at once, so the agent sees the path and may go on in it; when it ends, it
becomes one line of the visitor, so the transcript is whole.
"""

from datetime import datetime
from uuid import uuid4

from leitstelle.accounts.models import Team, TeamMembership
from leitstelle.intake.actions.chat_lines import (
    LIVE,
    Words,
    actor_of,
    end_now,
    say_as,
    subject_of,
    ticket_of,
)
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.errors import ChatOver, NotAnAnswer
from leitstelle.intake.events import ChatAided
from leitstelle.intake.models import Chat, ChatAgent
from leitstelle.intake.queries.level0 import Brought, begun, look_at, named, provider_of
from leitstelle.kernel.events import record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import ENDED_TYPES
from leitstelle.tickets.models import Ticket

SOLVED = "solved"


@unit()
def begin_aid(chat: Chat, key: str, *, now: datetime) -> None:
    """Begin what was offered, while the chat waits. Whoever holds the chat's token. Records `ChatAided`.

    Another one under way, or something not offered any more, changes nothing. Raises `ChatOver`.
    """
    aid = begun(key)
    if aid and not chat.aid:
        _store(chat, aid, now=now)


@unit()
def answer_aid(chat: Chat, question: str, given: str, typed: str, *, now: datetime) -> None:
    """Answer the question asked. Whoever holds the chat's token; the same answer again changes nothing.

    The last answer ends it: on to a person, or the chat ends where a hint helped. Records `ChatAided`, what the
    provider writes and, at the end, `ChatSaid` and `ChatMoved`. Raises `NotAnAnswer`, `ChatOver`.
    """
    aid = _at_present(chat)
    found = provider_of(aid)
    if found is None:
        return
    state = found[0].answer(found[1], question, given, typed)
    if state is None:
        raise NotAnAnswer()
    if not _store(chat, named(found[0], state), now=now):
        return
    stands = look_at(chat.aid, chat.language)
    if stands is not None and stands.is_solved:
        solve_by_aid(chat, now=now)
    elif stands is not None and stands.question is None:
        leave_aid(chat, for_team=True, now=now)


@unit()
def back_in_aid(chat: Chat, *, now: datetime) -> None:
    """Take the last answer back; where there is none, leave it. Whoever holds the chat's token."""
    found = provider_of(_at_present(chat))
    if found is not None:
        _store(chat, named(found[0], found[0].back(found[1])), now=now)


@unit()
def leave_aid(chat: Chat, *, for_team: bool = False, now: datetime) -> None:
    """Go on to a person with what was answered so far: it becomes a line, and sorts the ticket while nobody has it.

    `for_team`: the ticket goes to the team it names, where somebody of that team is there for chats. The doors of
    both sides. Nothing under way: nothing happens. Records `ChatSaid`, `TicketClassified`, `TicketAssigned`.
    """
    aid = chat.aid
    if not aid or not _clear(chat, aid):
        return
    stands = look_at(aid, chat.language)
    if stands is None or not stands.told:
        return
    say_as(chat, Words(key=uuid4(), text=stands.told), now=now)
    ticket = ticket_of(chat)
    found = provider_of(aid)
    if found is None or ticket.assignee_id is not None or ticket.status_type in ENDED_TYPES:
        return
    by = Viewer.system()
    found[0].sort(found[1], ticket, by=by, now=now)
    team_id = team_for(stands.sorts.team_id, left=False, now=now) if for_team else None
    if team_id is not None and team_id != ticket.team_id:
        _to_team(ticket, team_id, now=now)


@unit()
def solve_by_aid(chat: Chat, *, now: datetime) -> None:
    """It helped: the chat ends and its ticket is solved at level 0, without a person. Whoever holds the token.

    Records `ChatSaid`, `ChatMoved`, `StatusChanged` and what the provider counts. Raises `ChatOver`.
    """
    aid = chat.aid
    found, stands = provider_of(aid), look_at(aid, chat.language)
    if found is None or stands is None:
        return
    leave_aid(chat, now=now)
    by = Viewer.system()
    found[0].helped(found[1], by=by, now=now)
    ended = end_now(chat, ChatNote.HELPED, stands.title, actor=actor_of(chat.person), now=now)
    ticket = ticket_of(ended)
    if ticket.assignee_id is None and ticket.status_type not in ENDED_TYPES:
        tickets.resolve_ticket(ticket, code=SOLVED, by=by, now=now)


def bring_aid(ticket: Ticket, aid: Brought, *, now: datetime) -> None:
    """Write down on a new ticket what its visitor went through before. The caller opens the chat."""
    found = provider_of(aid.aid)
    if found is not None and aid.told:
        found[0].keep(found[1], ticket, by=Viewer.system(), now=now)


def team_for(team_id: int | None, *, left: bool, now: datetime) -> int | None:
    """The team that level 0 names, where it can be of use: a chat needs somebody who is there, a message does not."""
    if team_id is None or left:
        return team_id
    members = TeamMembership.objects.filter(team=team_id).values("person")
    there = ChatAgent.objects.filter(until__gt=now, person__is_active=True, person__in=members)
    return team_id if there.exists() else None


def _to_team(ticket: Ticket, team_id: int, *, now: datetime) -> None:
    team = Team.objects.get(pk=team_id)
    tickets.assign_ticket(ticket, team=team, to=None, by=Viewer.system(), now=now)


def _at_present(chat: Chat) -> str:
    """The state, with what the desk answered meanwhile on the ticket."""
    found = provider_of(chat.aid)
    return named(found[0], found[0].recall(found[1], ticket_of(chat))) if found else ""


def _store(chat: Chat, aid: str, *, now: datetime) -> bool:
    """Move a dialogue on where nobody else did meanwhile; returns whether this one did."""
    rows = Chat.objects.filter(pk=chat.pk, aid=chat.aid, state=ChatState.WAITING)
    if not rows.update(aid=aid, last_at=now, was_aided=bool(aid)):
        chat.refresh_from_db()
        if chat.state not in LIVE:
            raise ChatOver()
        return False
    chat.aid, chat.was_aided = aid, bool(aid)
    found = provider_of(aid)
    if found is not None:
        found[0].keep(found[1], ticket_of(chat), by=Viewer.system(), now=now)
    record(ChatAided(), subject=subject_of(chat), actor=actor_of(chat.person), at=now)
    return True


def _clear(chat: Chat, aid: str) -> bool:
    chat.aid = ""
    return bool(Chat.objects.filter(pk=chat.pk, aid=aid, state__in=LIVE).update(aid=""))
