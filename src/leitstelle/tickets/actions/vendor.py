"""Cases at vendors: asking them, what they answer, where it stands. The ticket stays with its team.

Messages of these threads have the audience `vendor`: agents read them, nobody else ever does.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from leitstelle.accounts.choices import LevelRight
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.rules.patterns import LONGEST_NUMBER, recognise
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import lock_present_state, need_right, need_worker, record_on
from leitstelle.tickets.actions.conversation import add_message
from leitstelle.tickets.actions.status import continue_work
from leitstelle.tickets.choices import (
    ONGOING_VENDOR_STATES,
    Audience,
    Channel,
    Direction,
    VendorState,
    VendorVerb,
)
from leitstelle.tickets.errors import EmptyText, VendorNotUsable, VendorStepNotPossible
from leitstelle.tickets.events import VendorCaseMoved, VendorCaseOpened, VendorNumberNoted
from leitstelle.tickets.labels import VENDOR_STATE
from leitstelle.tickets.models import Message, Ticket, VendorCase, VendorMessage
from leitstelle.tickets.rules import vendor as rules
from leitstelle.tickets.rules.inputs import NewFile, NewMessage, NewRecipient
from leitstelle.tickets.rules.texts import clean_subject

WAITS_FOR_VENDOR = "waiting_vendor"


@dataclass(frozen=True, kw_only=True)
class NewVendorCase:
    """Whom to ask, under which contract, and the pack that is handed over.

    Without a mail address of the vendor the text is kept as what was said in their portal or on the telephone.
    """

    vendor: Vendor
    subject: str
    text: str
    contract: UnderpinningContract | None = None
    external_number: str = ""
    files: tuple[NewFile, ...] = ()


@unit()
def open_vendor_case(ticket: Ticket, new: NewVendorCase, *, by: Viewer, now: datetime) -> VendorCase:
    """Ask a vendor; the ticket keeps level, team and assignee. Agents. Records `VendorCaseOpened`, `MessageAdded`.

    Raises `NotAllowed`, `EmptyText`, `VendorNotUsable`.
    """
    need_worker(by, ticket)
    need_right(by, LevelRight.VENDOR)
    _check(new)
    contract = new.contract
    case = VendorCase.objects.create(
        ticket=ticket,
        vendor=new.vendor,
        contract=contract,
        subject=clean_subject(new.subject) or ticket.subject,
        mail_to=new.vendor.support_mail,
        external_number=new.external_number.strip()[:LONGEST_NUMBER],
        opened_at=now,
        opened_by_id=by.person_id,
        calendar_id=contract.calendar_id if contract else None,
        response_seconds=contract.response_seconds if contract else None,
        resolution_seconds=contract.resolution_seconds if contract else None,
    )
    data = VendorCaseOpened(
        case_id=case.pk, vendor_id=case.vendor_id, contract_id=contract.pk if contract else None
    )
    record_on(ticket, data, by=by, at=now)
    _note_on_ticket(ticket)
    write_to_vendor(case, new.text, by=by, now=now, files=new.files)
    return case


def _check(new: NewVendorCase) -> None:
    if not new.text.strip():
        raise EmptyText(fields={"text": EmptyText.default_message})
    if not new.vendor.is_active:
        raise VendorNotUsable(fields={"vendor": VendorNotUsable.default_message})
    if new.contract is not None and new.contract.vendor_id != new.vendor.pk:
        raise VendorNotUsable(fields={"contract": VendorNotUsable.default_message})


@unit()
def write_to_vendor(
    case: VendorCase,
    text: str,
    *,
    by: Viewer,
    now: datetime,
    files: tuple[NewFile, ...] = (),
    as_note: bool = False,
) -> Message:
    """Write to the vendor by mail, or keep what was said otherwise (`as_note`). Agents. Records `MessageAdded`.

    Who writes while the vendor waits for us gives the turn back to them. Raises `NotAllowed`, `EmptyText`.
    """
    ticket = case.ticket
    need_worker(by, ticket)
    need_right(by, LevelRight.VENDOR)
    if not text.strip() and not files:
        raise EmptyText(fields={"text": EmptyText.default_message})
    sent = bool(case.mail_to) and not as_note
    new = NewMessage(
        text=text,
        direction=Direction.OUTBOUND if sent else Direction.INTERNAL,
        channel=Channel.MAIL if sent else Channel.WORKSPACE,
        audience=Audience.VENDOR,
        author_id=by.person_id,
        author_is_agent=True,
        subject=case.subject,
        recipients=(NewRecipient(email=case.mail_to, name=case.vendor.name),) if sent else (),
        files=files,
    )
    message = _store(case, new, by=by, now=now)
    if sent:
        VendorCase.objects.filter(pk=case.pk).update(delivery_failed=False)
        if case.state == VendorState.OURS:
            _move(case, VendorVerb.CONTINUE, by=by, now=now)
    return message


@unit()
def receive_from_vendor(
    case: VendorCase, new: NewMessage, *, counts: bool, by: Viewer, now: datetime
) -> Message:
    """Keep a mail that came into the vendor's thread. Mail doors only. Records `MessageAdded`.

    Where it `counts` (the vendor wrote, not somebody else into the thread) their number is read from it, and a
    human answer moves the case and lets a ticket that waits for the vendor go on: `VendorNumberNoted`,
    `VendorCaseMoved`, `StatusChanged`.
    """
    if not by.is_system:
        raise NotAllowed()
    message = _store(case, new, by=by, now=now)
    _reload(case)
    if not counts:
        return message
    if not case.external_number:
        _set_number(
            case, recognise(case.vendor.number_patterns, new.subject, new.text), read=True, by=by, now=now
        )
    if new.automatic_kind:
        return message
    if case.answered_at is None:
        VendorCase.objects.filter(pk=case.pk).update(answered_at=message.at)
    if rules.destination(case.state, VendorVerb.ANSWER) is not None:
        _move(case, VendorVerb.ANSWER, by=by, now=now)
    if case.ticket.status_id == WAITS_FOR_VENDOR:
        continue_work(case.ticket, by=by, now=now)
    return message


@unit()
def move_vendor_case(
    case: VendorCase, verb: VendorVerb, *, by: Viewer, now: datetime, expected: int | None = None
) -> VendorCase:
    """Say where a case stands. Agents. Records `VendorCaseMoved`.

    `expected` is the version the person saw. Raises `NotAllowed`, `VendorStepNotPossible`.
    """
    need_worker(by, case.ticket)
    need_right(by, LevelRight.VENDOR)
    lock_present_state(case.ticket, now=now)
    _reload(case)
    if expected is not None and case.version != expected:
        raise VendorStepNotPossible(state=VENDOR_STATE[case.state])
    return _move(case, verb, by=by, now=now)


@unit()
def note_vendor_number(case: VendorCase, number: str, *, by: Viewer, now: datetime) -> VendorCase:
    """Note the number the vendor gave the case. Agents. Records `VendorNumberNoted`; raises `InvalidInput`."""
    need_worker(by, case.ticket)
    need_right(by, LevelRight.VENDOR)
    cleaned = " ".join(number.split())
    if len(cleaned) > LONGEST_NUMBER:
        raise InvalidInput(fields={"external_number": InvalidInput.default_message})
    _set_number(case, cleaned, read=False, by=by, now=now)
    return case


def end_vendor_cases(ticket: Ticket, *, ended: bool, by: Viewer, now: datetime) -> None:
    """Let cases follow a ticket that was solved: what the vendor has answered is solved too.

    Where the ticket has `ended`, what nobody answered is withdrawn. Records `VendorCaseMoved` each.
    """
    for case in ticket.vendor_cases.filter(is_ongoing=True).select_related("vendor"):
        case.ticket = ticket
        if case.state == VendorState.ANSWERED:
            _move(case, VendorVerb.SOLVE, by=by, now=now)
        elif ended:
            _move(case, VendorVerb.WITHDRAW, by=by, now=now)


def note_vendor_delivery(message: Message, *, failed: bool) -> None:
    """Mark the case of a message that did not reach the vendor; the caller records what happened."""
    if failed:
        VendorCase.objects.filter(messages__message=message).update(delivery_failed=True)


def _store(case: VendorCase, new: NewMessage, *, by: Viewer, now: datetime) -> Message:
    message = add_message(case.ticket, new, by=by, now=now)
    VendorMessage.objects.create(message=message, case=case)
    return message


def _reload(case: VendorCase) -> None:
    """Read what others have done to the case; its ticket stays the row that is being worked on."""
    ticket, vendor = case.ticket, case.vendor
    case.refresh_from_db()
    case.ticket, case.vendor = ticket, vendor


def _set_number(case: VendorCase, number: str, *, read: bool, by: Viewer, now: datetime) -> None:
    if number == case.external_number or (read and not number):
        return
    VendorCase.objects.filter(pk=case.pk).update(external_number=number, version=F("version") + 1)
    _reload(case)
    data = VendorNumberNoted(case_id=case.pk, vendor_id=case.vendor_id, read=read)
    record_on(case.ticket, data, by=by, at=now)


def _move(case: VendorCase, verb: VendorVerb, *, by: Viewer, now: datetime) -> VendorCase:
    before, after = case.state, rules.destination(case.state, verb)
    if after is None:
        raise VendorStepNotPossible(state=VENDOR_STATE[case.state])
    pauses = rules.pauses_after(case.pauses, after, now)
    if verb is VendorVerb.REOPEN and case.ended_at is not None:
        pauses = rules.without_break(pauses, case.ended_at, now)
    ongoing = after in ONGOING_VENDOR_STATES
    values = {
        "state": after,
        "is_ongoing": ongoing,
        "pauses": pauses,
        "ended_at": None if ongoing else now,
        "answered_at": case.answered_at or (now if verb is VendorVerb.ANSWER else None),
    }
    VendorCase.objects.filter(pk=case.pk).update(**values, version=F("version") + 1)
    _reload(case)
    _note_on_ticket(case.ticket)
    data = VendorCaseMoved(case_id=case.pk, vendor_id=case.vendor_id, verb=verb, before=before, after=after)
    record_on(case.ticket, data, by=by, at=now)
    return case


def _note_on_ticket(ticket: Ticket) -> None:
    """Bring the ticket's list column up to date with its cases."""
    states = VendorCase.objects.filter(ticket_id=ticket.pk).values_list("state", flat=True)
    ticket.vendor_state = rules.shown_state(states)
    Ticket.objects.filter(pk=ticket.pk).update(vendor_state=ticket.vendor_state)
