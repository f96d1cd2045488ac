"""Acting on many tickets: each on its own, nothing twice, nothing half."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, as_agent, email, make_agent
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions, policies
from leitstelle.tickets.actions import bulk as bulk_actions
from leitstelle.tickets.models import BulkRun, Ticket
from leitstelle.tickets.queries.bulk import failed_tickets, tally, verdicts
from leitstelle.tickets.rules.bulk import BulkAction, Outcome, Refusal
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def _choose(desk: Desk, tickets: list[Ticket], action: BulkAction = BulkAction.TAKE) -> BulkRun:
    return actions.choose_tickets([one.pk for one in tickets], action, by=desk.as_agent(), now=NOW)


def _run(desk: Desk, run: BulkRun, **values: Any) -> dict[int, tuple[str, str]]:
    actions.start_bulk(run, values, by=desk.as_agent(), now=NOW)
    actions.go_on(run, by=desk.as_agent(), now=NOW)
    return {row.ticket_id: (row.outcome, row.reason) for row in run.rows.all()}


def test_each_ticket_is_done_or_says_why_not(desk: Desk) -> None:
    free, mine, ended, changed = (desk.open(name) for name in "abcd")
    actions.take_ticket(mine, by=desk.as_agent(), now=NOW)
    actions.reject_ticket(ended, reason="Werbung", by=desk.as_agent(), now=NOW)
    run = _choose(desk, [free, mine, ended, changed])
    actions.assign_ticket(changed, team=desk.second, to=None, by=desk.as_lead(), now=NOW)
    results = _run(desk, run)
    assert results == {
        free.pk: (Outcome.DONE, ""),
        mine.pk: (Outcome.REFUSED, Refusal.ALREADY_YOURS),
        ended.pk: (Outcome.REFUSED, Refusal.ENDED),
        changed.pk: (Outcome.CHANGED, Refusal.CHANGED),
    }
    free.refresh_from_db()
    changed.refresh_from_db()
    assert free.assignee_id == desk.agent.pk
    assert changed.assignee_id is None
    run.refresh_from_db()
    assert run.finished_at == NOW
    assert failed_tickets(desk.as_agent(), str(run.public_id)) == {mine.pk, ended.pk, changed.pk}
    assert failed_tickets(desk.as_lead(), str(run.public_id)) == set()
    assert failed_tickets(desk.as_agent(), "moon") == set()


def test_the_preview_says_what_the_run_does(desk: Desk) -> None:
    tickets = [desk.open(name) for name in "abc"]
    actions.take_ticket(tickets[0], by=desk.as_agent(), now=NOW)
    run = _choose(desk, tickets)
    wanted = actions.wanted_with_team(run, desk.as_agent(), {})
    before = {one.row.ticket_id: one.refusal for one in verdicts(run, wanted, desk.as_agent())}
    results = _run(desk, run)
    assert {pk: why or "" for pk, why in before.items()} == {
        pk: reason for pk, (_, reason) in results.items()
    }


def test_looking_again_takes_the_present_versions(desk: Desk) -> None:
    ticket = desk.open()
    run = _choose(desk, [ticket])
    actions.assign_ticket(ticket, team=desk.second, to=None, by=desk.as_lead(), now=NOW)
    actions.look_again(run, by=desk.as_agent())
    assert _run(desk, run)[ticket.pk] == (Outcome.DONE, "")


def test_handing_over_waiting_resolving_and_closing(desk: Desk) -> None:
    tickets = [desk.open(name) for name in "ab"]
    run = _choose(desk, tickets, BulkAction.HANDOVER)
    done = _run(desk, run, team=desk.second.pk, assignee=None, reason="Netz", tried="Neustart", findings="")
    assert {outcome for outcome, _reason in done.values()} == {Outcome.DONE}
    assert all(one.handovers.get().tried == "Neustart" for one in tickets)
    run = _choose(desk, tickets, BulkAction.WAIT)
    _run(desk, run, status="waiting_third", reason="Lieferant", until="")
    assert set(Ticket.objects.values_list("status_id", flat=True)) <= {"waiting_third", "new"}
    run = _choose(desk, tickets, BulkAction.RESOLVE)
    _run(desk, run, code="solved")
    results = _run(desk, _choose(desk, tickets, BulkAction.CLOSE))
    for ticket in tickets:
        ticket.refresh_from_db()
        assert results[ticket.pk] == (Outcome.DONE, "")
        assert ticket.status_id == "closed"


def test_what_an_action_refuses_stays_with_its_row_and_changes_nothing(desk: Desk) -> None:
    ticket = desk.open()
    run = _choose(desk, [ticket], BulkAction.WAIT)
    results = _run(desk, run, status="waiting_third", reason=" ", until="")
    assert results[ticket.pk] == (Outcome.REFUSED, "reason_missing")
    ticket.refresh_from_db()
    assert ticket.status_id == "new"


def test_a_crash_in_between_loses_nothing_and_doubles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [desk.open(name) for name in "abc"]
    run = _choose(desk, tickets)
    actions.start_bulk(run, {}, by=desk.as_agent(), now=NOW)
    real = actions.take_ticket
    calls: list[int] = []

    def dies(ticket: Ticket, **rest: Any) -> Ticket:
        calls.append(ticket.pk)
        if len(calls) == 2:
            raise MemoryError
        return real(ticket, **rest)

    monkeypatch.setattr(bulk_actions, "take_ticket", dies)
    with pytest.raises(MemoryError):
        actions.go_on(run, by=desk.as_agent(), now=NOW)
    assert (tally(run).done, tally(run).pending) == (1, 2)
    assert Ticket.objects.filter(assignee=desk.agent).count() == 1
    monkeypatch.setattr(bulk_actions, "take_ticket", real)
    assert actions.go_on(run, by=desk.as_agent(), now=NOW) == 0
    actions.go_on(run, by=desk.as_agent(), now=NOW)
    assert Event.objects.filter(code="ticket.assigned").count() == 3
    assert tally(run).done == 3


def test_large_selections_are_the_workers_with_the_rights_of_their_owner(desk: Desk) -> None:
    tickets = [desk.open(str(index)) for index in range(51)]
    run = _choose(desk, tickets)
    actions.start_bulk(run, {}, by=desk.as_agent(), now=NOW)
    assert tally(run).pending == 51
    drain(NOW)
    assert tally(run).done == 51
    event = Event.objects.filter(code="ticket.assigned").latest("pk")
    assert (event.actor_kind, event.actor_id) == ("person", str(desk.agent.pk))


def test_small_selections_are_not_left_to_the_worker(desk: Desk) -> None:
    run = _choose(desk, [desk.open()])
    actions.start_bulk(run, {}, by=desk.as_agent(), now=NOW)
    drain(NOW)
    assert tally(run).pending == 1


def test_nobody_acts_on_what_they_do_not_see_or_on_others_selections(desk: Desk) -> None:
    hidden, seen = desk.open("a"), desk.open("b")
    actions.assign_ticket(seen, team=desk.second, to=None, by=desk.as_agent(), now=NOW)
    narrow = as_agent(make_agent("Eng", email("eng@desk.example"), scope=accounts.Scope(team=desk.second)))
    run = actions.choose_tickets([hidden.pk, seen.pk], BulkAction.TAKE, by=narrow, now=NOW)
    assert [row.ticket_id for row in run.rows.all()] == [seen.pk]
    with pytest.raises(InvalidInput):
        actions.choose_tickets([hidden.pk], BulkAction.TAKE, by=narrow, now=NOW)
    with pytest.raises(NotAllowed):
        actions.choose_tickets([seen.pk], BulkAction.TAKE, by=desk.as_requester(), now=NOW)
    for act in (
        lambda: actions.start_bulk(run, {}, by=desk.as_agent(), now=NOW),
        lambda: actions.look_again(run, by=desk.as_agent()),
        lambda: actions.go_on(run, by=desk.as_agent(), now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert run not in policies.visible_bulk_runs(desk.as_lead())


def test_a_ticket_that_went_out_of_sight_is_refused_without_a_word_about_it(desk: Desk) -> None:
    ticket = desk.open()
    actions.assign_ticket(ticket, team=desk.second, to=None, by=desk.as_agent(), now=NOW)
    person = make_agent("Eng", email("eng@desk.example"), scope=accounts.Scope(team=desk.second))
    run = actions.choose_tickets([ticket.pk], BulkAction.TAKE, by=as_agent(person), now=NOW)
    actions.start_bulk(run, {}, by=as_agent(person), now=NOW)
    actions.assign_ticket(ticket, team=desk.first, to=None, by=desk.as_agent(), now=NOW)
    actions.go_on(run, by=as_agent(person), now=NOW)
    row = run.rows.get()
    assert (row.outcome, row.reason) == (Outcome.REFUSED, Refusal.NOT_VISIBLE)
    reading = replace(desk.as_agent(), token_scopes=frozenset({"read"}))
    wanted = actions.wanted_with_team(run, desk.as_agent(), {})
    assert {one.refusal for one in verdicts(run, wanted, reading)} == {Refusal.NOT_VISIBLE}


def test_the_preview_names_who_loses_a_ticket(desk: Desk) -> None:
    mine, free = desk.open("Meins"), desk.open("Frei")
    actions.take_ticket(mine, by=desk.as_agent(), now=NOW)
    run = _choose(desk, [mine, free], BulkAction.ASSIGN)
    client = Client(headers={"accept-language": "en"})
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    Person.objects.update(language="en")
    page = client.post(f"/tickets/bulk/{run.public_id}/", {"do": "look", "team": desk.second.pk}).text
    team, second = desk.first.name, desk.second.name
    assert f"{team}, {desk.agent.display_name} → {second}, not assigned" in page
    assert page.count(f"→ {second}") == 2
