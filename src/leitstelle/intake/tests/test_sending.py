"""Mail that leaves: who sees whom, what is passed on, signatures, dead addresses. Traps: research, 4.1 to 4.3."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.actions import change_signature, suspend_contact_point
from leitstelle.accounts.models import ContactPoint
from leitstelle.accounts.tests.cast import as_agent
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.resending import send_again
from leitstelle.intake.errors import AddressSuspended, NothingFailed
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.blobs import read_blob, store
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.mail import OutboxMail, OutboxRecipient, retry_mail
from leitstelle.kernel.mail.choices import MailState, RecipientState
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import NewFile, NewRecipient, reply, report_delivery
from leitstelle.tickets.actions.answers import NewAnswer, send_answer
from leitstelle.tickets.choices import Audience, RecipientRole
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Desk:
    return make_desk()


@pytest.fixture
def box(people: Desk) -> Mailbox:
    return desk(sender_name="Service Desk", signature="Service Desk\nLeitstelle GmbH")


@pytest.fixture
def ticket(box: Mailbox) -> Ticket:
    found = take(box, mail(sender="Miriam Brandt <miriam.brandt@werk-nord.example>")).ticket
    assert found is not None
    return found


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    return InboundMail.objects.select_related("ticket", "entry").get(pk=accepted.pk)


def answered(
    ticket: Ticket, people: Desk, *, to: str = "miriam.brandt@werk-nord.example", **more: str
) -> OutboxMail:
    recipients = [NewRecipient(email=to)]
    recipients += [NewRecipient(email=address, role=RecipientRole(role)) for role, address in more.items()]
    reply(
        ticket, "Bitte neu starten.", recipients=tuple(recipients), by=people.as_agent(), now=timezone.now()
    )
    drain()
    return OutboxMail.objects.latest("pk")


def forwarded(ticket: Ticket, people: Desk, to: str = "hilfe@partner.example") -> OutboxMail:
    blob = store(b"%PDF-1.4 x")
    file = NewFile(blob_id=blob.pk, filename="bericht.pdf", content_type=blob.content_type, size=blob.size)
    new = NewAnswer(
        text="Könnt ihr das ansehen?",
        recipients=(NewRecipient(email=to),),
        forwarded=ticket.messages.select_related("body").earliest("pk"),
        subject="Fwd: Drucker",
        files=(file,),
    )
    send_answer(ticket, new, by=people.as_agent(), now=timezone.now())
    drain()
    return OutboxMail.objects.latest("pk")


def parsed(sent: OutboxMail) -> EmailMessage:
    return message_from_bytes(read_blob(sent.raw), policy=policy.default)


def text_of(sent: OutboxMail) -> str:
    part = parsed(sent).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_blind_copy_is_in_the_envelope_and_nowhere_else(ticket: Ticket, people: Desk) -> None:
    sent = answered(ticket, people, cc="karl.ort@werk-nord.example", bcc="chef@desk.example")
    assert {row.address for row in sent.recipients.all()} == {
        "miriam.brandt@werk-nord.example",
        "karl.ort@werk-nord.example",
        "chef@desk.example",
    }
    raw = read_blob(sent.raw)
    assert b"chef@desk.example" not in raw
    assert parsed(sent)["Cc"] == "karl.ort@werk-nord.example"
    assert parsed(sent)["Bcc"] is None


def test_who_got_a_blind_copy_answers_the_team_only(box: Mailbox, ticket: Ticket, people: Desk) -> None:
    sent = answered(ticket, people, bcc="chef@extern.example")
    back = mail(2, sender="chef@extern.example", headers=f"In-Reply-To: {sent.message_id}", text="Gut so.")
    heard = take(box, back)
    assert heard.ticket == ticket
    assert heard.entry is not None
    assert heard.entry.audience == Audience.INTERNAL
    openly = mail(
        3, sender="miriam.brandt@werk-nord.example", headers=f"In-Reply-To: {sent.message_id}", text="Ja."
    )
    entry = take(box, openly).entry
    assert entry is not None
    assert entry.audience == Audience.PUBLIC


def test_what_is_passed_on_stands_in_no_thread_of_the_requester(
    box: Mailbox, ticket: Ticket, people: Desk
) -> None:
    sent = forwarded(ticket, people)
    letter = parsed(sent)
    assert (letter["Subject"], letter["To"], letter["In-Reply-To"], letter["References"]) == (
        "Fwd: Drucker",
        "hilfe@partner.example",
        None,
        None,
    )
    assert "Der Drucker im Flur druckt nicht." in text_of(sent)
    assert [part.get_filename() for part in letter.iter_attachments()] == ["bericht.pdf"]
    colleague = mail(
        4, sender="kollege@partner.example", headers=f"In-Reply-To: {sent.message_id}", text="Ist bekannt."
    )
    entry = take(box, colleague).entry
    assert entry is not None
    assert (entry.ticket_id, entry.audience) == (ticket.pk, Audience.INTERNAL)


def test_the_signature_is_the_senders_and_added_at_sending(ticket: Ticket, people: Desk) -> None:
    """Trap 31: a draft or text taken over by a colleague goes out with the colleague's signature."""
    change_signature(people.agent, "Jonas Wendt\nService Desk, 030 1234", by=as_agent(people.agent), now=NOW)
    change_signature(people.expert, "Mareike Thomsen", by=as_agent(people.expert), now=NOW)
    text = text_of(answered(ticket, people))
    assert "-- \nJonas Wendt\nService Desk, 030 1234\nService Desk\nLeitstelle GmbH" in text
    assert "Jonas Wendt" not in Message.objects.latest("pk").body.text
    reply(
        ticket, "Noch etwas.", recipients=(NewRecipient(email="miriam.brandt@werk-nord.example"),),
        by=people.as_expert(), now=timezone.now(),
    )  # fmt: skip
    drain()
    text = text_of(OutboxMail.objects.latest("pk"))
    assert "-- \nMareike Thomsen\nService Desk" in text
    assert "Jonas" not in text


def test_dead_addresses_get_nothing_and_the_message_says_so(ticket: Ticket, people: Desk) -> None:
    """Trap 4: mail that came back for good suspends the address on all paths, answers of people included."""
    point = ContactPoint.objects.get(normalised="karl.ort@werk-nord.example")
    suspend_contact_point(point, reason="5.1.1", by=Viewer.system(), now=NOW)
    sent = answered(ticket, people, cc="karl.ort@werk-nord.example")
    assert [row.address for row in sent.recipients.all()] == ["miriam.brandt@werk-nord.example"]
    row = Message.objects.latest("pk").recipients.get(role="cc")
    assert row.delivery_state == "failed"
    assert "came back" in row.delivery_detail
    assert "karl.ort" not in read_blob(sent.raw).decode()


def test_the_desk_does_not_write_to_itself(box: Mailbox, ticket: Ticket, people: Desk) -> None:
    """Trap 6: the desk's own addresses are no recipients."""
    sent = answered(ticket, people, cc=box.address)
    assert [row.address for row in sent.recipients.all()] == ["miriam.brandt@werk-nord.example"]


def test_mail_is_recognised_as_ours_and_of_people(ticket: Ticket, people: Desk) -> None:
    """Trap 2: own mail carries an unguessable id and mark; only mail no person wrote says that it is automatic."""
    letter = parsed(answered(ticket, people))
    assert letter["X-Leitstelle-Origin"]
    assert letter["Auto-Submitted"] is None
    assert letter["X-Auto-Response-Suppress"] is None
    assert str(ticket.number) not in letter["Message-ID"]


def test_every_try_has_the_same_id_and_an_unknown_result_is_shown(ticket: Ticket, people: Desk) -> None:
    sent = answered(ticket, people)
    sent.recipients.update(state=RecipientState.UNKNOWN)
    OutboxMail.objects.filter(pk=sent.pk).update(state=MailState.UNKNOWN)
    before = read_blob(sent.raw)
    retry_mail(OutboxMail.objects.get(pk=sent.pk), actor=people.as_agent().actor, now=timezone.now())
    again = OutboxMail.objects.get(pk=sent.pk)
    assert (again.message_id, read_blob(again.raw)) == (sent.message_id, before)


# --- again ---


def failed(sent: OutboxMail, address: str = "miriam.brandt@werk-nord.example") -> Message:
    """The message of a mail that a server refused for good."""
    sent.recipients.filter(address=address).update(state=RecipientState.FAILED)
    OutboxMail.objects.filter(pk=sent.pk).update(state=MailState.FAILED)
    message = Message.objects.select_related("ticket").latest("pk")
    report_delivery(
        message, state="failed", detail="550 no", email=address, by=Viewer.system(), now=timezone.now()
    )
    return message


def test_a_failed_message_is_sent_again_as_the_same_mail(
    ticket: Ticket, people: Desk, client: Client
) -> None:
    sent = answered(ticket, people, cc="karl.ort@werk-nord.example")
    OutboxRecipient.objects.filter(mail=sent).update(state=RecipientState.SENT)
    before = read_blob(sent.raw)
    message = failed(sent)
    ticket.refresh_from_db()
    assert ticket.delivery_failed
    client.force_login(people.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("tickets:ticket", args=[ticket.public_id])
    again = reverse("intake:send-again", args=[message.public_id])
    assert again in client.get(page).content.decode()
    assert client.post(again).status_code == 303
    mail = OutboxMail.objects.get(pk=sent.pk)
    assert (mail.message_id, read_blob(mail.raw)) == (sent.message_id, before)
    states = dict(mail.recipients.values_list("address", "state"))
    assert states == {"miriam.brandt@werk-nord.example": "queued", "karl.ort@werk-nord.example": "sent"}
    released = events_for(Subject("ticket", ticket.pk)).filter(code="mail.released").get()
    assert released.actor_id == str(people.agent.pk)
    assert not Ticket.objects.get(pk=ticket.pk).delivery_failed
    assert again not in client.get(page).content.decode()
    with pytest.raises(NothingFailed):
        send_again(message, by=people.as_agent(), now=timezone.now())


def test_only_who_works_on_the_ticket_sends_again(ticket: Ticket, people: Desk) -> None:
    message = failed(answered(ticket, people))
    for viewer in (people.as_requester(), Viewer.guest()):
        with pytest.raises(NotAllowed):
            send_again(message, by=viewer, now=timezone.now())


def test_a_suspended_address_is_cleared_first(ticket: Ticket, people: Desk, client: Client) -> None:
    point = ContactPoint.objects.get(normalised="karl.ort@werk-nord.example")
    suspend_contact_point(point, reason="5.1.1", by=Viewer.system(), now=NOW)
    sent = answered(ticket, people, cc="karl.ort@werk-nord.example")
    OutboxRecipient.objects.filter(mail=sent).update(state=RecipientState.SENT)
    OutboxMail.objects.filter(pk=sent.pk).update(state=MailState.SENT)
    message = Message.objects.latest("pk")
    with pytest.raises(AddressSuspended):
        send_again(message, by=people.as_agent(), now=timezone.now())
    client.force_login(people.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    assert "Clear and try again" in page
    client.post(reverse("intake:send-again", args=[message.public_id]), {"clear": "1"})
    point.refresh_from_db()
    assert point.suspended_at is None
    assert dict(sent.recipients.values_list("address", "state"))["karl.ort@werk-nord.example"] == "queued"


def test_a_message_that_never_became_a_mail_becomes_one(ticket: Ticket, people: Desk) -> None:
    point = ContactPoint.objects.get(normalised="miriam.brandt@werk-nord.example")
    suspend_contact_point(point, reason="5.1.1", by=Viewer.system(), now=NOW)
    recipients = (NewRecipient(email="miriam.brandt@werk-nord.example"),)
    message = reply(ticket, "Bitte.", recipients=recipients, by=people.as_agent(), now=timezone.now())
    drain()
    assert not OutboxMail.objects.exists()
    message = Message.objects.select_related("ticket__requester", "body", "author").get(pk=message.pk)
    send_again(message, by=people.as_lead(), now=timezone.now(), clear=True)
    assert [row.address for row in OutboxMail.objects.get().recipients.all()] == [
        "miriam.brandt@werk-nord.example"
    ]


def test_30_an_attached_mail_leaves_as_it_came(ticket: Ticket, people: Desk) -> None:
    """Trap 30: no byte of a mail that is passed on may change, or the signature inside fits no more."""
    raw = (
        b"From: a@b.example\r\nSubject: Signiert\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n"
    )
    raw += "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße \r\n\r\n--b--\r\n".encode()
    blob = store(raw, declared_type="message/rfc822")
    file = NewFile(blob_id=blob.pk, filename="alt.eml", content_type="message/rfc822", size=blob.size)
    new = NewAnswer(text="Siehe unten.", recipients=(NewRecipient(email="a@b.example"),), files=(file,))
    send_answer(ticket, new, by=people.as_agent(), now=timezone.now())
    drain()
    (part,) = parsed(OutboxMail.objects.latest("pk")).iter_attachments()
    assert part.get_filename() == "alt.eml"
    assert part.get_payload(decode=True) == raw
