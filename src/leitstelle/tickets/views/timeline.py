"""The thread of a ticket: messages, events and handovers in one order, under their days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from leitstelle.kernel.web.formats import local
from leitstelle.kernel.web.richtext import clean_html, fold_quotes, linked_text
from leitstelle.kernel.web.sentences import told_codes
from leitstelle.tickets.choices import Audience, Channel, Direction
from leitstelle.tickets.models import Handover, Message, Ticket
from leitstelle.tickets.queries.workspace import Conversation, protocol
from leitstelle.tickets.views.sentences import Sentence, sentences
from leitstelle.tickets.views.telling import SPOKEN

# How many events the thread shows at most; the protocol has them all.
EVENTS_SHOWN = 100


@dataclass(frozen=True)
class Entry:
    """One entry of the thread: a message, an event or a handover, under its day."""

    at: datetime
    day: date | None
    message: Message | None = None
    sentence: Sentence | None = None
    handover: Handover | None = None
    kind: str = ""
    text: Markup = Markup("")
    formatted: bool = False
    quote: str = ""


def timeline(ticket: Ticket, talk: Conversation, handovers: Sequence[Handover]) -> list[Entry]:
    """Merge messages with the events of the same stretch of time, oldest first, and mark the days."""
    spoken = SPOKEN | told_codes()
    rows = list(protocol(ticket).filter(code__in=spoken).order_by("-pk")[:EVENTS_SHOWN])
    oldest = talk.messages[0].at if talk.older and talk.messages else None
    shown = [event for event in reversed(rows) if oldest is None or event.at >= oldest]
    by_id = {handover.pk: handover for handover in handovers}
    entries = [
        replace(shown_text(message), message=message, kind=kind_of(message)) for message in talk.messages
    ]
    for event, sentence in zip(shown, sentences(shown), strict=True):
        handover = by_id.get(event.data.get("handover_id", 0)) if event.code == "ticket.handed_over" else None
        entries.append(Entry(event.at, None, sentence=sentence, handover=handover, kind=event.code))
    entries.sort(key=lambda entry: entry.at)
    return list(_with_days(entries))


def kind_of(message: Message) -> str:
    """Return how the design draws a message: in, out, call, note or vendor."""
    if message.audience != Audience.PUBLIC:
        return "vendor" if message.audience == Audience.VENDOR else "note"
    if message.channel in (Channel.PHONE, Channel.WALK_IN):
        return "call"
    return "out" if message.direction == Direction.OUTBOUND else "in"


def _with_days(entries: Iterable[Entry]) -> Iterable[Entry]:
    last: date | None = None
    for entry in entries:
        today = local(entry.at).date()
        day = today if today != last else None
        last = today
        yield replace(entry, day=day)


def shown_text(message: Message) -> Entry:
    """Return a message's words fit for a page, with its own inline images and no others.

    What it quotes is folded. Where a mail program marks quotations in the HTML by looks alone, they cannot be
    told apart there; then the plain text, which was taken apart on arrival, is shown instead.
    """
    body = message.body
    marked = "<blockquote" in body.html
    if not body.html or (body.quoted_text and not marked):
        return Entry(message.at, None, text=linked_text(body.text), quote=body.quoted_text)
    images = {
        file.content_id.strip("<>"): reverse("tickets:attachment", args=[file.public_id]) + "?inline"
        for file in message.attachments.all()
        if file.content_id
    }
    text = clean_html(body.html, images)
    return Entry(
        message.at,
        None,
        text=fold_quotes(text, _("Quoted text")) if body.quoted_text else text,
        formatted=True,
    )
