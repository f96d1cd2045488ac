"""Answers by mail: to whom, forwarding, and what becomes of the ticket afterwards."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import local
from leitstelle.tickets.actions.conversation import add_message, reply
from leitstelle.tickets.actions.status import resolve_ticket, wait_for
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.errors import NoRecipient
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient

RESOLVED, WAITING = "resolved", "waiting_requester"


@dataclass(frozen=True, kw_only=True)
class NewAnswer:
    """What an agent writes to people: an answer, or a message passed on (`forwarded`).

    `after` says what becomes of the ticket: nothing, `waiting_requester` or `resolved`.
    """

    text: str
    recipients: tuple[NewRecipient, ...] = ()
    files: tuple[NewFile, ...] = ()
    subject: str = ""
    forwarded: Message | None = None
    after: str = ""


@unit()
def send_answer(ticket: Ticket, new: NewAnswer, *, by: Viewer, now: datetime) -> Message:
    """Answer publicly or forward a message, then wait or resolve; mail goes out after the commit.

    Records `MessageAdded`, perhaps `StatusChanged`. Raises as `add_message`, and `NoRecipient`.
    """
    if new.forwarded is not None:
        message = forward(ticket, new, by=by, now=now)
    else:
        message = reply(ticket, new.text, recipients=new.recipients, by=by, now=now, files=new.files)
    step_afterwards(ticket, new.after, message, by=by, now=now)
    return message


@unit()
def forward(ticket: Ticket, new: NewAnswer, *, by: Viewer, now: datetime) -> Message:
    """Pass a message of the ticket on to somebody else. The requester sees nothing of it: it is no answer.

    Records `MessageAdded`. Raises as `add_message`, and `NoRecipient`.
    """
    if new.forwarded is None or not new.recipients:
        raise NoRecipient(fields={"to": NoRecipient.default_message})
    message = NewMessage(
        text=new.text,
        quoted_text=_quoted(new.forwarded, ticket),
        subject=new.subject or f"Fwd: {ticket.subject}",
        direction=Direction.OUTBOUND,
        channel=Channel.MAIL,
        audience=Audience.INTERNAL,
        author_id=by.person_id,
        author_is_agent=True,
        recipients=new.recipients,
        files=new.files,
    )
    return add_message(ticket, message, by=by, now=now)


def step_afterwards(ticket: Ticket, after: str, message: Message, *, by: Viewer, now: datetime) -> None:
    """The answer is booked before the clock pauses or stops (research, trap 39)."""
    if after == WAITING and ticket.status_id != WAITING:
        wait_for(ticket, WAITING, reason="", question=message, by=by, now=now)
    elif after == RESOLVED:
        resolve_ticket(ticket, code="solved", by=by, now=now, solution=message)


def _quoted(message: Message, ticket: Ticket) -> str:
    """The words passed on under a head that says whose they are, in the language of the ticket."""
    with translation.override(ticket.language):
        who = f"{message.from_name} <{message.from_email}>" if message.from_email else message.from_name
        head = [
            _("---------- Forwarded message ----------"),
            _("From: %(who)s") % {"who": who},
            _("Date: %(date)s") % {"date": f"{local(message.at):%d.%m.%Y %H:%M}"},
            _("Subject: %(subject)s") % {"subject": message.subject or ticket.subject},
        ]
    words = message.body.text.strip()
    if message.body.quoted_text:
        words = f"{words}\n\n{message.body.quoted_text}"
    return "\n".join([*head, "", words])
