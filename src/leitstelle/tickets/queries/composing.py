"""What the composer opens with: whom an answer goes to, what is forwarded, what was withdrawn to be changed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet

from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Audience, Channel, Direction, DraftMode, PlannedState, RecipientRole
from leitstelle.tickets.errors import NotAnAddress, NotForwardable, TooManyRecipients
from leitstelle.tickets.models import Attachment, Message, PlannedFile, PlannedReply, Ticket
from leitstelle.tickets.policies import visible_attachments, visible_messages, visible_planned
from leitstelle.tickets.rules.addresses import read_addresses, write_addresses
from leitstelle.tickets.rules.inputs import NewFile, NewRecipient

Row = TypeVar("Row", Message, PlannedReply)
MOST_RECIPIENTS = 50
ROLES = (RecipientRole.TO, RecipientRole.CC, RecipientRole.BCC)


_desk_addresses: list[Callable[[], Collection[str]]] = []


def register_desk_addresses(addresses: Callable[[], Collection[str]]) -> None:
    """Let a door say under which addresses (lower case) the desk itself is reached; nobody answers those."""
    if addresses not in _desk_addresses:
        _desk_addresses.append(addresses)


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What stands in the composer before anybody types.

    `files` are (value of the box, name, size, whether there is a small picture).
    """

    mode: str = DraftMode.REPLY
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str | None = None
    after: str = ""
    forwarded: Message | None = None
    again: PlannedReply | None = None
    files: tuple[tuple[str, str, int, bool], ...] = ()
    answered: str = ""


def composition(
    ticket: Ticket, viewer: Viewer, wanted: Mapping[str, str], standard: Sequence[NewRecipient]
) -> Composition:
    """Return what the address of the page asks for; `standard` are the recipients of a plain answer.

    `forward`: a message to pass on. `all`: answer a message to everybody who got it. `again`: an answer that was
    withdrawn. What is unknown or not visible changes nothing.
    """
    plain = _addressed(standard)
    if again := _named(visible_planned(viewer).filter(ticket=ticket), wanted.get("again", "")):
        return _again(again)
    messages = visible_messages(viewer).filter(ticket=ticket)
    if forwarded := _named(messages.filter(FORWARDABLE), wanted.get("forward", "")):
        return _forwarding(forwarded, ticket)
    answered = _named(messages.filter(audience=Audience.PUBLIC, apart_of=None), wanted.get("all", ""))
    if answered is not None:
        return _addressed(reply_to_all(answered, standard), answered=str(answered.public_id))
    return plain


FORWARDABLE = Q(audience=Audience.PUBLIC) | Q(
    audience=Audience.INTERNAL, channel=Channel.MAIL, direction=Direction.INBOUND
)


def forwardable(viewer: Viewer, ticket: Ticket, public_id: str) -> Message:
    """Return the message that may be passed on. Raises `NotForwardable`."""
    found = _named(visible_messages(viewer).filter(FORWARDABLE, ticket=ticket), public_id)
    if found is None:
        raise NotForwardable
    return found


def reply_to_all(message: Message, standard: Sequence[NewRecipient]) -> tuple[NewRecipient, ...]:
    """Return everybody who took part in this mail: who wrote it, whom it went to, and who gets answers anyway.

    Blind copies stay blind: they get no answer to all. The desk does not write to itself.
    """
    found = list(standard)
    own = {address for addresses in _desk_addresses for address in addresses()}
    if message.direction == Direction.INBOUND and message.from_email:
        found.append(NewRecipient(email=message.from_email, name=message.from_name, role=RecipientRole.TO))
    for row in message.recipients.exclude(role=RecipientRole.BCC).order_by("pk"):
        # Whoever wrote is answered directly; those who stood beside them stay where they stood, in copy.
        role = RecipientRole(row.role) if message.direction == Direction.OUTBOUND else RecipientRole.CC
        found.append(NewRecipient(email=row.email, name=row.name, role=role, person_id=row.person_id))
    return _once([one for one in found if one.email.lower() not in own])


def named_recipients(**lines: str | Sequence[str]) -> tuple[NewRecipient, ...]:
    """Return who is written to in the lines `to`, `cc`, `bcc`; an address counts once, in the first of them.

    Raises `NotAnAddress`, `TooManyRecipients`, with the line in `fields`.
    """
    found: list[NewRecipient] = []
    for role in ROLES:
        line = lines.get(role, "")
        text = line if isinstance(line, str) else "\n".join(line)
        for name, address in read_addresses(text):
            _check(address, role)
            found.append(NewRecipient(email=address, name=name, role=role))
    once = _once(found)
    if len(once) > MOST_RECIPIENTS:
        raise TooManyRecipients(fields={"to": TooManyRecipients.default_message}, most=MOST_RECIPIENTS)
    return with_people(once)


def files_to_send(viewer: Viewer, ticket: Ticket, chosen: Sequence[str]) -> tuple[NewFile, ...]:
    """Return the files of this ticket, or of a withdrawn answer on it, that were ticked to go with an answer."""
    ids = [found for one in chosen if (found := _uuid(one)) is not None]
    rows: list[Attachment] = list(
        visible_attachments(viewer).filter(message__ticket=ticket, public_id__in=ids) if ids else ()
    )
    kept = [one.partition(":")[2] for one in chosen if one.startswith("planned:")]
    numbers = [int(one) for one in kept if one.isascii() and one.isdecimal() and len(one) < 18]
    withdrawn = visible_planned(viewer).filter(ticket=ticket)
    planned = (
        PlannedFile.objects.filter(pk__in=numbers, planned__in=withdrawn.values("pk")) if numbers else ()
    )
    return tuple(
        NewFile(blob_id=row.blob_id, filename=row.filename, content_type=row.content_type, size=row.size)
        for row in (*rows, *planned)
    )


def planned_of(ticket: Ticket, viewer: Viewer) -> list[PlannedReply]:
    """Return the answers that wait on a ticket, the next one first; agents only."""
    open_states = [PlannedState.WAITING, PlannedState.HELD]
    rows = visible_planned(viewer).filter(ticket=ticket, state__in=open_states)
    return list(rows.select_related("author").prefetch_related("files").order_by("due_at", "pk"))


def _addressed(people: Sequence[NewRecipient], *, answered: str = "") -> Composition:
    lines: dict[str, str] = {
        role: write_addresses((one.name, one.email) for one in people if one.role == role) for role in ROLES
    }
    return Composition(to=lines["to"], cc=lines["cc"], bcc=lines["bcc"], answered=answered)


def _again(planned: PlannedReply) -> Composition:
    people = [
        NewRecipient(role=RecipientRole(role), email=email, name=name)
        for role, email, name in planned.recipients
    ]
    shown = _addressed(people)
    return Composition(
        mode=DraftMode.FORWARD if planned.is_forward else DraftMode.REPLY,
        to=shown.to,
        cc=shown.cc,
        bcc=shown.bcc,
        subject=planned.subject,
        text=planned.text,
        after=planned.after,
        forwarded=planned.forwarded,
        again=planned,
        files=tuple((f"planned:{one.pk}", one.filename, one.size, False) for one in planned.files.all()),
    )


def _forwarding(message: Message, ticket: Ticket) -> Composition:
    files = message.attachments.filter(is_inline=False).select_related("blob")
    return Composition(
        mode=DraftMode.FORWARD,
        subject=f"Fwd: {message.subject or ticket.subject}"[:300],
        forwarded=message,
        files=tuple((str(one.public_id), one.filename, one.size, one.blob.has_preview) for one in files),
    )


def _check(address: str, role: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        shown = address[:100]
        text = NotAnAddress(address=shown).message
        raise NotAnAddress(fields={role: text}, address=shown) from error


def _once(people: Sequence[NewRecipient]) -> tuple[NewRecipient, ...]:
    """Every address once, in the order of To, Cc, Bcc."""
    found: dict[str, NewRecipient] = {}
    for role in ROLES:
        for one in people:
            if one.role == role:
                found.setdefault(one.email.lower(), one)
    return tuple(found.values())


def with_people(people: Sequence[NewRecipient]) -> tuple[NewRecipient, ...]:
    """With whom the addresses belong to, and their names where none was written; one query."""
    points = ContactPoint.objects.filter(
        kind=ContactKind.EMAIL, normalised__in=[one.email.lower() for one in people]
    ).select_related("person")
    owner = {point.normalised: point.person for point in points}
    known = []
    for one in people:
        person = owner.get(one.email.lower())
        name = one.name or (person.display_name if person else "")
        known.append(
            NewRecipient(email=one.email, name=name, role=one.role, person_id=person.pk if person else None)
        )
    return tuple(known)


def _named(rows: "QuerySet[Row]", public_id: str) -> "Row | None":
    found = _uuid(public_id)
    return rows.filter(public_id=found).first() if found is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
