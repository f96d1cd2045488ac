"""Nobody sees what they may not: tickets, messages, files, handovers, search."""

from dataclasses import replace

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import Role
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent, as_requester, email, make_agent
from leitstelle.kernel.search import SearchRow, upsert
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets import actions, policies
from leitstelle.tickets.choices import ParticipantRole
from leitstelle.tickets.searchdocs import documents
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_who_sees_a_ticket(desk: Desk) -> None:
    ticket = desk.open()
    sees = {
        name: policies.can_see(viewer, ticket)
        for name, viewer in {
            "requester": desk.as_requester(),
            "colleague": as_requester(desk.colleague),
            "outsider": as_requester(desk.outsider),
            "guest": Viewer.guest(),
            "agent": desk.as_agent(),
            "agent as requester": as_requester(desk.agent),
            "lead": desk.as_lead(),
            "admin": as_agent(desk.admin),
        }.items()
    }
    assert [name for name, seen in sees.items() if seen] == ["requester", "agent", "lead", "admin"]


def test_watchers_and_customer_contacts_read_along(desk: Desk) -> None:
    ticket = desk.open()
    actions.add_participant(ticket, desk.outsider, ParticipantRole.WATCHER, by=desk.as_agent(), now=NOW)
    scope = accounts.Scope(organisation=desk.organisation)
    accounts.grant_role(desk.colleague, Role.CUSTOMER_CONTACT, scope, by=SYSTEM, now=NOW)
    assert policies.can_see(as_requester(desk.outsider), ticket)
    assert policies.can_see(as_requester(desk.colleague), ticket)


def test_an_agent_sees_only_the_own_scope(desk: Desk) -> None:
    ticket = desk.open()
    narrow = make_agent("Eng", email("eng@desk.example"), scope=accounts.Scope(team=desk.second))
    assert not policies.can_see(as_agent(narrow), ticket)
    actions.assign_ticket(ticket, team=desk.second, to=None, by=desk.as_agent(), now=NOW)
    assert policies.can_see(as_agent(narrow), ticket)


def test_internal_words_stay_internal(desk: Desk) -> None:
    ticket = desk.open()
    note = actions.write_note(ticket, "Kanarienvogel", by=desk.as_agent(), now=NOW)
    assert note not in policies.visible_messages(desk.as_requester())
    assert note in policies.visible_messages(desk.as_agent())
    offer = actions.HandoverOffer(to_team=desk.second, reason="Netz", tried="Neustart")
    handover = actions.hand_over(ticket, offer, by=desk.as_agent(), now=NOW)
    assert handover not in policies.visible_handovers(desk.as_requester())


def test_the_index_keeps_audiences_apart(desk: Desk) -> None:
    ticket = desk.open()
    actions.write_note(ticket, "Kanarienvogel", by=desk.as_agent(), now=NOW)
    rows = {doc.audience: doc.body for doc in documents([ticket.pk])}
    assert "Kanarienvogel" in rows["internal"]
    assert "Kanarienvogel" not in rows["public"]
    assert SearchRow.objects.filter(policies.searchable(Viewer.guest())).count() == 0


def test_search_looks_at_no_tickets_only_where_all_are_visible(desk: Desk) -> None:
    narrow = as_agent(make_agent("Eng", email("eng@desk.example"), scope=accounts.Scope(team=desk.second)))
    everybody = as_agent(make_agent("Weit", email("weit@desk.example")))
    ticket = desk.open()
    upsert(documents([ticket.pk]))
    rows = SearchRow.objects.filter(kind="ticket")
    assert "tickets_ticket" not in str(rows.filter(policies.searchable(everybody)).query)
    assert rows.filter(policies.searchable(everybody)).count() == 1
    assert rows.filter(policies.searchable(narrow)).count() == 0
    assert rows.filter(policies.searchable(desk.as_requester())).count() == 1
    # The same person in the portal sees no more than a requester does.
    requester = replace(everybody, hat=Hat.REQUESTER)
    assert rows.filter(policies.searchable(requester)).count() == 0


def test_requesters_find_in_search_what_they_see(desk: Desk) -> None:
    tickets = [desk.open(), desk.open()]
    actions.add_participant(
        tickets[1], person=desk.outsider, role=ParticipantRole.WATCHER, by=desk.as_agent(), now=NOW
    )
    upsert(documents([ticket.pk for ticket in tickets]))
    viewers = [desk.as_requester(), as_requester(desk.colleague), as_requester(desk.outsider), Viewer.guest()]
    organisation = desk.requester.organisation_id
    assert organisation is not None
    viewers.append(replace(as_requester(desk.colleague), customer_contact_of=frozenset([organisation])))
    found = [
        set(SearchRow.objects.filter(policies.searchable(viewer)).values_list("ticket_id", flat=True))
        for viewer in viewers
    ]
    assert found == [set(policies.visible_tickets(viewer).values_list("pk", flat=True)) for viewer in viewers]
    assert [len(ids) for ids in found] == [2, 0, 1, 0, 2]
