"""Reporting, reading and answering in the portal by people who signed in."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.tests.cast import SYSTEM, as_requester
from leitstelle.intake.tests.portal import answers, hidden, portal_desk, signed_in, upload
from leitstelle.kernel.events import Event, Subject
from leitstelle.kernel.search.projecting import reindex
from leitstelle.kernel.web import link
from leitstelle.kernel.web.live.topics import notice_of
from leitstelle.tickets import actions
from leitstelle.tickets.choices import DraftMode, StatusType
from leitstelle.tickets.models import Draft, Ticket
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.tests.desk import Desk

pytestmark = pytest.mark.django_db
CANARY = "Kanarienvogel-4711"


@pytest.fixture
def desk() -> Desk:
    return portal_desk()


@pytest.fixture
def client(desk: Desk) -> Client:
    return signed_in(desk.requester)


def newest() -> Ticket:
    return Ticket.objects.latest("pk")


def solve(desk: Desk, ticket: Ticket) -> None:
    now = timezone.now()
    agent = desk.as_agent()
    actions.take_ticket(ticket, by=agent, now=now)
    told = actions.reply(
        ticket, "Die Rolle ist ersetzt.", recipients=reply_recipients(ticket), by=agent, now=now
    )
    actions.resolve_ticket(ticket, code="solved", by=agent, now=now, solution=told)


def test_every_page_answers_and_strangers_sign_in_first(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    private = [
        "/portal/reports/",
        f"/portal/reports/{ticket.public_id}/",
        f"/portal/reports/{ticket.public_id}/sent/",
    ]
    for address in ["/portal/", "/portal/report/", "/portal/report/?area=printing", *private]:
        assert client.get(address).status_code == 200, address
    stranger = Client()
    for address in ("/portal/", "/portal/report/", "/portal/report/?area=printing"):
        assert stranger.get(address).status_code == 200, address
    for address in private:
        assert "/account/login/" in stranger.get(address)["Location"]


@pytest.mark.parametrize("who", ["outsider", "colleague", "agent", "admin"])
def test_other_peoples_reports_are_not_there(desk: Desk, who: str) -> None:
    ticket = desk.open(now=timezone.now())
    other = signed_in(getattr(desk, who))
    base = f"/portal/reports/{ticket.public_id}/"
    assert other.get(base).status_code == 404
    assert other.get(f"{base}sent/").status_code == 404
    for action in ("answer/", "done/", "draft/"):
        assert other.post(base + action, {"body": "x"}).status_code == 404
    assert "Drucker druckt nicht" not in other.get("/portal/").content.decode()


def test_a_report_goes_through_its_three_steps(client: Client) -> None:
    page = client.post("/portal/report/", answers(step="describe"))
    assert page.status_code == 200
    assert "zieht kein Papier ein" in page.content.decode()
    page = client.post("/portal/report/", {**answers(step="check"), "uploads": [upload()]})
    assert page.status_code == 200
    assert "foto.txt" in page.content.decode()
    assert not Ticket.objects.exists()
    kept = hidden(page, "kept")
    page = client.post("/portal/report/", answers(step="send", kept=kept), follow=True)
    ticket = newest()
    assert f"#{ticket.number}" in page.content.decode()
    assert ticket.subject == "Der Drucker im Flur zieht kein Papier ein."
    assert ticket.category is not None
    assert ticket.category.key == "printing.printer"
    assert (ticket.channel, ticket.impact_id, ticket.urgency_id) == ("portal", "group", "hindered")
    assert ticket.device_label == "DRU-0044"
    message = ticket.messages.select_related("body").get()
    assert "Halle 2" in message.body.text
    assert [file.filename for file in message.attachments.all()] == ["foto.txt"]


def test_sending_twice_reports_once(client: Client) -> None:
    form = answers(once="3f1c")
    first = client.post("/portal/report/", form)
    second = client.post("/portal/report/", form)
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_a_second_try_is_no_other_report(client: Client) -> None:
    client.post("/portal/report/", answers(once="3f1c") | {"step": "send"})
    client.post("/portal/report/", answers(once="3f1c", body="Der Scanner klemmt.") | {"step": "send"})
    assert Ticket.objects.count() == 2


def test_an_order_is_a_service_request(client: Client) -> None:
    client.post("/portal/report/", answers(area="orders", category=""))
    assert newest().kind == "request"


def test_what_is_missing_is_said_and_everything_else_stays(client: Client) -> None:
    page = client.post("/portal/report/", answers(body="  ", step="check"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "Please describe what happens." in text
    assert "DRU-0044" in text


@override_settings(MAX_UPLOAD=100)
def test_a_file_that_is_too_big_keeps_the_text_and_the_other_files(client: Client) -> None:
    files = [upload("klein.txt", b"klein"), upload("riesig.bin", b"x" * 101)]
    page = client.post("/portal/report/", {**answers(step="check"), "uploads": files})
    text = page.content.decode()
    assert page.status_code == 422
    assert "“riesig.bin” is too big" in text
    assert "zieht kein Papier ein" in text
    assert "klein.txt" in text
    page = client.post("/portal/report/", answers(step="drop:0", kept=hidden(page, "kept")))
    assert "klein.txt" not in page.content.decode()


def test_too_many_files_are_refused(client: Client) -> None:
    files = [upload(f"{number}.txt", str(number).encode()) for number in range(11)]
    page = client.post("/portal/report/", {**answers(), "uploads": files})
    assert page.status_code == 422
    assert "At most 10 files" in page.content.decode()
    assert not Ticket.objects.exists()


def test_a_forged_list_of_files_brings_nothing(client: Client) -> None:
    client.post("/portal/report/", answers(kept='[[1, "a", "text/plain", 1]]:1:forged'))
    assert not newest().messages.get().attachments.exists()


def test_typed_text_is_kept_on_the_server_until_it_is_sent(desk: Desk, client: Client) -> None:
    assert client.post("/portal/report/draft/", {"body": "Halb fertig"}).status_code == 204
    assert "Halb fertig" in client.get("/portal/report/?area=printing").content.decode()
    client.post("/portal/report/", answers())
    assert not Draft.objects.filter(person=desk.requester, mode=DraftMode.NEW).exists()


def test_internal_words_appear_nowhere(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    now, agent = timezone.now(), desk.as_agent()
    actions.write_note(ticket, f"{CANARY} intern", by=agent, now=now)
    actions.wait_for(ticket, "waiting_vendor", reason=f"{CANARY} Grund", by=agent, now=now)
    offer = actions.HandoverOffer(to_team=desk.second, reason=CANARY, tried=CANARY, findings=CANARY)
    actions.hand_over(ticket, offer, by=agent, now=now)
    list(reindex())
    base = f"/portal/reports/{ticket.public_id}/"
    for address in ("/portal/", "/portal/reports/", base, f"{base}sent/"):
        text = client.get(address).content.decode()
        assert str(ticket.number) in text, address
        assert CANARY not in text, address
        for word in ("Incident", "SLA", "Asset", "Ticket", desk.second.name):
            assert word not in text, (address, word)
    assert str(ticket.public_id) not in client.get(f"/portal/reports/?q={CANARY}").content.decode()


def test_own_reports_are_found_by_words_and_number(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now(), text="Die Fixiereinheit klemmt.")
    list(reindex())
    for query in ("Fixiereinheit", f"#{ticket.number}"):
        assert str(ticket.public_id) in client.get("/portal/reports/", {"q": query}).content.decode()
    other = signed_in(desk.outsider)
    for query in ("Fixiereinheit", f"#{ticket.number}"):
        assert str(ticket.public_id) not in other.get("/portal/reports/", {"q": query}).content.decode()


def test_answer_with_a_file_which_only_those_who_read_along_can_fetch(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    address = f"/portal/reports/{ticket.public_id}/"
    client.post(f"{address}answer/", {"body": "Noch ein Bild", "uploads": [upload("bild.txt")]})
    file = ticket.messages.latest("pk").attachments.get()
    page = client.get(address).content.decode()
    assert "Noch ein Bild" in page
    assert f"/portal/files/{file.public_id}/" in page
    fetched = client.get(f"/portal/files/{file.public_id}/")
    assert b"".join(fetched.streaming_content) == b"Fehler 13.20"  # type: ignore[attr-defined]
    assert fetched["Content-Disposition"].startswith("attachment")
    assert signed_in(desk.outsider).get(f"/portal/files/{file.public_id}/").status_code == 404


def test_files_of_internal_notes_are_not_there(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    client.post(f"/portal/reports/{ticket.public_id}/answer/", {"body": "x", "uploads": [upload()]})
    file = ticket.messages.latest("pk").attachments.get()
    note = actions.write_note(ticket, "intern", by=desk.as_agent(), now=timezone.now())
    file.message = note
    file.save(update_fields=["message"])
    assert client.get(f"/portal/files/{file.public_id}/").status_code == 404


def test_an_empty_answer_is_refused(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    page = client.post(f"/portal/reports/{ticket.public_id}/answer/", {"body": " "})
    assert page.status_code == 422
    assert ticket.messages.count() == 1


def test_confirming_the_solution_completes_the_report_also_when_pressed_twice(
    desk: Desk, client: Client
) -> None:
    ticket = desk.open(now=timezone.now())
    solve(desk, ticket)
    address = f"/portal/reports/{ticket.public_id}/"
    assert "Yes, it works" in client.get(address).content.decode()
    assert client.post(f"{address}done/").status_code == 303
    assert client.post(f"{address}done/").status_code == 303
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.CLOSED
    assert "Yes, it works" not in client.get(address).content.decode()


def test_writing_that_it_is_not_solved_takes_it_up_again(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    solve(desk, ticket)
    client.post(f"/portal/reports/{ticket.public_id}/answer/", {"body": "Klemmt immer noch."})
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN
    assert ticket.reopen_count == 1


def test_what_was_completed_long_ago_is_reported_anew(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    solve(desk, ticket)
    client.post(f"/portal/reports/{ticket.public_id}/done/")
    Ticket.objects.filter(pk=ticket.pk).update(closed_at=timezone.now() - timedelta(days=20))
    page = client.post(f"/portal/reports/{ticket.public_id}/answer/", {"body": "Wieder kaputt"})
    assert page.status_code == 422
    assert "report it again" in page.content.decode()
    assert "Wieder kaputt</textarea>" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.CLOSED


def test_waiting_for_the_requester_is_said_and_an_answer_continues(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    actions.wait_for(ticket, "waiting_requester", reason="Frage", by=desk.as_agent(), now=timezone.now())
    assert "We need your answer" in client.get("/portal/").content.decode()
    client.post(f"/portal/reports/{ticket.public_id}/answer/", {"body": "Station 4"})
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN


def test_contacts_of_a_customer_see_the_reports_of_their_organisation(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now())
    contact = signed_in(desk.colleague)
    address = "/portal/reports/?whose=organisation"
    assert str(ticket.public_id) not in contact.get(address).content.decode()
    scope = accounts.Scope(organisation=desk.organisation)
    accounts.grant_role(desk.colleague, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=timezone.now())
    assert str(ticket.public_id) in contact.get(address).content.decode()
    assert str(ticket.public_id) not in contact.get("/portal/reports/").content.decode()
    assert contact.get(f"/portal/reports/{ticket.public_id}/").status_code == 200


def test_completed_reports_are_listed_on_request_only(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    solve(desk, ticket)
    client.post(f"/portal/reports/{ticket.public_id}/done/")
    assert str(ticket.public_id) not in client.get("/portal/reports/").content.decode()
    assert str(ticket.public_id) in client.get("/portal/reports/?state=all").content.decode()


def test_pages_of_the_list_follow_each_other(desk: Desk, client: Client) -> None:
    for number in range(25):
        desk.open(f"Meldung {number}", now=timezone.now())
    first = client.get("/portal/reports/")
    assert first.content.decode().count('class="title"') == 20
    address = re.search(r'href="([^"]*)" rel="next"', first.content.decode())
    assert address is not None
    second = client.get("/portal/reports/" + html.unescape(address.group(1)))
    assert second.content.decode().count('class="title"') == 5


def test_live_updates_get_the_conversation_alone(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=timezone.now())
    page = client.get(f"/portal/reports/{ticket.public_id}/", headers={"HX-Request": "true"})
    assert "<html" not in page.content.decode()
    assert "Seit heute." in page.content.decode()


def test_requesters_hear_of_answers_but_not_of_notes(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now())
    agent, now = desk.as_agent(), timezone.now()
    actions.write_note(ticket, "intern", by=agent, now=now)
    assert heard_last() == frozenset()
    actions.reply(ticket, "Hallo", recipients=reply_recipients(ticket), by=agent, now=now)
    assert heard_last() == {f"report:{ticket.pk}", "reports"}


def heard_last() -> frozenset[str]:
    """The topics of the newest message's event that reach requesters."""
    notice = notice_of(Event.objects.filter(code="ticket.message_added").latest("pk"))
    assert notice is not None
    return notice.for_everyone


def test_links_lead_requesters_to_the_portal_and_agents_to_the_workspace(desk: Desk) -> None:
    ticket = desk.open(now=timezone.now())
    subject = Subject("ticket", ticket.pk)
    for viewer, start in ((desk.as_requester(), "/portal/reports/"), (desk.as_agent(), "/tickets/")):
        found = link(subject, viewer)
        assert found is not None
        assert found.url.startswith(start)
    assert link(subject, as_requester(desk.outsider)) is None


def test_people_of_the_desk_find_the_way_into_the_portal_and_back(desk: Desk, client: Client) -> None:
    agent = signed_in(desk.agent)
    assert 'href="/portal/"' in agent.get("/tickets/").content.decode()
    assert 'href="/tickets/"' in agent.get("/portal/").content.decode()
    assert 'href="/tickets/"' not in client.get("/portal/").content.decode()
