"""The conversation: reading it, writing into it, files."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from leitstelle.kernel.api import CursorPage, Scope, needs, paginate, viewer_of
from leitstelle.kernel.api.reading import desk_only, unknown
from leitstelle.kernel.blobs import clean_filename, response, store
from leitstelle.kernel.errors import NotAllowed, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.actions.answers import NewAnswer, send_answer
from leitstelle.tickets.api import doors
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import can_write, visible_attachments, visible_messages
from leitstelle.tickets.queries.composing import files_to_send, forwardable, named_recipients
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewFile, NewMessage
from leitstelle.tickets.schemas.messages import MessageFilters, MessageOut, PlannedIn, WordsIn

router = Router(tags=["Messages"])
MAX_FILES = 10
BINARY = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/tickets/{ticket_id}/messages",
    response=CursorPage[MessageOut],
    operation_id="listMessages",
    summary="Read the conversation",
    **needs(Scope.READ),
)
def list_messages(request: HttpRequest, ticket_id: UUID, filters: Query[MessageFilters]) -> dict[str, Any]:
    """The messages this viewer may read: requesters the public ones."""
    viewer = viewer_of(request)
    rows = _loaded(viewer).filter(ticket=doors.find(viewer, ticket_id))
    order = ["at", "id"] if filters.order == "oldest" else ["-at", "-id"]
    return paginate(rows, filters.cursor, order, filters.limit, shown=lambda row: MessageOut.of(row, viewer))


@router.post(
    "/tickets/{ticket_id}/messages",
    response={201: MessageOut},
    operation_id="writeMessage",
    summary="Reply, note down, enter a call",
    **needs(Scope.WRITE),
)
def write_message(request: HttpRequest, ticket_id: UUID, data: WordsIn) -> Status[Any]:
    """Add a message. A reply by the desk goes out by mail; a requester's words continue or reopen the ticket."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    return Status(201, _written(viewer, ticket, data, ()))


@router.post(
    "/tickets/{ticket_id}/files",
    response={201: MessageOut},
    operation_id="sendFiles",
    summary="Write a message with files",
    **needs(Scope.WRITE),
)
def send_files(
    request: HttpRequest, ticket_id: UUID, data: Form[WordsIn], files: File[list[UploadedFile]]
) -> Status[Any]:
    """Add a message that carries files, at most ten, each as large as the pages allow."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    if len(files) > MAX_FILES:
        raise unknown("files")
    _check(viewer, ticket, data)
    return Status(201, _written(viewer, ticket, data, tuple(_stored(file) for file in files)))


@router.get(
    "/tickets/{ticket_id}/messages/{message_id}",
    response=MessageOut,
    operation_id="getMessage",
    summary="Get a message",
    **needs(Scope.READ),
)
def get_message(request: HttpRequest, ticket_id: UUID, message_id: UUID) -> MessageOut:
    """One message with its files and recipients."""
    viewer = viewer_of(request)
    rows = _loaded(viewer).filter(ticket=doors.find(viewer, ticket_id))
    message = rows.filter(public_id=message_id).first()
    if message is None:
        raise NotFound
    return MessageOut.of(message, viewer)


@router.get(
    "/attachments/{attachment_id}",
    operation_id="getAttachment",
    summary="Download a file",
    **needs(Scope.READ, answers=BINARY),
)
def get_attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """The file of a message the viewer may read; always as a download, never to be shown in a browser."""
    rows = visible_attachments(viewer_of(request)).select_related("blob")
    found = rows.filter(public_id=attachment_id).first()
    if found is None:
        raise NotFound
    return response(found.blob, found.filename)


def _loaded(viewer: Viewer) -> Any:
    found = visible_messages(viewer).select_related("body", "author")
    return found.prefetch_related("attachments__blob", "recipients")


def _written(viewer: Viewer, ticket: Ticket, data: WordsIn, files: tuple[NewFile, ...]) -> MessageOut:
    _check(viewer, ticket, data)
    message = _write(viewer, ticket, data, files)
    return MessageOut.of(_loaded(viewer).get(pk=message.pk), viewer)


def _check(viewer: Viewer, ticket: Ticket, data: WordsIn) -> None:
    """Refuse what this viewer may not write, before a file is kept. Raises `NotAllowed`, `InvalidInput`."""
    if data.kind != "reply":
        desk_only(viewer)
    for name in ("to", "cc", "bcc", "attachments"):
        if not viewer.is_agent and getattr(data, name):
            raise unknown(name)
    if not viewer.is_agent and data.audience not in (None, Audience.PUBLIC):
        raise unknown("audience")
    if data.kind != "note" and data.audience not in (None, Audience.PUBLIC):
        raise unknown("audience")
    if data.kind == "note" and data.audience == Audience.PUBLIC:
        raise unknown("audience")
    if data.kind == "call" and data.at is not None and data.at > timezone.now():
        raise unknown("at")
    inside = data.kind in ("note", "forward")
    wanted = data.audience or (Audience.INTERNAL if inside else Audience.PUBLIC)
    if not can_write(viewer, ticket, wanted):
        raise NotAllowed


def _write(viewer: Viewer, ticket: Ticket, data: WordsIn, files: tuple[NewFile, ...]) -> Message:
    now = timezone.now()
    if data.kind in ("reply", "forward") and viewer.is_agent:
        return send_answer(ticket, new_answer(viewer, ticket, data, files), by=viewer, now=now)
    if data.kind == "reply":
        return actions.reply(ticket, data.text, recipients=(), by=viewer, now=now, files=files)
    if data.kind == "note" and data.audience in (None, Audience.INTERNAL):
        return actions.write_note(ticket, data.text, by=viewer, now=now, files=files)
    new = _call(viewer, ticket, data, files) if data.kind == "call" else _aside(viewer, data, files)
    return actions.add_message(ticket, new, by=viewer, now=now)


def _call(viewer: Viewer, ticket: Ticket, data: WordsIn, files: tuple[NewFile, ...]) -> NewMessage:
    theirs = data.direction == "inbound"
    return NewMessage(
        text=data.text,
        direction=Direction.INBOUND if theirs else Direction.OUTBOUND,
        channel=Channel.PHONE,
        audience=Audience.PUBLIC,
        author_id=ticket.requester_id if theirs else viewer.person_id,
        author_is_agent=not theirs,
        at=data.at,
        talk_seconds=data.talk_seconds,
        files=files,
    )


def _aside(viewer: Viewer, data: WordsIn, files: tuple[NewFile, ...]) -> NewMessage:
    return NewMessage(
        text=data.text,
        direction=Direction.INTERNAL,
        channel=Channel.WORKSPACE,
        audience=Audience(data.audience or Audience.INTERNAL),
        author_id=viewer.person_id,
        author_is_agent=True,
        files=files,
    )


def new_answer(
    viewer: Viewer, ticket: Ticket, data: WordsIn | PlannedIn, files: tuple[NewFile, ...] = ()
) -> NewAnswer:
    """What an agent writes to people. Raises `NotAnAddress`, `NotForwardable`, `InvalidInput`."""
    forwards = data.kind == "forward"
    named = named_recipients(to=data.to or (), cc=data.cc, bcc=data.bcc)
    standard = () if forwards or data.to is not None else reply_recipients(ticket)
    kept = files_to_send(viewer, ticket, [str(one) for one in data.attachments])
    if len(kept) != len(set(data.attachments)):
        raise unknown("attachments")
    return NewAnswer(
        text=data.text,
        recipients=(*standard, *named),
        files=(*files, *kept),
        subject=data.subject if forwards else "",
        forwarded=forwardable(viewer, ticket, str(data.forward_of or "")) if forwards else None,
        after=data.after if isinstance(data, PlannedIn) else "",
    )


def _stored(file: UploadedFile) -> NewFile:
    """Keep an uploaded file. Raises `FileTooLarge`. The declared type is only a hint."""
    blob = store(file, declared_type=file.content_type or "", max_bytes=settings.MAX_UPLOAD)
    return NewFile(
        blob_id=blob.pk,
        filename=clean_filename(file.name or ""),
        content_type=blob.content_type,
        size=blob.size,
    )
