"""Mail to and from vendors: answers come into the vendor's thread, however they are sent, and into no other."""

from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import (
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_agent,
    make_person,
    make_team,
)
from leitstelle.calendars.queries import default_calendar
from leitstelle.contracts import actions as contracts
from leitstelle.contracts.models import Vendor
from leitstelle.intake.actions import accept_raw, process_mail, send_to_vendor
from leitstelle.intake.models import InboundMail, Mailbox, MailReference
from leitstelle.intake.rules.mail.token import make_message_id
from leitstelle.intake.tests.factories import ADDRESS, NOW, desk, mail
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience, Channel, Direction, VendorState, VendorVerb
from leitstelle.tickets.models import Message, Ticket, VendorCase
from leitstelle.tickets.policies import searchable, visible_attachments, visible_messages
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.rules.inputs import NewMessage

LATER = NOW + timedelta(hours=2)
SECRET = "Gimpelgeheimnis"


@pytest.fixture
def agent(db: None) -> Viewer:
    desk()
    person = make_agent("Jonas Wendt", email("jonas@desk.example"))
    make_team("Service Desk", person)
    return as_agent(person)


@pytest.fixture
def vendor(agent: Viewer) -> Vendor:
    new = contracts.VendorInput(
        name="Scanwerk", support_mail="support@scanwerk.example", number_patterns=[r"SW-\d{6,8}"]
    )
    vendor = contracts.add_vendor(new, by=SYSTEM, now=NOW)
    promised = contracts.ContractInput(
        name="Wartung", calendar=default_calendar(), valid_from=date(2026, 1, 1), response_seconds=14_400
    )
    contracts.add_contract(vendor, promised, by=SYSTEM, now=NOW)
    return vendor


@pytest.fixture
def requester(agent: Viewer) -> Person:
    return make_person("Jürgen Müller", email("jm@kunde.example"))


@pytest.fixture
def ticket(agent: Viewer, requester: Person) -> Ticket:
    new = actions.NewTicket(subject="Scanner defekt", channel=Channel.MAIL, requester_id=requester.pk)
    first = NewMessage(
        text="Er scannt nicht.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=requester.pk,
        rfc_message_id="first@kunde.example",
    )
    ticket = actions.open_ticket(new, first, by=as_requester(requester), now=NOW)
    MailReference.objects.create(value="first@kunde.example", ticket=ticket)
    return ticket


@pytest.fixture
def case(ticket: Ticket, vendor: Vendor, agent: Viewer) -> VendorCase:
    new = actions.NewVendorCase(
        vendor=vendor, subject="Scanner X", text=f"Bitte prüfen. {SECRET}", contract=vendor.contracts.get()
    )
    case = actions.open_vendor_case(ticket, new, by=agent, now=NOW)
    drain(NOW)
    return case


def sent(case: VendorCase) -> OutboxMail:
    message = Message.objects.filter(vendor_message__case=case, direction=Direction.OUTBOUND).latest("pk")
    return OutboxMail.objects.get(message_id=f"<{message.rfc_message_id}>")


def spoken(out: OutboxMail) -> str:
    """Headers and texts of a mail as its reader sees them."""
    parsed = message_from_bytes(read_blob(out.raw), policy=default)
    texts = [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(str(value) for value in parsed.values()), *texts])


def receive(raw: bytes) -> InboundMail:
    box = Mailbox.objects.get(address=ADDRESS)
    found = process_mail(accept_raw(box, raw, received_at=LATER, source="test", now=LATER), now=LATER)
    assert found.state == "processed", (found.state, found.reason_detail, found.error_trace)
    drain(LATER)
    return found


def answer(case: VendorCase, number: int = 50, **more: str) -> bytes:
    headers = more.pop("headers", f"In-Reply-To: {sent(case).message_id}")
    return mail(
        number,
        **{
            "sender": "Scanwerk Support <support@scanwerk.example>",
            "subject": "AW: Scanner X",
            "text": f"Wir haben SW-4711001 angelegt. {SECRET}",
            "headers": headers,
            **more,
        },
    )


def entry(found: InboundMail) -> Message:
    assert found.entry is not None
    return found.entry


def nobody_else_reads(ticket: Ticket, requester: Person) -> None:
    """What the requester may read, find and fetch holds nothing of the vendor's thread."""
    viewer = as_requester(requester)
    assert not visible_messages(viewer).exclude(audience=Audience.PUBLIC).exists()
    texts = visible_messages(viewer).filter(ticket=ticket).values_list("body__text", flat=True)
    assert all(SECRET not in text for text in texts)
    assert not visible_attachments(viewer).filter(message__audience=Audience.VENDOR).exists()
    assert not search(SECRET, {"ticket": searchable(viewer)}).hits
    for out in OutboxMail.objects.filter(recipients__address__iexact="jm@kunde.example"):
        assert SECRET not in spoken(out)


def test_a_case_goes_to_the_vendor_alone_and_the_ticket_stays_ours(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    before = Ticket.objects.get(pk=ticket.pk)
    out = sent(case)
    assert list(out.recipients.values_list("address", flat=True)) == ["support@scanwerk.example"]
    assert "first@kunde.example" not in spoken(out)
    assert SECRET in spoken(out)
    assert f"[#{ticket.number}]" in out.subject
    assert (before.team_id, before.level_id, before.assignee_id) == (ticket.team_id, ticket.level_id, None)
    assert (before.vendor_state, case.response_seconds) == (VendorState.OPEN, 14_400)
    assert before.first_response_at is None
    assert before.last_agent_message_at is None
    nobody_else_reads(ticket, requester)


def test_an_answer_lands_in_the_thread_and_their_number_is_read(
    case: VendorCase, ticket: Ticket, requester: Person, agent: Viewer
) -> None:
    actions.wait_for(ticket, "waiting_vendor", reason="Ersatzteil", by=agent, now=NOW)
    before = Ticket.objects.get(pk=ticket.pk).last_requester_message_at
    found = receive(answer(case))
    case.refresh_from_db()
    ticket.refresh_from_db()
    assert entry(found).audience == Audience.VENDOR
    assert (case.external_number, case.state) == ("SW-4711001", VendorState.ANSWERED)
    assert case.answered_at == LATER
    assert (ticket.vendor_state, ticket.status_id) == (VendorState.ANSWERED, "in_progress")
    assert ticket.last_requester_message_at == before
    assert not Person.objects.filter(contact_points__normalised="support@scanwerk.example").exists()
    nobody_else_reads(ticket, requester)


@pytest.mark.parametrize(
    "sender", ["Eva <eva@scanwerk.example>", "Eva <eva@mail.scanwerk.example>", "x@partner.example"]
)
def test_answers_from_other_addresses_find_the_thread_by_the_token(
    case: VendorCase, ticket: Ticket, requester: Person, sender: str
) -> None:
    assert entry(receive(answer(case, sender=sender))).audience == Audience.VENDOR
    nobody_else_reads(ticket, requester)


def test_a_reply_to_all_that_answers_the_public_mail_lands_in_the_thread(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    raw = answer(
        case,
        headers="In-Reply-To: <first@kunde.example>\nCc: jm@kunde.example",
        sender="eva@scanwerk.example",
    )
    assert entry(receive(raw)).audience == Audience.VENDOR
    later = mail(60, headers="In-Reply-To: <first@kunde.example>", text="Noch eine Frage.")
    assert entry(receive(later)).audience == Audience.PUBLIC
    nobody_else_reads(ticket, requester)


def test_their_number_in_the_subject_is_enough_for_the_vendor_and_for_nobody_else(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    receive(answer(case))
    own = receive(answer(case, 51, headers="", subject="[SW-4711001] Termin", sender="eva@scanwerk.example"))
    assert (entry(own).ticket_id, entry(own).audience) == (ticket.pk, Audience.VENDOR)
    stranger = receive(
        answer(case, 52, headers="", subject="SW-4711001", sender="wer@anderswo.example", text="?")
    )
    assert entry(stranger).ticket_id != ticket.pk


def test_our_number_in_the_subject_is_enough_for_the_vendor(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    raw = answer(case, headers="Auto-Submitted: auto-replied", subject=f"Ihre Anfrage [#{ticket.number}]")
    found = entry(receive(raw))
    case.refresh_from_db()
    assert (found.ticket_id, found.audience) == (ticket.pk, Audience.VENDOR)
    # A receipt is no answer, but it brings the number.
    assert (case.external_number, case.state, case.answered_at) == ("SW-4711001", VendorState.OPEN, None)
    nobody_else_reads(ticket, requester)


def test_who_answers_an_answer_of_theirs_stays_in_the_thread(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    receive(answer(case, 50))
    raw = mail(70, headers="In-Reply-To: <mail-50@kunde.example>", text=f"Was heißt das? {SECRET}")
    found = entry(receive(raw))
    case.refresh_from_db()
    assert found.audience == Audience.VENDOR
    nobody_else_reads(ticket, requester)


def test_a_bounce_of_a_mail_to_the_vendor_is_none_of_the_requesters(
    case: VendorCase, ticket: Ticket, requester: Person
) -> None:
    own = sent(case).message_id
    raw = (
        "From: mailer-daemon@leitstelle.example\r\nTo: support@leitstelle.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <bounce-1@leitstelle.example>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nNicht zugestellt. {SECRET}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; support@scanwerk.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {own}\r\nSubject: x\r\n\r\n{SECRET}\r\n--b--\r\n"
    ).encode()
    found = receive(raw)
    case.refresh_from_db()
    ticket.refresh_from_db()
    assert entry(found).audience == Audience.VENDOR
    assert case.delivery_failed
    assert not ticket.delivery_failed
    nobody_else_reads(ticket, requester)


def test_a_forged_token_opens_no_thread(case: VendorCase, ticket: Ticket) -> None:
    forged = make_message_id(ticket.pk, f"v{case.messages.get().pk}", secret="wrong", domain="x.example")
    raw = mail(80, headers=f"In-Reply-To: <{forged}>", sender="wer@anderswo.example", text="Hallo")
    assert entry(receive(raw)).ticket_id != ticket.pk


def test_two_vendors_do_not_read_each_other(case: VendorCase, ticket: Ticket, agent: Viewer) -> None:
    other = contracts.add_vendor(
        contracts.VendorInput(name="Netzwerk AG", support_mail="hilfe@netz.example"), by=SYSTEM, now=NOW
    )
    receive(answer(case))
    second = actions.open_vendor_case(
        ticket, actions.NewVendorCase(vendor=other, subject="Netz", text="Bitte prüfen."), by=agent, now=LATER
    )
    drain(LATER)
    out = sent(second)
    assert list(out.recipients.values_list("address", flat=True)) == ["hilfe@netz.example"]
    assert sent(case).message_id not in spoken(out)
    assert SECRET not in spoken(out)
    raw = answer(second, 90, sender="hilfe@netz.example", text="Leitung geprüft.")
    assert entry(receive(raw)).vendor_message.case == second


def test_the_requester_is_answered_from_the_public_conversation_alone(
    case: VendorCase, ticket: Ticket, requester: Person, agent: Viewer
) -> None:
    receive(answer(case))
    actions.reply(ticket, "Wir warten noch.", recipients=reply_recipients(ticket), by=agent, now=LATER)
    drain(LATER)
    out = OutboxMail.objects.get(recipients__address__iexact="jm@kunde.example")
    assert "first@kunde.example" in spoken(out)
    assert "mail-50@kunde.example" not in spoken(out)
    assert sent(case).message_id not in spoken(out)
    nobody_else_reads(ticket, requester)


def test_writing_gives_the_turn_back_and_a_note_is_not_sent(case: VendorCase, agent: Viewer) -> None:
    actions.move_vendor_case(case, VendorVerb.OWE, by=agent, now=LATER)
    mails = OutboxMail.objects.count()
    actions.write_to_vendor(case, "Am Telefon: Teil kommt.", by=agent, now=LATER, as_note=True)
    drain(LATER)
    assert (OutboxMail.objects.count(), case.state) == (mails, VendorState.OURS)
    actions.write_to_vendor(case, "Hier das Protokoll.", by=agent, now=LATER)
    drain(LATER)
    case.refresh_from_db()
    assert (OutboxMail.objects.count(), case.state) == (mails + 1, VendorState.OPEN)
    message = Message.objects.filter(vendor_message__case=case).latest("pk")
    assert send_to_vendor(message, now=LATER) is None
