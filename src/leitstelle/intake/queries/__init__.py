"""Reads of intake: which mailbox, what is known about ids and numbers, what waits in quarantine."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import find_by_email
from leitstelle.contracts.models import Vendor
from leitstelle.contracts.queries import vendor_of_sender
from leitstelle.contracts.rules.patterns import recognise
from leitstelle.intake.choices import FETCHED, InboundState, Step
from leitstelle.intake.labels import AUTOMATIC_KIND, DECISION_WORDS, EVIDENCE, NOTES, STEP
from leitstelle.intake.models import Call, InboundMail, Mailbox, MailReference
from leitstelle.intake.queries.contents import tickets_of_events, tickets_of_numbers
from leitstelle.intake.rules.mail.threading import Clues, Known
from leitstelle.intake.rules.mail.token import ticket_of, vendor_message_of
from leitstelle.intake.rules.mail.trust import Trust
from leitstelle.intake.rules.mail.vendor import VendorKnown, names_number
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.formats import day
from leitstelle.tickets.models import Participant, Ticket, VendorCase, VendorMessage
from leitstelle.tickets.queries import by_number, living
from leitstelle.tickets.queries.merging import merged_below
from leitstelle.tickets.rules.merging import end_of

MOST_CASES = 500
_PIECE = re.compile(r"%\\\((\w+)\\\)s")
_NOTES = [(re.compile(_PIECE.sub(r"(?P<\1>.+)", re.escape(note))), note) for note in NOTES]


def mailbox_for(addresses: Iterable[str]) -> Mailbox | None:
    """The active mailbox one of these addresses belongs to (plus parts ignored), else the default one."""
    wanted = [plain_address(address) for address in addresses]
    boxes = {box.address.lower(): box for box in Mailbox.objects.without_secrets().filter(is_active=True)}
    for address in wanted:
        if address in boxes:
            return boxes[address]
    return default_mailbox()


def known_mailbox(address: str) -> Mailbox | None:
    """The active mailbox of exactly this address, plus part ignored."""
    boxes = Mailbox.objects.without_secrets().filter(is_active=True)
    return boxes.filter(address__iexact=plain_address(address)).first()


def default_mailbox() -> Mailbox | None:
    """Where mail to nobody in particular belongs: the mailbox marked so, else the only one."""
    boxes = list(Mailbox.objects.without_secrets().filter(is_active=True).order_by("-is_default", "pk")[:2])
    return boxes[0] if boxes and (boxes[0].is_default or len(boxes) == 1) else None


def plain_address(address: str) -> str:
    """Lower case, without brackets and without what stands behind `+`."""
    local, at, domain = address.strip().strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at else ""


def own_addresses() -> frozenset[str]:
    """Addresses of the desk itself, lower case: mail from them is our own."""
    return frozenset(address.lower() for address in Mailbox.objects.values_list("address", flat=True))


def fetched_mailboxes() -> list[Mailbox]:
    """Mailboxes the worker fetches from a server."""
    boxes = Mailbox.objects.without_secrets().filter(is_active=True, fetch__in=FETCHED)
    return list(boxes.order_by("pk"))


def known_about(clues: Clues, sender: Person | None, address: str = "") -> Known:
    """What the database knows about the evidence of a mail."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    numbers = {number: ticket.pk for number in clues.numbers if (ticket := by_number(number)) is not None}
    events = tickets_of_events(clues.events)
    return Known(
        token_of=lambda value: _existing(ticket_of(value, secrets=secrets)),
        by_message_id=tickets_by_id(clues.answered_ids),
        by_number=numbers,
        by_event=events,
        by_foreign=tickets_of_numbers(clues.foreign, address) if sender is not None else {},
        takes_part=_takes_part(sender, [*numbers.values(), *events.values()]),
    )


def _existing(pk: int | None) -> int | None:
    ticket = Ticket.objects.filter(pk=pk).first() if pk is not None else None
    return living(ticket).pk if ticket else None


def tickets_by_id(message_ids: Iterable[str]) -> dict[str, int]:
    """Ticket per known Message-ID. Ids of real messages count before ids that were only referred to."""
    found: dict[str, int] = {}
    values = [value[:255] for value in message_ids]
    if not values:
        return found
    rows = MailReference.objects.filter(value__in=values)
    known = rows.select_related("ticket__merged_into", "message__ticket__merged_into")
    for row in sorted(known, key=lambda row: (row.message_id is not None, row.ticket_id)):
        # Where its message was moved or split off, answers to it go there (trap 16).
        found[row.value] = living(row.message.ticket if row.message is not None else row.ticket).pk
    return found


def takes_part(person: Person, ticket: Ticket) -> bool:
    """Whether somebody is on the ticket as one of our own people."""
    return ticket.pk in _takes_part(person, [ticket.pk])


def _takes_part(person: Person | None, tickets: Iterable[int]) -> frozenset[int]:
    if person is None:
        return frozenset()
    ids = set(tickets)
    below = merged_below(Ticket.objects.filter(pk__in=ids, has_merged=True).values_list("pk", flat=True))
    every = [*ids, *below]
    requested = Ticket.objects.filter(pk__in=every, requester=person).values_list("pk", flat=True)
    joined = Participant.objects.filter(ticket_id__in=every, person=person).values_list(
        "ticket_id", flat=True
    )
    # Who takes part in a ticket that was merged away goes on writing where it went.
    return frozenset(end_of(pk, below) for pk in (*requested, *joined))


def meant_ticket(clues: Clues, ticket: Ticket) -> int | None:
    """The merged ticket a mail was written to, where it goes on with `ticket`; the strongest evidence counts."""
    if not ticket.has_merged:
        return None
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    found = [ticket_of(value, secrets=secrets) for value in clues.answered_ids]
    ids = [value[:255] for value in clues.answered_ids]
    rows = MailReference.objects.filter(value__in=ids).select_related("message")
    below = merged_below([ticket.pk])
    found += [_meant_by(row, below) for row in rows.order_by("pk")]
    found += [ticket_of(value, secrets=secrets) for value in clues.plus_tokens]
    found += Ticket.objects.filter(number__in=clues.numbers).order_by("pk").values_list("pk", flat=True)
    named = next((pk for pk in found if pk == ticket.pk or pk in below), None)
    return named if named in below else None


def _meant_by(row: MailReference, below: Mapping[int, int]) -> int:
    """References stay with the ticket they came to; a message is where it was moved, unless a merge moved it."""
    message = row.message
    if message is None or (row.ticket_id in below and message.written_to_id is None):
        return row.ticket_id
    return message.written_to_id or message.ticket_id


def first_copy(mail: InboundMail) -> InboundMail | None:
    """The earlier arrival of the same mail in another mailbox."""
    if not mail.message_id:
        return None
    same = InboundMail.objects.filter(message_id=mail.message_id, sender=mail.sender, subject=mail.subject)
    earlier = same.filter(pk__lt=mail.pk).exclude(mailbox=mail.mailbox_id).order_by("pk")
    # Nearly every mail is the first: the wide row with all its joins is asked for only where there is one.
    found = earlier.values_list("pk", flat=True).first()
    return InboundMail.objects.complete().get(pk=found) if found is not None else None


def quarantined() -> QuerySet[InboundMail]:
    """What waits for a decision, newest first."""
    rows = InboundMail.objects.complete().filter(state=InboundState.QUARANTINED)
    return rows.order_by("-received_at", "-pk")


def mailbox_of_ticket(ticket: Ticket) -> Mailbox | None:
    """From which address a ticket is answered: where its mail came in, else its team's, else the default."""
    active = Mailbox.objects.without_secrets().filter(is_active=True)
    arrived = active.filter(inbound__ticket=ticket).order_by("inbound__pk").first()
    if arrived is not None:
        return arrived
    fitting = Q(team_id=ticket.team_id) if ticket.team_id else Q(pk__in=[])
    return active.filter(fitting).order_by("-is_default", "pk").first() or default_mailbox() or active.first()


def decisions_of(mail: InboundMail) -> list[tuple[str, str, str]]:
    """Name, evidence and result of every decision about a mail, in the reader's language."""
    shown = []
    for item in mail.decisions:
        step = item.get("step", "")
        evidence, result = _words(item.get("evidence", "")), _words(item.get("result", ""))
        if step == Step.THREAD:
            kind, _, value = item.get("evidence", "").partition(" ")
            evidence = f"{EVIDENCE.get(kind, kind)} {value}".strip()
        elif step == Step.UNDERSTOOD:
            evidence = "; ".join(note_in_words(note) for note in evidence.split("; "))
        elif step == Step.AWAY:
            evidence = day(date.fromisoformat(evidence))
        elif step == Step.AUTOMATIC:
            evidence, result = note_in_words(evidence), str(AUTOMATIC_KIND.get(result, result))
        shown.append((str(STEP.get(step, step)), evidence, result))
    return shown


def trust_in(mail: InboundMail) -> Trust:
    """What was found out about the sender of a mail when it was processed."""
    steps = (item["result"] for item in mail.decisions if item.get("step") == Step.TRUST)
    return Trust(next(steps, Trust.NOT_CHECKED))


def away_until_in(mail: InboundMail) -> date | None:
    """The last day of the absence that an out-of-office note tells of."""
    days = (item["evidence"] for item in mail.decisions if item.get("step") == Step.AWAY)
    return next((date.fromisoformat(one) for one in days), None)


def note_in_words(stored: str) -> str:
    """A stored note about a mail in the reader's language; pieces of the mail in it stay as they are."""
    for pattern, note in _NOTES:
        found = pattern.fullmatch(stored)
        if found is not None:
            pieces = {
                name: note_in_words(text) if name == "why" else text
                for name, text in found.groupdict().items()
            }
            return gettext(note) % pieces
    return stored


def _words(stored: str) -> str:
    """A stored word of the recorder, perhaps with a ticket number behind it; anything else stays as it is."""
    word, mark, number = stored.partition(" #")
    label = DECISION_WORDS.get(word)
    return f"{label}{mark}{number}" if label is not None else stored


def call_entered(viewer: Viewer, once: str) -> bool:
    """Whether this form of the viewer's has become a call already."""
    try:
        key = UUID(once)
    except ValueError:
        return False
    return Call.objects.filter(entered_by_id=viewer.person_id, once=key).exists()


def vendor_known(clues: Clues, subject: str, address: str) -> VendorKnown:
    """What the database knows about a mail that may belong into a vendor's thread."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    ids = [value[:255] for value in clues.answered_ids]
    rows = MailReference.objects.filter(value__in=ids, vendor_case__isnull=False)
    thread = dict(rows.values_list("value", "vendor_case_id")) if ids else {}
    vendor = vendor_of_sender(address)
    known = VendorKnown(
        case_of_token=lambda value: _case_of_message(vendor_message_of(value, secrets=secrets)),
        by_message_id=thread,
    )
    if vendor is None:
        return known
    person = find_by_email(address)
    tickets = _pointed_at(clues, known_about(clues, person))
    cases = VendorCase.objects.filter(vendor_id=vendor, ticket__in=tickets)
    return replace(
        known,
        tickets=tuple(tickets),
        # The newest case of a ticket, ongoing ones before others.
        by_ticket=dict(cases.order_by("is_ongoing", "opened_at", "pk").values_list("ticket_id", "pk")),
        by_their_number=_cases_named(vendor, subject),
        reads=_takes_part(person, tickets),
    )


def _pointed_at(clues: Clues, known: Known) -> list[int]:
    """Tickets that evidence of any kind leads to, strongest first."""
    found = [known.token_of(value) for value in (*clues.answered_ids, *clues.plus_tokens)]
    found += [known.by_message_id.get(value) for value in clues.answered_ids]
    found += [known.by_number.get(number) for number in clues.numbers]
    return list(dict.fromkeys(ticket for ticket in found if ticket is not None))


def _case_of_message(message_id: int | None) -> int | None:
    if message_id is None:
        return None
    return VendorMessage.objects.filter(pk=message_id).values_list("case_id", flat=True).first()


def _cases_named(vendor_id: int, subject: str) -> dict[str, int]:
    """Cases of the vendor whose own number stands in the subject, the newest one only."""
    rows = VendorCase.objects.filter(vendor_id=vendor_id).exclude(external_number="")
    vendor = Vendor.objects.get(pk=vendor_id)
    number = recognise(vendor.number_patterns, subject)
    newest = rows.order_by("-is_ongoing", "-opened_at")
    named = newest.filter(external_number__iexact=number).first() if number else None
    if named is None:
        ongoing = newest.filter(is_ongoing=True)[:MOST_CASES]
        named = next((case for case in ongoing if names_number(subject, case.external_number)), None)
    return {named.external_number: named.pk} if named else {}
