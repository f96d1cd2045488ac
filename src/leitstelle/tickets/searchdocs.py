"""What of tickets is findable: one document per message and audience, under the ticket's subject.

The number and the device stand in the body, so that "#10427" or "NB-0412" find the ticket.
"""

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Prefetch

from leitstelle.accounts.events import (
    OrganisationsMerged,
    OrganisationsUnmerged,
    PeopleMerged,
    PeopleUnmerged,
)
from leitstelle.accounts.queries import moved_rows
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import Original, SearchDoc, register_source
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.events import (
    MessageAdded,
    MessageMoved,
    RequesterChanged,
    StatusChanged,
    SubjectChanged,
    TicketClassified,
    TicketOpened,
    TicketsMerged,
    TicketsUnmerged,
    VendorNumberNoted,
)
from leitstelle.tickets.models import Attachment, Message, Ticket
from leitstelle.tickets.queries.merging import merged_numbers

KIND = "ticket"
# Files that can be read: those of most messages have no words, and are not asked for.
_WITH_WORDS = Prefetch(
    "attachments", Attachment.objects.exclude(words="").only("message_id", "words"), to_attr="readable_files"
)


def documents(ticket_ids: Collection[int]) -> Iterator[SearchDoc]:
    """Yield the documents of these tickets."""
    numbers = merged_numbers(ticket_ids)
    messages = Message.objects.filter(ticket__in=ticket_ids).select_related(
        "ticket", "ticket__requester", "body", "vendor_message__case"
    )
    for message in messages.order_by("ticket_id", "at", "pk").prefetch_related(_WITH_WORDS):
        yield document(message, numbers.get(message.ticket_id, ()))


def document(message: Message, numbers: Collection[int] = ()) -> SearchDoc:
    """Return the document of one message; `ticket` with requester, `body` and the vendor's case should be loaded.

    `numbers` are those of tickets that were merged into it: they find it too.
    """
    ticket, of_vendor = message.ticket, getattr(message, "vendor_message", None)
    theirs = of_vendor.case.external_number if of_vendor is not None else ""
    who = ticket.requester.display_name if ticket.requester else ""
    known = " ".join(f"#{number}" for number in (ticket.number, *numbers))
    context = " ".join(part for part in (known, theirs, ticket.device_label, who) if part)
    return SearchDoc(
        kind=KIND,
        object_id=ticket.pk,
        part=message.pk,
        # What requesters of a merged ticket keep to themselves is found by the desk alone.
        audience=message.audience if message.apart_of_id is None else _for_the_desk(message),
        ticket_id=ticket.pk,
        organisation_id=ticket.organisation_id,
        at=message.at,
        title=ticket.subject,
        body=f"{context}\n{_words(message)}",
        language=ticket.language,
    )


def _for_the_desk(message: Message) -> str:
    return Audience.INTERNAL if message.audience == Audience.PUBLIC else message.audience


def _words(message: Message) -> str:
    """The text of a message, and of the mails attached to it."""
    files: list[Attachment] = getattr(message, "readable_files", [])
    return "\n\n".join((message.body.text, *(file.words for file in files)))


def originals(parts: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
    """Return subject and text of the messages that were found."""
    messages = Message.objects.filter(pk__in=[part for _ticket, part in parts]).select_related(
        "ticket", "body"
    )
    messages = messages.prefetch_related(_WITH_WORDS)
    return {
        (message.ticket_id, message.pk): Original(message.ticket.subject, _words(message))
        for message in messages
    }


def every_ticket() -> Iterable[int]:
    """Yield all ticket ids, oldest first."""
    return Ticket.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _subject(event: Event) -> Collection[int]:
    return (event.subject_id,)


def _moved(event: Event) -> Collection[int]:
    return moved_rows(event, "tickets.requester", "tickets.organisation")


register_source(
    KIND,
    fetch=documents,
    events={
        TicketOpened: _subject,
        MessageAdded: _subject,
        MessageMoved: _subject,
        TicketsMerged: _subject,
        TicketsUnmerged: _subject,
        StatusChanged: _subject,
        SubjectChanged: _subject,
        TicketClassified: _subject,
        RequesterChanged: _subject,
        VendorNumberNoted: _subject,
        PeopleMerged: _moved,
        PeopleUnmerged: _moved,
        OrganisationsMerged: _moved,
        OrganisationsUnmerged: _moved,
    },
    texts=originals,
    all_ids=every_ticket,
    bulk=True,
)
