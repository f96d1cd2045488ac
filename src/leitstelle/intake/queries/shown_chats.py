"""What both sides of a chat see, as plain values: lines, state, place in the queue, who writes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.accounts.queries import primary_address
from leitstelle.intake.choices import ChatState
from leitstelle.intake.labels import CHAT_NOTE, CHAT_STATE
from leitstelle.intake.models import Chat, ChatLine
from leitstelle.intake.policies import can_pass_over_limit
from leitstelle.intake.queries.chat import lines_after, position_of
from leitstelle.intake.queries.level0 import shown_aid
from leitstelle.kernel.secrets import sign
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import filesize
from leitstelle.kernel.web.live.presence import presence
from leitstelle.tickets.models import Attachment

FILE = "chat-file"


def topic_of(chat_id: int) -> str:
    """The topic that both sides of a chat listen to."""
    return f"chat:{chat_id}"


def is_writing(chat_id: int) -> bool:
    """Whether an agent is writing in this chat, as far as this process knows. Visitors have negative ids."""
    return any(here["writing"] and int(str(here["id"])) > 0 for here in presence.people(topic_of(chat_id)))


def frame_of(chat: Chat, after: int) -> dict[str, Any]:
    """Return what a visitor who has all lines up to `after` lacks, in the visitor's language. Asks the database."""
    with translation.override(chat.language):
        lines = [_line(chat, line) for line in lines_after(chat, after)]
    waits = chat.state == ChatState.WAITING
    return {
        "state": chat.state,
        "position": position_of(chat) if waits else 0,
        "agent": chat.agent.display_name if chat.agent else "",
        "typing": is_writing(chat.pk),
        "aid": shown_aid(chat.aid, chat.language) if waits else None,
        "aided": chat.was_aided,
        "mail": mail_offer(chat) if chat.state == ChatState.ENDED else None,
        "lines": lines,
    }


def mail_offer(chat: Chat) -> dict[str, str] | None:
    """Where what was said can be sent: to the visitor's own address, to the one they gave, or (empty) to one they
    give now. Nothing where no agent answered somebody whose address nobody confirmed: see `send_transcript`.
    """
    if chat.person is not None:
        to = primary_address(chat.person)
        return {"to": to} if to else None
    return {"to": chat.email} if is_answered(chat) else None


def is_answered(chat: Chat) -> bool:
    """Whether an agent said something."""
    return ChatLine.objects.filter(chat=chat, message__author_is_agent=True).exists()


def spoken_lines(chat: Chat) -> list[ChatLine]:
    """What both sides said, in order, without notes on what happened."""
    return [line for line in lines_after(chat, 0) if line.message is not None]


def _line(chat: Chat, line: ChatLine) -> dict[str, Any]:
    shown: dict[str, Any] = {"n": line.number, "key": str(line.key), "at": line.at.isoformat()}
    message = line.message
    if message is None:
        return shown | {"who": "note", "name": "", "text": note_of(line), "files": []}
    return shown | {
        "who": "agent" if message.author_is_agent else "visitor",
        "name": message.from_name,
        "text": message.body.text,
        "files": [_file(chat, file) for file in message.attachments.all()],
    }


def note_of(line: ChatLine) -> str:
    """The sentence of a note, in the language active now."""
    return str(CHAT_NOTE[line.note]) % {"name": line.name}


def _file(chat: Chat, file: Attachment) -> dict[str, Any]:
    token = sign(f"{chat.public_id.hex}:{file.public_id.hex}", FILE)
    blocked = file.scan == "infected"
    return {
        "name": file.filename,
        "size": _("virus found, blocked") if blocked else filesize(file.size),
        "url": "" if blocked else reverse("intake:chat-file", args=[quote(token)]),
    }


def pane_of(
    viewer: Viewer, chat: Chat, *, key: str = "", typed: str = "", errors: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what an agent's pane shows of a chat; `key`, `typed` and `errors` of an answer that was refused."""
    lines = [
        {"line": line, "text": note_of(line) if line.message is None else ""} for line in lines_after(chat, 0)
    ]
    mine = chat.state == ChatState.ACTIVE and chat.agent_id == viewer.person_id
    waits = chat.state == ChatState.WAITING
    return {
        "chat": chat,
        "topic": topic_of(chat.pk),
        "state": CHAT_STATE[chat.state],
        "lines": lines,
        "key": key or str(uuid4()),
        "typed": typed,
        "errors": errors,
        "can": {
            "say": mine,
            "take": waits,
            "hand_on": mine or (chat.state == ChatState.ACTIVE and can_pass_over_limit(viewer)),
            "end": mine or waits,
        },
    }
