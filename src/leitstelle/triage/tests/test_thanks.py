"""Thanks do not reopen, a wish to close is followed or proposed, and both can be undone."""

from datetime import timedelta

import pytest
from django.test import Client

from leitstelle.accounts.tests.cast import NOW
from leitstelle.kernel.events import Event
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, StatusType
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions.answering import dismiss_proposal
from leitstelle.triage.actions.replies import add_reply, answer_from_portal, follow_wish_to_close, undo_reply
from leitstelle.triage.choices import Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.models import Proposal
from leitstelle.triage.tests.world import solve

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def solved(desk: Desk) -> Ticket:
    ticket = desk.open(now=NOW - timedelta(days=1))
    solve(desk, ticket)
    return ticket


def answer(desk: Desk, ticket: Ticket, text: str) -> Message:
    return answer_from_portal(ticket, text, by=desk.as_requester(), now=NOW + timedelta(hours=1))


def test_thanks_leave_a_solved_ticket_alone(desk: Desk, solved: Ticket) -> None:
    message = answer(desk, solved, "Danke, funktioniert wieder!")
    solved.refresh_from_db()
    assert solved.status_type == StatusType.RESOLVED
    assert solved.reopen_count == 0
    assert solved.last_message_at == message.at
    kept = Proposal.objects.get(ticket=solved)
    assert (kept.matter, kept.state) == (Matter.THANKS, ProposalState.DECIDED)
    assert kept.percent >= 85
    assert ["funktioniert wieder", 1.0] in kept.evidence
    event = Event.objects.get(code="triage.reply_understood")
    assert event.data["followed"] is True


@pytest.mark.parametrize("text", ["Danke, aber es geht noch nicht.", "Danke! Wann kommt der Techniker?"])
def test_anything_more_reopens(desk: Desk, solved: Ticket, text: str) -> None:
    answer(desk, solved, text)
    solved.refresh_from_db()
    assert solved.status_type == StatusType.OPEN
    assert not Proposal.objects.exists()


def test_undone_it_is_open_as_of_the_reply(desk: Desk, solved: Ticket) -> None:
    message = answer(desk, solved, "Danke!")
    kept = Proposal.objects.get()
    undo_reply(kept, by=desk.as_agent(), now=NOW + timedelta(hours=5))
    solved.refresh_from_db()
    assert solved.status_type == StatusType.OPEN
    assert solved.reopen_count == 1
    reopened = Event.objects.filter(code="ticket.status_changed", data__verb="reopen").get()
    assert reopened.at == message.at
    with pytest.raises(AlreadyAnswered):
        undo_reply(kept, by=desk.as_agent(), now=NOW + timedelta(hours=6))


def test_an_untouched_ticket_is_resolved_as_its_requester_wishes(desk: Desk) -> None:
    ticket = desk.open(now=NOW)
    answer(desk, ticket, "Hat sich erledigt, danke.")
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.RESOLVED
    assert ticket.resolution_code_id == "by_itself"
    undo_reply(Proposal.objects.get(), by=desk.as_agent(), now=NOW + timedelta(hours=2))
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN


def test_where_somebody_works_it_is_proposed(desk: Desk, client: Client) -> None:
    ticket = desk.open(now=NOW)
    tickets.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    answer(desk, ticket, "Hat sich erledigt, danke.")
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN
    kept = Proposal.objects.get()
    assert (kept.matter, kept.state) == (Matter.CLOSE, ProposalState.SUGGESTED)
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tickets/{ticket.public_id}/").content.decode()
    assert "The requester wishes to close the ticket." in page
    assert client.post(f"/tickets/proposals/{kept.public_id}/close/").status_code == 303
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.RESOLVED
    with pytest.raises(AlreadyAnswered):
        follow_wish_to_close(Proposal.objects.get(), by=desk.as_agent(), now=NOW + timedelta(hours=3))


def test_a_wish_can_be_dismissed(desk: Desk) -> None:
    ticket = desk.open(now=NOW)
    tickets.take_ticket(ticket, by=desk.as_agent(), now=NOW)
    answer(desk, ticket, "Bitte schließen.")
    dismiss_proposal(Proposal.objects.get(), by=desk.as_agent(), now=NOW + timedelta(hours=2))
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.OPEN


def test_only_the_requester_closes(desk: Desk) -> None:
    ticket = desk.open(now=NOW)
    new = NewMessage(
        text="Bitte schließen.",
        direction=Direction.INBOUND,
        channel=Channel.MAIL,
        audience=Audience.PUBLIC,
        author_id=desk.colleague.pk,
    )
    add_reply(ticket, new, by=desk.as_lead(), now=NOW + timedelta(hours=1))
    ticket.refresh_from_db()
    assert ticket.status_type == StatusType.NEW
    assert not Proposal.objects.exists()


def test_the_page_offers_the_way_back(desk: Desk, solved: Ticket, client: Client) -> None:
    answer(desk, solved, "Danke!")
    kept = Proposal.objects.get()
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tickets/{solved.public_id}/").content.decode()
    assert "Open it again" in page
    assert "took the reply for thanks" in page
    client.force_login(desk.outsider, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/tickets/proposals/{kept.public_id}/undo/").status_code == 404
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/tickets/proposals/{kept.public_id}/undo/").status_code == 303
    solved.refresh_from_db()
    assert solved.status_type == StatusType.OPEN
