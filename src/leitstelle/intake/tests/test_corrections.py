"""Corrections of the flight recorder and spam by the server's word."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.models import ContactPoint
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.actions.corrections import move_mail, not_this_person, own_ticket
from leitstelle.intake.actions.spam import forget_spam, no_spam
from leitstelle.intake.choices import InboundState
from leitstelle.intake.errors import NotCorrectable
from leitstelle.intake.models import InboundMail, Mailbox, MailCorrection
from leitstelle.intake.rules.mail.spam import spam_verdict
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, events_for
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.work import drain
from leitstelle.tickets.actions import NewRecipient, reply
from leitstelle.tickets.errors import NotMovable
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db
SENDER = "Miriam Brandt <miriam.brandt@werk-nord.example>"


@pytest.fixture
def people() -> Desk:
    return make_desk()


@pytest.fixture
def box(people: Desk) -> Mailbox:
    return desk()


def take(box: Mailbox, raw: bytes) -> InboundMail:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    return InboundMail.objects.select_related("ticket__status", "entry", "mailbox", "raw").get(pk=accepted.pk)


@pytest.fixture
def talk(box: Mailbox, people: Desk) -> tuple[Ticket, str, InboundMail]:
    """A ticket, our answer, and a mail that answers it with quite another matter."""
    ticket = take(box, mail(1, sender=SENDER)).ticket
    assert ticket is not None
    to = (NewRecipient(email="miriam.brandt@werk-nord.example"),)
    reply(ticket, "Bitte neu starten.", recipients=to, by=people.as_agent(), now=timezone.now())
    drain()
    ours = OutboxMail.objects.latest("pk").message_id
    wrong = mail(
        2, sender=SENDER, subject="Re: Drucker", text="Neuer Monitor?", headers=f"In-Reply-To: {ours}"
    )
    return ticket, ours, take(box, wrong)


def test_a_mail_is_moved_and_the_next_of_its_thread_follows(
    box: Mailbox, people: Desk, talk: tuple[Ticket, str, InboundMail]
) -> None:
    ticket, ours, wrong = talk
    assert wrong.ticket == ticket
    target = people.open("Monitor")
    move_mail(wrong, target, by=people.as_agent(), now=NOW)
    wrong.refresh_from_db()
    assert (wrong.ticket, wrong.entry.ticket if wrong.entry else None) == (target, target)
    ticket.refresh_from_db()
    target.refresh_from_db()
    assert (ticket.message_count, target.message_count) == (2, 2)
    later = take(box, mail(3, sender=SENDER, text="Wann kommt er?", headers=f"In-Reply-To: {ours}"))
    assert later.ticket == target
    assert "corrected" in [item["step"] for item in later.decisions]
    stranger = take(box, mail(4, sender="karl.ort@werk-nord.example", headers=f"In-Reply-To: {ours}"))
    assert stranger.ticket == ticket  # what was said of one sender's thread concerns nobody else
    for one in (ticket, target):
        assert "ticket.message_moved" in [event.code for event in events_for(Subject("ticket", one.pk))]
    assert "intake.mail_corrected" in [event.code for event in events_for(Subject("inbound_mail", wrong.pk))]


def test_moving_back_undoes_it(people: Desk, talk: tuple[Ticket, str, InboundMail]) -> None:
    ticket, _ours, wrong = talk
    target = people.open("Monitor")
    move_mail(wrong, target, by=people.as_agent(), now=NOW)
    wrong.refresh_from_db()
    move_mail(wrong, ticket, by=people.as_agent(), now=NOW + timedelta(minutes=1))
    ticket.refresh_from_db()
    assert ticket.message_count == 3


def test_a_mail_becomes_a_ticket_of_its_own(
    box: Mailbox, people: Desk, talk: tuple[Ticket, str, InboundMail]
) -> None:
    ticket, ours, wrong = talk
    own = own_ticket(wrong, by=people.as_agent(), now=NOW)
    assert (own.requester, own.message_count) == (people.requester, 1)
    assert own.pk != ticket.pk
    with pytest.raises(NotMovable):  # the only message of a ticket stays
        own_ticket(InboundMail.objects.get(pk=wrong.pk), by=people.as_agent(), now=NOW)
    assert take(box, mail(5, sender=SENDER, text="Und?", headers=f"In-Reply-To: {ours}")).ticket == own


def test_it_is_not_this_person(box: Mailbox, people: Desk) -> None:
    arrived = take(box, mail(1, sender=SENDER))
    assert arrived.ticket is not None
    assert arrived.ticket.requester == people.requester
    ContactPoint.objects.filter(normalised="miriam.brandt@werk-nord.example").update(verified_at=None)
    person = not_this_person(arrived, by=people.as_agent(), now=NOW)
    arrived.ticket.refresh_from_db()
    assert person != people.requester
    assert arrived.ticket.requester == person
    again = take(box, mail(2, sender=SENDER, subject="Anderes"))
    assert again.ticket is not None
    assert again.ticket.requester == person


def test_a_confirmed_address_stays_with_its_person(box: Mailbox, people: Desk) -> None:
    arrived = take(box, mail(1, sender=SENDER))
    ContactPoint.objects.filter(normalised="miriam.brandt@werk-nord.example").update(verified_at=NOW)
    with pytest.raises(NotCorrectable):
        not_this_person(arrived, by=people.as_agent(), now=NOW)


def test_requesters_correct_nothing(people: Desk, talk: tuple[Ticket, str, InboundMail]) -> None:
    with pytest.raises(NotAllowed):
        own_ticket(talk[2], by=people.as_requester(), now=NOW)


def test_the_buttons(client: Client, people: Desk, talk: tuple[Ticket, str, InboundMail]) -> None:
    ticket, _ours, wrong = talk
    client.force_login(people.agent)
    page = client.get(reverse("tickets:ticket", args=[ticket.public_id])).content.decode()
    address = reverse("intake:correct", args=[wrong.public_id])
    assert address in page
    client.post(address, {"what": "move", "number": "999999"})
    assert not MailCorrection.objects.exists()
    client.post(address, {"what": "own"})
    assert MailCorrection.objects.get().kind == "own_ticket"


@pytest.mark.parametrize(
    ("name", "value", "is_spam"),
    [
        ("x-spam-flag", "YES", True),
        ("x-spam-flag", "NO", False),
        ("x-spam-status", "Yes, score=9.1 required=5.0", True),
        ("x-spam-status", "No, score=-1.0", False),
        ("x-spamd-result", "default: True [15.1 / 15.0]", True),
        ("x-spamd-result", "default: False [1.0 / 15.0]", False),
        ("x-forefront-antispam-report", "CIP:1.2.3.4;SCL:6;SRV:", True),
        ("x-forefront-antispam-report", "SCL:1", False),
        ("subject", "Yes", False),
    ],
)
def test_what_servers_say(name: str, value: str, is_spam: bool) -> None:
    assert spam_verdict([(name, value)]).is_spam is is_spam


def test_spam_is_kept_apart_and_comes_back(client: Client, box: Mailbox, people: Desk) -> None:
    """Trap 9: nothing is lost without a trace; what the server calls spam stands in a list of its own."""
    arrived = take(box, mail(1, headers="X-Spam-Flag: YES"))
    assert (arrived.state, arrived.ticket) == (InboundState.SPAM, None)
    client.force_login(people.agent)
    assert "Drucker druckt nicht" in client.get(reverse("intake:spam")).content.decode()
    client.post(reverse("intake:no-spam", args=[arrived.public_id]))
    drain()
    arrived.refresh_from_db()
    assert arrived.state == InboundState.PROCESSED
    assert arrived.ticket is not None


def test_answers_to_us_and_mailboxes_without_sorting_are_never_spam(
    box: Mailbox, talk: tuple[Ticket, str, InboundMail]
) -> None:
    ticket, ours, _wrong = talk
    headers = f"X-Spam-Flag: YES\r\nIn-Reply-To: {ours}"
    assert take(box, mail(7, sender=SENDER, headers=headers)).ticket == ticket
    Mailbox.objects.filter(pk=box.pk).update(sort_spam=False)
    assert take(Mailbox.objects.get(pk=box.pk), mail(8, headers="X-Spam-Flag: YES")).ticket is not None


def test_old_spam_is_forgotten(box: Mailbox, people: Desk) -> None:
    arrived = take(box, mail(1, headers="X-Spam-Flag: YES"))
    assert forget_spam(NOW + timedelta(days=29)) == 0
    assert forget_spam(NOW + timedelta(days=31)) == 1
    assert not InboundMail.objects.filter(pk=arrived.pk).exists()
    with pytest.raises(NotAllowed):
        no_spam(arrived, by=people.as_requester(), now=NOW)
