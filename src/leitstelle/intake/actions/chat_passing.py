"""Passing a chat on, to a team or to somebody by name, with the reason as a handover of its ticket."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts.models import Person, Team
from leitstelle.intake.actions.chat_lines import move, need_agent, ticket_of
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.errors import ChatOver, ReceiverAway, ReceiverFull
from leitstelle.intake.models import Chat, ChatAgent
from leitstelle.intake.policies import can_pass_over_limit, visible_chats
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions as tickets


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Where a chat goes and why; without `person` to whoever of the team takes it. `over_limit`: they have enough
    chats, and get this one all the same; for those who lead."""

    team: Team
    reason: str
    tried: str = ""
    person: Person | None = None
    over_limit: bool = False


@unit()
def pass_chat(chat: Chat, to: Passing, *, by: Viewer, now: datetime) -> Chat:
    """Pass a chat on with all that was said: a team's waits again and keeps its turn, a person has it at once.

    The agent who took it, and those who lead. Records `ChatMoved`, `TicketHandedOver`. Raises `NotYourChat`,
    `ChatOver`, `ReceiverAway`, `ReceiverFull`, `NotInTeam`, `ReasonMissing`, `NotAllowed`.
    """
    if not (can_pass_over_limit(by) and visible_chats(by).filter(pk=chat.pk).exists()):
        need_agent(chat, by)
    if to.person is not None:
        if to.person.pk == chat.agent_id:
            raise InvalidInput(fields={"to": InvalidInput.default_message})
        _need_room(chat, to.person, over_limit=to.over_limit, by=by, now=now)
    active = Chat.objects.filter(pk=chat.pk, state=ChatState.ACTIVE, agent=chat.agent_id)
    state = ChatState.WAITING if to.person is None else ChatState.ACTIVE
    # Whoever takes over has words to answer, whoever said the last ones.
    if not active.update(state=state, agent=to.person, last_at=now, is_unanswered=True):
        raise ChatOver()
    ticket = ticket_of(chat)
    offer = tickets.HandoverOffer(
        to_team=to.team, to_person=to.person, reason=to.reason, tried=to.tried.strip() or to.reason
    )
    tickets.hand_over(ticket, offer, by=by, now=now)
    chat.refresh_from_db()
    note = ChatNote.PASSED if to.person is None else ChatNote.PASSED_TO
    move(chat, note, to.person.display_name if to.person else to.team.name, actor=by.actor, now=now)
    return chat


def _need_room(chat: Chat, person: Person, *, over_limit: bool, by: Viewer, now: datetime) -> None:
    """The receiver's own row is changed first, so that two chats passed at once are counted one after the other."""
    there = ChatAgent.objects.filter(person=person, until__gt=now, person__is_active=True)
    if not there.update(person=person):
        raise ReceiverAway(name=person.display_name)
    count = Chat.objects.filter(agent=person, state=ChatState.ACTIVE).count()
    if over_limit and not can_pass_over_limit(by):
        raise NotAllowed()
    if count >= chat.door.per_agent and not over_limit:
        raise ReceiverFull(name=person.display_name, count=count)
