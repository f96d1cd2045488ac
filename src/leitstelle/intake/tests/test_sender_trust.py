"""A mail whose sender nobody vouches for: marked, without the rights of whom it names, and read all the same."""

import pytest

from leitstelle.accounts.actions import Scope, grant_role
from leitstelle.accounts.choices import Role
from leitstelle.accounts.queries import find_by_email
from leitstelle.intake.actions import accept_raw
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.panels import flight_record
from leitstelle.intake.tests.factories import NOW, desk, mail
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.viewer import GrantScope, Hat, Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
SERVER = "mx.house.example"
GOOD = f"Authentication-Results: {SERVER}; dmarc=pass header.from=kunde.example\r\n"
BAD = f"Authentication-Results: {SERVER}; dmarc=fail header.from=kunde.example\r\n"
FOREIGN = "Authentication-Results: mx.attacker.example; dmarc=pass header.from=kunde.example\r\n"


@pytest.fixture
def box() -> Mailbox:
    return desk(mail_server=SERVER, acknowledge=True)


def take(box: Mailbox, raw: bytes) -> Message:
    accepted = accept_raw(box, raw, received_at=NOW, source="test", now=NOW)
    drain()
    accepted.refresh_from_db()
    assert accepted.entry is not None
    return accepted.entry


def footer(message: Message) -> str:
    viewer = Viewer(person_id=1, hat=Hat.AGENT, grants=(GrantScope(),))
    (shown,) = flight_record(viewer, [message])[message.pk].context["mails"]
    return str(shown["trust"])


def make_agent() -> None:
    person = find_by_email("jm@kunde.example")
    assert person is not None
    grant_role(person, Role.AGENT, Scope(), by=Viewer.system(), now=NOW)


@pytest.mark.parametrize(
    ("headers", "trust"), [(GOOD, "verified"), (BAD, "failed"), (FOREIGN, "unverified"), ("", "unverified")]
)
def test_the_message_says_what_the_server_found(box: Mailbox, headers: str, trust: str) -> None:
    """Trap 19."""
    message = take(box, mail(1, headers=headers))
    assert footer(message) == trust


def test_where_no_server_is_named_nothing_is_judged() -> None:
    message = take(desk(), mail(1, headers=BAD))
    assert footer(message) == "not_checked"


@pytest.mark.parametrize(("headers", "speaks"), [(GOOD, True), (BAD, False), (FOREIGN, False)])
def test_only_a_confirmed_agent_speaks_for_the_desk(box: Mailbox, headers: str, speaks: bool) -> None:
    """Trap 19."""
    take(box, mail(1, headers=GOOD))
    make_agent()
    other = take(box, mail(2, sender="Eva <eva@firma.example>", message_id="eva-1@firma.example"))
    answer = mail(3, headers=f"In-Reply-To: <{other.rfc_message_id}>\r\n{headers}", text="Bitte so.")
    message = take(box, answer)
    assert message.ticket_id == other.ticket_id
    assert message.author_is_agent is speaks


@pytest.mark.parametrize(("headers", "joined"), [(GOOD, True), (BAD, False)])
def test_a_number_counts_for_confirmed_participants_only(box: Mailbox, headers: str, joined: bool) -> None:
    """Traps 12 and 19."""
    first = take(box, mail(1, headers=GOOD))
    number = first.ticket.number
    message = take(box, mail(2, headers=headers, subject=f"Nachtrag [#{number}]"))
    assert (message.ticket_id == first.ticket_id) is joined


def test_who_wrote_nothing_gets_no_acknowledgement(box: Mailbox) -> None:
    take(box, mail(1, headers=BAD))
    assert not OutboxMail.objects.exists()
    take(box, mail(2, headers=GOOD))
    assert OutboxMail.objects.count() == 1
    assert Ticket.objects.count() == 2
    assert InboundMail.objects.filter(state="processed").count() == 2
