"""What chat brings to the shells: its page, its administration, the chat on a ticket, and who hears of it."""

from collections.abc import Collection, Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.actions.chat_guides import Guides
from leitstelle.intake.choices import ChatNote, ChatState
from leitstelle.intake.events import ChatAided, ChatMoved, ChatOpened, ChatSaid
from leitstelle.intake.labels import CHAT_STATE
from leitstelle.intake.policies import visible_chats
from leitstelle.intake.queries.chat import chats_are_used, chats_on_tickets, portal_door
from leitstelle.intake.queries.counting import counted_for
from leitstelle.intake.queries.level0 import register_level0
from leitstelle.intake.queries.shown_chats import pane_of
from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Link,
    Panel,
    fill,
    linker,
    register_admin_section,
    register_nav,
)
from leitstelle.kernel.web.live import live_topic, register_live_check
from leitstelle.tickets.models import Ticket

WAITING = "chats"


def own_chats(person_id: int) -> str:
    """The topic of what visitors write in an agent's own chats."""
    return f"chats.of:{person_id}"


register_level0(Guides())


@live_topic(ChatOpened, ChatMoved, ChatSaid, ChatAided)
def chat_topics(event: Event) -> Iterable[str]:
    """The list of chats hears of those that come, move and end; an agent of every line a visitor writes."""
    data = event.load()
    if isinstance(data, ChatSaid):
        return (own_chats(data.agent_id),) if data.agent_id and not data.by_agent else ()
    if isinstance(data, ChatAided):
        return ()
    if isinstance(data, ChatMoved) and data.note == ChatNote.PASSED_TO and data.agent_id:
        return (WAITING, own_chats(data.agent_id))
    return (WAITING,)


def _visible_ids(viewer: Viewer, ids: Collection[int]) -> set[int]:
    return set(visible_chats(viewer).filter(pk__in=ids).values_list("pk", flat=True))


register_live_check("chat", _visible_ids)


def _waiting(viewer: Viewer) -> int | None:
    """How many chats wait."""
    if not chats_are_used():
        return None
    return counted_for(viewer, "chats", visible_chats(viewer).filter(state=ChatState.WAITING))


register_nav(
    "chats",
    _("Chats"),
    "intake:chats",
    "message-circle",
    17,
    lambda viewer: viewer.is_agent,
    count=_waiting,
    count_label=_("visitors waiting in the chat"),
)
register_nav(
    "portal.chat",
    _("Chat"),
    "portal:chat",
    "message-circle",
    40,
    lambda viewer: portal_door() is not None,
    area="portal",
)
register_admin_section(
    AdminSection(
        "chats",
        _("Chats"),
        "intake:chat-doors",
        "message-circle",
        _("Channels"),
        35,
        description=_("Where people chat with the desk, who answers when, and which sites show it"),
        shows=can_administer,
    )
)


@fill("ticket.sidebar", order=4)
def chat_on(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show the chat that belongs to each ticket; whoever took it answers there. One statement, two for own ones."""
    if not viewer.is_agent or not chats_are_used():
        return {}
    panels = {}
    for pk, chat in chats_on_tickets(viewer, [ticket.pk for ticket in tickets]).items():
        mine = chat.state == ChatState.ACTIVE and chat.agent_id == viewer.person_id
        context = (
            pane_of(viewer, chat) if mine else {"chat": chat, "state": CHAT_STATE[chat.state], "can": None}
        )
        panels[pk] = Panel("intake/chat/_on_ticket.html", context)
    return panels


@linker("chat")
def chat_links(viewer: Viewer, ids: Collection[int]) -> dict[int, Link]:
    """Point agents at a chat."""
    rows = visible_chats(viewer).filter(pk__in=ids)
    return {chat.pk: Link(reverse("intake:chat", args=[chat.public_id]), chat.name) for chat in rows}
