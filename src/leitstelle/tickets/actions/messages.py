"""Storing a message with body, recipients and files; the actions above it record the event."""

from dataclasses import replace
from datetime import datetime

from django.db.models import F

from leitstelle.accounts.models import Person
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.errors import EmptyText
from leitstelle.tickets.models import Attachment, Message, MessageBody, MessageRecipient, Ticket
from leitstelle.tickets.queries.merging import merged_below, standing_merges, written_to_alias
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient
from leitstelle.tickets.rules.merging import circle_of
from leitstelle.tickets.rules.responses import is_response
from leitstelle.tickets.rules.texts import preview

MOST_WORDS = 200_000


def counts_as_response(new: NewMessage, by: Viewer) -> bool:
    """Return whether this message is a first response in the sense of the agreement."""
    return is_response(
        direction=new.direction,
        channel=new.channel,
        audience=new.audience,
        author_is_agent=new.author_is_agent,
        automatic_kind=new.automatic_kind,
        entered_by_agent=by.hat is Hat.AGENT and by.person_id is not None,
    )


def store_message(ticket: Ticket, new: NewMessage, *, now: datetime) -> Message:
    """Write message, body, recipients and files; the caller records the event. Raises `EmptyText`."""
    # A mail that came in without words is kept all the same: somebody sent it.
    arrived = new.direction == Direction.INBOUND and new.channel == Channel.MAIL
    forwarded = new.direction == Direction.OUTBOUND and bool(new.quoted_text)
    if not (new.text.strip() or new.files or new.automatic_kind or arrived or forwarded):
        raise EmptyText(fields={"text": EmptyText.default_message})
    new = _named(new)
    message = Message.objects.create(
        ticket=ticket,
        **_meant(ticket, new),
        at=new.at or now,
        recorded_at=now,
        direction=new.direction,
        channel=new.channel,
        audience=new.audience,
        author_id=new.author_id,
        author_is_agent=new.author_is_agent,
        from_name=new.from_name[:200],
        from_email=new.from_email[:254],
        subject=new.subject[:300],
        rfc_message_id=new.rfc_message_id[:255],
        automatic_kind=new.automatic_kind,
        talk_seconds=new.talk_seconds,
        preview=preview(new.text or new.quoted_text),
    )
    MessageBody.objects.create(message=message, text=new.text, html=new.html, quoted_text=new.quoted_text)
    _store_recipients(message, new.recipients)
    _store_files(message, new.files)
    return message


def _meant(ticket: Ticket, new: NewMessage) -> dict[str, int | None]:
    """Where tickets were merged into this one: which of them the words were for, and who may read them."""
    if not ticket.has_merged or (new.direction != Direction.INBOUND and new.written_to is None):
        return {}
    below = merged_below([ticket.pk])
    meant = new.written_to if new.written_to in below else None
    if meant is None and new.audience == Audience.PUBLIC:
        meant = written_to_alias(ticket.pk, new.author_id)
    if meant is None:
        return {}
    if new.audience != Audience.PUBLIC:
        return {"written_to_id": meant}
    apart = {pk: merge.is_apart for pk, merge in standing_merges(below).items()}
    return {"written_to_id": meant, "apart_of_id": circle_of(meant, below, apart)}


def _named(new: NewMessage) -> NewMessage:
    if new.from_name or new.author_id is None:
        return new
    author = Person.objects.filter(pk=new.author_id).only("display_name").first()
    return replace(new, from_name=author.display_name) if author else new


def _store_recipients(message: Message, recipients: tuple[NewRecipient, ...]) -> None:
    once = {(recipient.role, recipient.email): recipient for recipient in recipients}
    MessageRecipient.objects.bulk_create(
        MessageRecipient(
            message=message,
            role=one.role,
            email=one.email[:254],
            name=one.name[:200],
            person_id=one.person_id,
        )
        for one in once.values()
    )


def _store_files(message: Message, files: tuple[NewFile, ...]) -> None:
    for file in files:
        Attachment.objects.create(
            message=message,
            blob_id=file.blob_id,
            filename=file.filename[:255],
            content_type=file.content_type[:120],
            size=file.size,
            is_inline=file.is_inline,
            content_id=file.content_id[:255],
            words=file.words.replace("\x00", "")[:MOST_WORDS],
        )


def note_on_ticket(ticket: Ticket, message: Message, *, answered: bool, now: datetime) -> None:
    """Bring the ticket's list columns up to date with a message just stored.

    Only what was said publicly was said by, or to, the requester: a vendor's answer is none of theirs.
    """
    ticket.last_message_at = max(ticket.last_message_at, message.at)
    ticket.updated_at = now
    if message.audience != Audience.PUBLIC:
        pass
    elif message.direction == Direction.INBOUND and not message.automatic_kind:
        ticket.last_requester_message_at = max(ticket.last_requester_message_at or message.at, message.at)
    elif message.direction == Direction.OUTBOUND and message.author_is_agent:
        ticket.last_agent_message_at = max(ticket.last_agent_message_at or message.at, message.at)
        ticket.delivery_failed = False  # answered again; what becomes of this answer is reported anew
    if answered and ticket.first_response_at is None:
        ticket.first_response_at = message.at
    Ticket.objects.filter(pk=ticket.pk).update(
        last_message_at=ticket.last_message_at,
        last_requester_message_at=ticket.last_requester_message_at,
        last_agent_message_at=ticket.last_agent_message_at,
        first_response_at=ticket.first_response_at,
        delivery_failed=ticket.delivery_failed,
        message_count=F("message_count") + 1,
        updated_at=now,
    )
    ticket.message_count += 1


def store_reason(ticket: Ticket, reason: str, *, by: Viewer, now: datetime) -> Message | None:
    """Keep a reason somebody typed as an internal note, so that the event needs no text."""
    if not reason.strip():
        return None
    note = NewMessage(
        text=reason.strip(),
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=Audience.INTERNAL,
        author_id=by.person_id,
        author_is_agent=True,
    )
    message = store_message(ticket, note, now=now)
    note_on_ticket(ticket, message, answered=False, now=now)
    return message
