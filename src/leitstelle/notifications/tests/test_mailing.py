"""Mails about what was told: when, what is in them, to whom not, and exactly once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.conf import settings
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.accounts.tests.cast import SYSTEM, point_of
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.events import Event
from leitstelle.kernel.mail import OutboxMail, SmtpConfig, is_own_mail, queue_mail, transports
from leitstelle.kernel.mail.tasks import retry
from leitstelle.kernel.mail.transports import Security
from leitstelle.kernel.tests.smtp_server import Mailbox as Server
from leitstelle.kernel.tests.smtp_server import smtp_server
from leitstelle.notifications.actions import follow_ticket, mailing, mark_ticket_read, send_due
from leitstelle.notifications.choices import MailChoice
from leitstelle.notifications.models import MailItem, Notification, Preference, Rhythm
from leitstelle.notifications.rules.bundles import MAILS_PER_HOUR
from leitstelle.notifications.tests.house import NOW, mail_everything, make_house, work
from leitstelle.tickets import actions
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db
SECRET = "Kranichnotiz"


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(settings, "BASE_URL", "https://desk.example")
    house = make_house()
    mail_everything()
    return house


def soon() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def mails_to(person: Person) -> list[EmailMessage]:
    """What lies in the outbox for a person, oldest first."""
    address = point_of(person).value
    rows = OutboxMail.objects.filter(recipients__address=address).order_by("pk")
    found = [message_from_bytes(read_blob(row.raw), policy=default) for row in rows]
    return list(found)


def words_of(mail: EmailMessage) -> str:
    """Subject and both bodies."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])


def noted(desk: Desk, text: str = SECRET) -> tuple[Ticket, Message]:
    """A ticket of the agent on which the lead wrote a note; told, not mailed yet."""
    ticket = desk.open()
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    work()
    MailItem.objects.all().delete()
    note = actions.write_note(ticket, text, by=desk.as_lead(), now=NOW)
    work()
    return ticket, note


def dropped(person: Person) -> list[str]:
    return [
        str(reason) for reason in MailItem.objects.filter(person=person).values_list("dropped", flat=True)
    ]


def test_a_mail_says_what_happened_why_and_where_and_marks_itself(desk: Desk) -> None:
    ticket, _note = noted(desk)
    assert send_due(soon()) == 1
    (mail,) = mails_to(desk.agent)
    words = words_of(mail)
    assert SECRET in words
    assert "Lena Vogt wrote an internal note" in words
    assert "because it is assigned to you" in words
    assert f"https://desk.example/tickets/{ticket.public_id}/" in words
    assert f"#{ticket.number}" not in str(mail["Subject"]), "the form by which intake threads"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://desk.example/notifications/preferences/>"
    assert str(mail["Reply-To"]).startswith("no-reply@")
    assert is_own_mail(mail["X-Leitstelle-Origin"], mail["Message-ID"])
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]


def test_it_is_written_in_the_readers_language(desk: Desk) -> None:
    Person.objects.filter(pk=desk.agent.pk).update(language="de")
    noted(desk)
    send_due(soon())
    html = mails_to(desk.agent)[0].get_body(("html",))
    assert html is not None
    assert '<html lang="de">' in html.get_content()


def test_several_events_on_a_ticket_are_one_mail(desk: Desk) -> None:
    ticket, _note = noted(desk)
    actions.write_note(ticket, "noch eine", by=desk.as_lead(), now=NOW)
    work()
    assert send_due(soon()) == 1
    (mail,) = mails_to(desk.agent)
    assert SECRET in words_of(mail)
    assert "noch eine" in words_of(mail)
    assert send_due(soon()) == 0


def _withdraw(desk: Desk, ticket: Ticket, note: Message) -> None:
    RoleGrant.objects.filter(person=desk.agent).delete()


def _move_away(desk: Desk, ticket: Ticket, note: Message) -> None:
    RoleGrant.objects.filter(person=desk.agent).update(team=desk.second)


def _restrict(desk: Desk, ticket: Ticket, note: Message) -> None:
    Message.objects.filter(pk=note.pk).update(audience=Audience.RESTRICTED)


def _leave(desk: Desk, ticket: Ticket, note: Message) -> None:
    accounts.deactivate_person(desk.agent, by=SYSTEM, now=NOW)


def _merge(desk: Desk, ticket: Ticket, note: Message) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status_type="merged")


def _bounce(desk: Desk, ticket: Ticket, note: Message) -> None:
    accounts.suspend_contact_point(point_of(desk.agent), reason="gone", by=SYSTEM, now=NOW)


def _read(desk: Desk, ticket: Ticket, note: Message) -> None:
    mark_ticket_read(ticket, by=desk.as_agent(), now=NOW)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_withdraw, "invisible"),
        (_move_away, "invisible"),
        (_restrict, "invisible"),
        (_leave, "inactive"),
        (_merge, "merged"),
        (_bounce, "no_address"),
        (_read, "read"),
    ],
)
def test_what_may_no_longer_be_told_is_dropped_when_it_would_leave(
    desk: Desk, happens: object, reason: str
) -> None:
    assert callable(happens)
    ticket, note = noted(desk)
    happens(desk, ticket, note)
    assert send_due(soon()) == 0
    assert dropped(desk.agent) == [reason]
    assert mails_to(desk.agent) == []
    recorded = Event.objects.filter(code="notifications.mail_dropped", data__reason=reason)
    assert recorded.exists() is (reason != "read")


def test_an_assignment_that_moved_on_is_no_news(desk: Desk) -> None:
    ticket = desk.open()
    work()
    MailItem.objects.all().delete()
    actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    work()
    actions.assign_ticket(ticket, team=desk.second, to=desk.expert, by=desk.as_lead(), now=NOW)
    work()
    send_due(soon())
    assert dropped(desk.agent) == ["moved"]
    assert len(mails_to(desk.expert)) == 1


def test_a_requester_who_chose_mail_gets_what_the_portal_shows_and_no_note(desk: Desk) -> None:
    ticket = desk.open()
    Preference.objects.create(person=desk.requester, kind="status", in_product=True, mail=MailChoice.AT_ONCE)
    actions.write_note(ticket, f"@Miriam Brandt {SECRET}", by=desk.as_agent(), now=NOW)
    actions.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    actions.resolve_ticket(ticket, code="solved", by=desk.as_agent(), now=NOW)
    work()
    send_due(soon())
    (mail,) = mails_to(desk.requester)
    words = words_of(mail)
    assert "Your report is solved" in words
    assert f"https://desk.example/portal/reports/{ticket.public_id}/" in words
    assert SECRET not in words
    assert "/tickets/" not in words


def test_collected_mail_waits_and_an_urgent_one_takes_it_along(desk: Desk) -> None:
    mail_everything(MailChoice.BATCHED)
    ticket, _note = noted(desk)
    assert send_due(soon()) == 0
    assert send_due(timezone.now() + timedelta(minutes=16)) == 1
    assert ticket.subject in words_of(mails_to(desk.agent)[0])


def test_mail_is_held_in_quiet_hours(desk: Desk) -> None:
    today = timezone.now().weekday()
    Rhythm.objects.create(person=desk.agent, quiet_days=[today, (today + 1) % 7])
    noted(desk)
    item = MailItem.objects.get(person=desk.agent)
    assert item.due_at is not None
    assert item.due_at - timezone.now() > timedelta(hours=23)
    assert send_due(soon()) == 0
    assert send_due(item.due_at) == 1


def test_the_daily_mail_holds_several_tickets(desk: Desk) -> None:
    mail_everything(MailChoice.DAILY)
    for number in range(3):
        ticket = desk.open(f"Fall {number}")
        actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
    work()
    assert send_due(soon()) == 0
    send_due(timezone.now() + timedelta(hours=25))
    (mail,) = mails_to(desk.agent)
    assert all(f"Fall {number}" in words_of(mail) for number in range(3))


def test_a_flood_becomes_few_mails_and_loses_nothing(desk: Desk) -> None:
    for number in range(MAILS_PER_HOUR + 8):
        ticket = desk.open(f"Flut {number:02d}")
        actions.assign_ticket(ticket, team=desk.first, to=desk.agent, by=desk.as_lead(), now=NOW)
        work()
        send_due(timezone.now())
    send_due(timezone.now() + timedelta(hours=2))
    mails = mails_to(desk.agent)
    assert len(mails) <= MAILS_PER_HOUR + 1
    everything = "\n".join(words_of(mail) for mail in mails)
    assert all(f"Flut {number:02d}" in everything for number in range(MAILS_PER_HOUR + 8))
    assert not OutboxMail.objects.filter(state="held", hold_reason="loop").exists()


class _Killed(BaseException):
    """What no handler catches."""


def test_a_worker_killed_midway_neither_loses_nor_doubles(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(desk)
    whole = queue_mail

    def dies(*args: object, **kwargs: object) -> None:
        whole(*args, **kwargs)  # type: ignore[arg-type]
        raise _Killed

    monkeypatch.setattr(mailing, "queue_mail", dies)
    with pytest.raises(_Killed):
        send_due(soon())
    assert mails_to(desk.agent) == []
    monkeypatch.setattr(mailing, "queue_mail", whole)
    assert send_due(soon()) == 1
    assert send_due(soon()) == 0
    item = MailItem.objects.get(person=desk.agent)
    assert [mail["Message-ID"].strip("<>") for mail in mails_to(desk.agent)] == [item.message_id]


def test_followers_read_their_own_reason(desk: Desk) -> None:
    ticket, _note = noted(desk)
    follow_ticket(ticket, by=desk.as_expert(), now=NOW)
    actions.write_note(ticket, "für alle", by=desk.as_lead(), now=NOW)
    work()
    send_due(soon())
    assert "because you follow it" in words_of(mails_to(desk.expert)[0])
    assert Notification.objects.filter(person=desk.expert).count() == 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with smtp_server() as (mailbox, port):
        config = SmtpConfig(host="127.0.0.1", port=port, security=Security.NONE, timeout=5.0)
        # Only while this test runs: others of the process send by the house's account.
        monkeypatch.setitem(transports._resolvers, "default", lambda key: config)
        yield mailbox


@pytest.mark.django_db(transaction=True)
def test_it_arrives_at_a_mail_server_once(server: Server, transactional_db: None) -> None:
    house = make_house()
    mail_everything()
    noted(house)
    server.received.clear()
    send_due(soon())
    send_due(soon())
    work()
    arrived = [envelope for envelope in server.received if point_of(house.agent).value in envelope.rcpt_tos]
    assert len(arrived) == 1
    content = arrived[0].content
    assert isinstance(content, bytes)
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    assert SECRET in words_of(mail)


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_another_try_is_asked_for_again_before_it_leaves(
    server: Server, transactional_db: None
) -> None:
    house = make_house()
    mail_everything()
    seen, _note = noted(house, "Rotkehlchen")
    hidden, note = noted(house, "Zaunkönig")
    work()
    MailItem.objects.all().delete()
    for ticket, words in ((seen, "Rotkehlchen zwei"), (hidden, "Zaunkönig zwei")):
        actions.write_note(ticket, words, by=house.as_lead(), now=NOW)
    work()
    server.received.clear()
    server.data = "451 try later"
    send_due(soon())
    work()
    assert not server.received
    assert OutboxMail.objects.filter(state="queued", attempts=1).exists()

    actions.assign_ticket(hidden, team=house.second, to=None, by=house.as_lead(), now=NOW)
    RoleGrant.objects.filter(person=house.agent).update(team=house.first)
    server.data = "250 OK"
    retry(timezone.now() + timedelta(hours=1))
    send_due(timezone.now() + timedelta(hours=2))
    work()

    arrived = [one for one in server.received if point_of(house.agent).value in one.rcpt_tos]
    texts = [words_of(message_from_bytes(bytes(one.content or b""), policy=default)) for one in arrived]  # type: ignore[arg-type]
    assert any("Rotkehlchen" in text for text in texts)
    assert not any("Zaunkönig" in text for text in texts)
    assert not OutboxMail.objects.filter(state="queued").exists()
