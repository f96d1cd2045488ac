"""Reads of intake: which mailbox, what is known about ids and numbers, what waits in quarantine."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from leitstelle.accounts.models import Person
from leitstelle.intake.choices import InboundState, MailboxFetch, Step
from leitstelle.intake.labels import AUTOMATIC_KIND, DECISION_WORDS, EVIDENCE, NOTES, STEP
from leitstelle.intake.models import InboundMail, Mailbox, MailReference
from leitstelle.intake.rules.mail.threading import Clues, Known
from leitstelle.intake.rules.mail.token import ticket_of
from leitstelle.tickets.models import Participant, Ticket
from leitstelle.tickets.queries import by_number, living

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
    boxes = Mailbox.objects.without_secrets().filter(is_active=True, fetch=MailboxFetch.IMAP)
    return list(boxes.order_by("pk"))


def known_about(clues: Clues, sender: Person | None) -> Known:
    """What the database knows about the evidence of a mail."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    numbers = {number: ticket.pk for number in clues.numbers if (ticket := by_number(number)) is not None}
    return Known(
        token_of=lambda value: _existing(ticket_of(value, secrets=secrets)),
        by_message_id=tickets_by_id(clues.answered_ids),
        by_number=numbers,
        takes_part=_takes_part(sender, numbers.values()),
    )


def _existing(pk: int | None) -> int | None:
    ticket = Ticket.objects.filter(pk=pk).first() if pk is not None else None
    return living(ticket).pk if ticket else None


def tickets_by_id(message_ids: Iterable[str]) -> dict[str, int]:
    """Ticket per known Message-ID. Ids of real messages count before ids that were only referred to."""
    found: dict[str, int] = {}
    rows = MailReference.objects.filter(value__in=[value[:255] for value in message_ids])
    known = rows.select_related("ticket__merged_into")
    for row in sorted(known, key=lambda row: (row.message_id is not None, row.ticket_id)):
        found[row.value] = living(row.ticket).pk
    return found


def _takes_part(person: Person | None, tickets: Iterable[int]) -> frozenset[int]:
    if person is None:
        return frozenset()
    ids = list(tickets)
    requested = Ticket.objects.filter(pk__in=ids, requester=person).values_list("pk", flat=True)
    joined = Participant.objects.filter(ticket_id__in=ids, person=person).values_list("ticket_id", flat=True)
    return frozenset(requested) | frozenset(joined)


def first_copy(mail: InboundMail) -> InboundMail | None:
    """The earlier arrival of the same mail in another mailbox."""
    if not mail.message_id:
        return None
    same = InboundMail.objects.complete().filter(
        message_id=mail.message_id, sender=mail.sender, subject=mail.subject
    )
    return same.filter(pk__lt=mail.pk).exclude(mailbox=mail.mailbox_id).order_by("pk").first()


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
        elif step == Step.AUTOMATIC:
            evidence, result = note_in_words(evidence), str(AUTOMATIC_KIND.get(result, result))
        shown.append((str(STEP.get(step, step)), evidence, result))
    return shown


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
