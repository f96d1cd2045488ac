"""Events, signatures, keys, forwarded mail and other desks' numbers, from raw mail to the page of a ticket."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import email, make_administrator
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.mail_keys import add_mail_key
from leitstelle.intake.errors import KeyKnown, KeyUnreadable
from leitstelle.intake.models import ExternalNumber, InboundMail, Mailbox, MailEvent, MailKey
from leitstelle.intake.rules.mail.foreign import foreign_numbers, who_uses
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.intake.tests.test_mail_contents import INNER, INVITATION, ROOT, certificate, opaque, signed
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Ticket

pytestmark = pytest.mark.django_db
SYSTEM = Viewer.system()


@pytest.fixture
def box() -> Mailbox:
    return desk()


@pytest.fixture
def admin(box: Mailbox) -> Person:
    return make_administrator("Anja", email("anja@x.example", primary=True))


@pytest.fixture
def client_of_admin(admin: Person) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    accepted.refresh_from_db()
    assert accepted.state == "processed", (accepted.reason_code, accepted.reason_detail)
    return accepted


def invitation(number: int, text: str, method: str = "REQUEST", sender: str = "jm@kunde.example") -> bytes:
    head = f"From: {sender}\r\nTo: support@leitstelle.example\r\nSubject: Termin\r\nMessage-ID: <i{number}@x>\r\n"
    head += f"MIME-Version: 1.0\r\nContent-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n"
    return (head + text.replace("REQUEST", method)).encode()


def shown(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()


def test_an_invitation_is_an_event_and_its_cancellation_finds_it(
    box: Mailbox, client_of_admin: Client
) -> None:
    """Trap 24: matched by UID where the sender takes part, told by SEQUENCE."""
    ticket = take(box, invitation(1, INVITATION)).ticket
    assert ticket is not None
    page = shown(client_of_admin, ticket)
    assert "Wartung, Serverund Netz" in page
    assert "10:00" in page
    assert "Raum 1" in page
    take(box, invitation(2, INVITATION.replace("SEQUENCE:2", "SEQUENCE:3"), "CANCEL"))
    assert Ticket.objects.count() == 1
    assert "It was cancelled later." in shown(client_of_admin, ticket)
    take(box, invitation(3, INVITATION, sender="fremd@anders.example"))
    assert Ticket.objects.count() == 2
    assert MailEvent.objects.count() == 3


def test_events_need_no_query_per_message(box: Mailbox, client_of_admin: Client) -> None:
    ticket = take(box, invitation(1, INVITATION)).ticket
    assert ticket is not None
    shown(client_of_admin, ticket)
    counts = []
    for number in range(2, 8):
        if number in (3, 7):
            with connection.execute_wrapper(counter := Counter()):
                shown(client_of_admin, ticket)
            counts.append(counter.count)
        take(box, invitation(number, INVITATION.replace("SEQUENCE:2", f"SEQUENCE:{number}")))
    assert counts[1] <= counts[0] + 1


class Counter:
    """Counts statements."""

    count = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.count += 1
        return execute(sql, params, many, context)


def test_a_signature_is_shown_with_what_it_is_worth(box: Mailbox, client_of_admin: Client) -> None:
    """Trap 29."""
    ticket = take(box, opaque(signed())).ticket
    assert ticket is not None
    assert "Unterschrieben: ä" in shown(client_of_admin, ticket)
    assert "Signed, signer not known: jm@kunde.example" in shown(client_of_admin, ticket)
    root = certificate(ROOT, ca=True)[0].public_bytes(serialization.Encoding.PEM)
    add_mail_key(root, by=SYSTEM, now=NOW)
    again = opaque(signed()).replace(b"<c1@", b"<c2@").replace(b"Subject: x", b"Subject: y")
    second = take(box, again).ticket
    assert second is not None
    assert "Signature verified: jm@kunde.example" in shown(client_of_admin, second)


def sealed(number: int) -> bytes:
    mine = certificate("Postfach")[0]
    der = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(INNER)
        .add_recipient(mine)
        .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )
    return opaque(der).replace(b"<c1@", b"<s%d@" % number)


def test_sealed_mail_is_opened_by_the_key_of_its_mailbox(box: Mailbox, client_of_admin: Client) -> None:
    """Trap 29: without a key the mail is a ticket all the same."""
    closed = take(box, sealed(1))
    assert closed.entry is not None
    assert any(step["result"] == "no key opens it" for step in closed.decisions)
    mine, key = certificate("Postfach")
    secret = serialization.BestAvailableEncryption(b"geheim")
    file = pkcs12.serialize_key_and_certificates(b"x", key, mine, None, secret)
    page = reverse("intake:mail-keys")
    upload = {"file": SimpleUploadedFile("key.p12", file), "mailbox": box.pk, "password": "falsch"}
    assert client_of_admin.post(page, upload).status_code == 422
    upload = {"file": SimpleUploadedFile("key.p12", file), "mailbox": box.pk, "password": "geheim"}
    assert client_of_admin.post(page, upload).status_code == 303
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM intake_mailkey")
        assert "PRIVATE KEY" not in cursor.fetchone()[0]
    assert "PRIVATE KEY" not in client_of_admin.get(page).content.decode()
    opened = take(box, sealed(2))
    assert opened.entry is not None
    assert opened.entry.body.text.strip() == "Unterschrieben: ä"
    row = MailKey.objects.get()
    assert client_of_admin.post(reverse("intake:mail-key-remove", args=[row.pk])).status_code == 303
    assert not MailKey.objects.exists()


def test_refusals_of_keys(box: Mailbox) -> None:
    root = certificate(ROOT, ca=True)[0].public_bytes(serialization.Encoding.PEM)
    with pytest.raises(NotAllowed):
        add_mail_key(root, by=Viewer.guest(), now=NOW)
    with pytest.raises(KeyUnreadable):
        add_mail_key(b"nichts", by=SYSTEM, now=NOW)
    with pytest.raises(KeyUnreadable):
        add_mail_key(root, mailbox=box, by=SYSTEM, now=NOW)
    add_mail_key(root, by=SYSTEM, now=NOW)
    with pytest.raises(KeyKnown):
        add_mail_key(root, by=SYSTEM, now=NOW)


def test_who_wrote_a_forwarded_mail_becomes_requester_in_one_click(
    box: Mailbox, client_of_admin: Client
) -> None:
    """Trap 18."""
    text = "Bitte kümmern\n\n-----Ursprüngliche Nachricht-----\nVon: Ina Roth <ina@kunde.example>\nGesendet: Freitag\n"
    taken = take(box, mail(1, subject="WG: Drucker", text=text + "An: JM\nBetreff: Drucker\n\nEr klemmt."))
    assert taken.ticket is not None
    assert "Ina Roth" in shown(client_of_admin, taken.ticket)
    assert client_of_admin.post(reverse("intake:forwarded", args=[taken.public_id])).status_code == 303
    taken.ticket.refresh_from_db()
    assert taken.ticket.requester is not None
    assert taken.ticket.requester.display_name == "Ina Roth"


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("INC0012345 - Drucker", ("INC0012345",)),
        ("AW: [OPS-4711] Drucker", ("OPS-4711",)),
        ("Re: NETZ-12 VPN", ("NETZ-12",)),
        ("[Ticket#2026112010000012] Drucker", ("2026112010000012",)),
        ("[Request ID :##1234##] : Drucker", ("1234",)),
        ("Fehler UTF-8 in ISO-9001", ()),
        ("Drucker [#10427]", ()),
    ],
)
def test_other_desks_numbers_are_known_by_their_form(subject: str, numbers: tuple[str, ...]) -> None:
    """Trap 7."""
    assert foreign_numbers(subject) == numbers


def test_another_desk_s_number_leads_back_for_that_desk_only(box: Mailbox, client_of_admin: Client) -> None:
    """Trap 7: without any reference to our mail."""
    first = take(box, mail(1, sender="desk@partner.example", subject="INC0012345 Leitung gestört"))
    back = take(box, mail(2, sender="andere@partner.example", subject="Neues zu INC0012345"))
    assert back.ticket == first.ticket
    foreign = take(box, mail(3, sender="jm@kunde.example", subject="INC0012345"))
    assert foreign.ticket != first.ticket
    assert (
        ExternalNumber.objects.filter(ticket=first.ticket).values_list("sender", flat=True).get()
        == "partner.example"
    )
    assert who_uses("a@gmail.com") == "a@gmail.com"


def test_a_named_ticket_is_offered_and_moved_to_in_one_click(box: Mailbox, client_of_admin: Client) -> None:
    """Trap 12: a number alone is no right, but a hint."""
    first = take(box, mail(1)).ticket
    assert first is not None
    other = take(box, mail(2, sender="fremd@anders.example", subject=f"Zu [#{first.number}]"))
    assert other.ticket is not None
    assert other.ticket != first
    page = shown(client_of_admin, other.ticket)
    assert f"belong to #{first.number}?" in page
    here = reverse("intake:belongs", args=[other.public_id])
    assert client_of_admin.post(here).status_code == 303
    assert first.messages.count() == 1  # it is all its ticket has: the two are linked
    assert other.ticket.links_out.exists() or other.ticket.links_in.exists()
    take(box, mail(3, sender="fremd@anders.example", headers="In-Reply-To: <mail-2@kunde.example>"))
    assert client_of_admin.post(here).status_code == 303
    assert first.messages.count() == 2
