"""Guests: nothing happens before the address is confirmed, and then exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import find_by_email
from leitstelle.accounts.tests.cast import SYSTEM
from leitstelle.intake.actions.portal import CONFIRM, READ, forget_unconfirmed, token_for
from leitstelle.intake.models import GuestReport
from leitstelle.intake.tests.factories import ADDRESS
from leitstelle.intake.tests.portal import (
    GUEST,
    answers,
    newest_link,
    portal_desk,
    report_as_guest,
    text_of,
    upload,
)
from leitstelle.kernel.mail import OutboxMail
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db
CANARY = "Kanarienvogel-4711"


@pytest.fixture
def desk() -> Desk:
    return portal_desk()


@pytest.fixture
def guest(desk: Desk) -> Client:
    return Client(headers={"Accept-Language": "en"})


def confirmed(guest: Client) -> tuple[Ticket, str]:
    """A report whose link was used; returns the ticket and the address of its page."""
    report_as_guest(guest)
    page = guest.post(newest_link())
    return Ticket.objects.latest("pk"), page["Location"]


def test_before_the_confirmation_there_is_nothing_but_a_mail(guest: Client) -> None:
    people = Person.objects.count()
    report = report_as_guest(guest)
    assert (Ticket.objects.count(), Person.objects.count()) == (0, people)
    mail = OutboxMail.objects.get()
    assert [row.address for row in mail.recipients.all()] == ["gerda@gast.example"]
    assert report.name in text_of(mail)


def test_looking_at_the_link_changes_nothing_and_confirming_twice_reports_once(guest: Client) -> None:
    report = report_as_guest(guest)
    link = newest_link()
    assert guest.get(link).status_code == 200
    assert guest.head(link).status_code == 200
    assert not Ticket.objects.exists()
    first, second = guest.post(link), Client().post(link)
    assert first.status_code == second.status_code == 303
    ticket = Ticket.objects.get()
    report.refresh_from_db()
    assert report.ticket == ticket
    person = find_by_email("gerda@gast.example")
    assert person is not None
    assert person == ticket.requester
    assert person.display_name == "Gerda Gast"
    assert guest.get(link).status_code == 303
    page = guest.get(first["Location"])
    assert page.status_code == 200
    assert f"#{ticket.number}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_files_of_a_guest_reach_the_desk(guest: Client) -> None:
    guest.post("/portal/report/", {**answers(**GUEST), "uploads": [upload()]})
    guest.post(newest_link())
    message = Ticket.objects.get().messages.get()
    assert [file.filename for file in message.attachments.all()] == ["foto.txt"]
    assert "+49341" in message.body.text


def test_an_expired_link_makes_nothing(guest: Client) -> None:
    report = report_as_guest(guest)
    link = newest_link()
    GuestReport.objects.filter(pk=report.pk).update(expires_at=timezone.now())
    assert guest.get(link).status_code == 410
    assert guest.post(link).status_code == 410
    assert not Ticket.objects.exists()
    assert forget_unconfirmed(timezone.now()) == 1


def test_links_that_are_not_ours_lead_nowhere(guest: Client) -> None:
    report = report_as_guest(guest)
    token = token_for(report, CONFIRM)
    for address in (
        f"/portal/guest/confirm/{token[:-1]}x/",
        f"/portal/guest/confirm/{token_for(report, READ)}/",
        f"/portal/guest/report/{token}/",
        f"/portal/guest/report/{token_for(report, READ)}/",
        "/portal/guest/confirm/x/",
        "/portal/guest/sent/x/",
    ):
        assert guest.get(address).status_code == 404, address
    guest.post(f"/portal/guest/confirm/{token_for(report, READ)}/")
    assert not Ticket.objects.exists()


def test_the_page_after_sending_holds_no_key(guest: Client) -> None:
    page = guest.post("/portal/report/", answers(**GUEST), follow=True)
    report = GuestReport.objects.get()
    text = page.content.decode() + str(page.redirect_chain)
    assert token_for(report, CONFIRM).rpartition(":")[2] not in text
    assert "/guest/confirm/" not in text


def test_known_and_unknown_addresses_get_the_same_answer(desk: Desk, guest: Client) -> None:
    def answer(address: str) -> str:
        page = guest.post("/portal/report/", answers(**{**GUEST, "email": address}), follow=True)
        return page.content.decode().replace(address, "X").partition("<main")[2].partition("csrf")[0]

    assert answer("nobody@nowhere.example") == answer("miriam.brandt@werk-nord.example")


def test_a_known_address_keeps_its_person(desk: Desk, guest: Client) -> None:
    report_as_guest(guest, email="miriam.brandt@werk-nord.example", name="Jemand Anders")
    guest.post(newest_link())
    ticket = Ticket.objects.get()
    assert ticket.requester == desk.requester
    desk.requester.refresh_from_db()
    assert desk.requester.display_name == "Miriam Brandt"


def test_a_closed_account_reports_but_reads_nothing(desk: Desk, guest: Client) -> None:
    accounts.deactivate_person(desk.requester, by=SYSTEM, now=timezone.now())
    report_as_guest(guest, email="miriam.brandt@werk-nord.example")
    page = guest.post(newest_link())
    assert Ticket.objects.get().requester == desk.requester
    assert guest.get(page["Location"]).status_code == 404


def test_an_address_gets_only_a_few_mails_and_the_text_stays(guest: Client) -> None:
    for _number in range(5):
        report_as_guest(guest)
    page = guest.post("/portal/report/", answers(**GUEST))
    assert page.status_code == 429
    assert "zieht kein Papier ein" in page.content.decode()
    assert OutboxMail.objects.count() == 5


def test_a_machine_can_have_only_so_many_mails_sent(guest: Client) -> None:
    for number in range(20):
        report_as_guest(guest, email=f"gast{number}@gast.example")
    page = guest.post("/portal/report/", answers(**{**GUEST, "email": "mehr@gast.example"}))
    assert page.status_code == 429
    assert OutboxMail.objects.count() == 20


def test_the_mail_can_be_sent_again(guest: Client) -> None:
    page = guest.post("/portal/report/", answers(**GUEST))
    assert guest.post(page["Location"]).status_code == 303
    assert OutboxMail.objects.count() == 2
    guest.post(newest_link())
    guest.post(page["Location"])
    # A confirmed report needs no further link; the acknowledgement is the desk's own business.
    assert not [mail for mail in OutboxMail.objects.all()[2:] if "/guest/confirm/" in text_of(mail)]


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "keine adresse"},
        {"email": ADDRESS},
        {"name": "Gewinn auf https://boese.example"},
        {"phone": "anrufen bitte"},
        {"body": ""},
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_stays(guest: Client, changes: dict[str, str]) -> None:
    page = guest.post("/portal/report/", answers(**{**GUEST, **changes}))
    assert page.status_code == 422
    assert "DRU-0044" in page.content.decode()
    assert not GuestReport.objects.exists()
    assert not OutboxMail.objects.exists()


def test_a_guest_reads_answers_and_confirms_one_report_only(desk: Desk, guest: Client) -> None:
    ticket, address = confirmed(guest)
    other = desk.open(now=timezone.now())
    now = timezone.now()
    agent = desk.as_agent()
    actions.write_note(ticket, CANARY, by=agent, now=now)
    actions.reply(ticket, "Welche Lampe blinkt?", recipients=reply_recipients(ticket), by=agent, now=now)
    page = guest.get(address).content.decode()
    assert "Welche Lampe blinkt?" in page
    assert CANARY not in page
    assert other.subject not in page
    assert guest.post(f"{address}answer/", {"body": "Die orange.", "uploads": [upload()]}).status_code == 303
    message = ticket.messages.latest("pk")
    assert (message.body.text, message.author_id) == ("Die orange.", ticket.requester_id)
    file = message.attachments.get()
    assert guest.get(f"{address}files/{file.public_id}/").status_code == 200
    actions.take_ticket(ticket, by=agent, now=now)
    actions.resolve_ticket(ticket, code="solved", by=agent, now=now)
    assert guest.post(f"{address}done/").status_code == 303
    ticket.refresh_from_db()
    assert ticket.status_type == "closed"


def test_files_of_other_reports_stay_closed_to_the_link(desk: Desk, guest: Client) -> None:
    _ticket, address = confirmed(guest)
    report_as_guest(guest)
    second = guest.post(newest_link())["Location"]
    guest.post(f"{second}answer/", {"body": "x", "uploads": [upload()]})
    file = Ticket.objects.latest("pk").messages.latest("pk").attachments.get()
    assert guest.get(f"{second}files/{file.public_id}/").status_code == 200
    assert guest.get(f"{address}files/{file.public_id}/").status_code == 404


def test_the_link_ends_after_thirty_days_and_with_a_change_of_the_requester(
    desk: Desk, guest: Client
) -> None:
    ticket, address = confirmed(guest)
    actions.change_requester(ticket, desk.requester, by=desk.as_agent(), now=timezone.now())
    assert guest.get(address).status_code == 404
    ticket, address = confirmed(guest)
    assert guest.get(address).status_code == 200
    GuestReport.objects.update(confirmed_at=timezone.now() - timedelta(days=31))
    assert guest.get(address).status_code == 404
    assert guest.post(f"{address}answer/", {"body": "x"}).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_report_once(transactional_db: None) -> None:
    portal_desk()
    guest = Client(headers={"Accept-Language": "en"})
    report_as_guest(guest)
    link = newest_link()

    def click(_number: int) -> int:
        try:
            return Client().post(link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {303}
    assert Ticket.objects.count() == 1
