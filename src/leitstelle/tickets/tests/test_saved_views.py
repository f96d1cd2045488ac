"""Saved views: what they find, for whom, and who may make, share and change them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Person
from leitstelle.accounts.tests.cast import NOW, as_agent, as_requester, email, make_agent
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import upsert
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets import actions, policies
from leitstelle.tickets.models import NO_DEADLINE, SavedView, Ticket
from leitstelle.tickets.queries import inbox
from leitstelle.tickets.queries.conditions import compiled
from leitstelle.tickets.queries.views import (
    arrangement_of,
    as_list,
    chosen_tickets,
    key_of,
    sample_of,
    saved_views,
)
from leitstelle.tickets.rules.columns import OPERATORS, WORDS, Column, Shape, shape_of
from leitstelle.tickets.rules.conditions import Conditions, Group, Match, make
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.tickets.searchdocs import documents
from leitstelle.tickets.tests.desk import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    cache.clear()
    return make_desk()


def _found(viewer: Viewer, *rows: Any, match: Match = Match.ALL) -> set[int]:
    conditions = Conditions(match, tuple(rows))
    tickets = policies.visible_tickets(viewer).filter(compiled(conditions, viewer, NOW))
    return set(tickets.values_list("number", flat=True))


def _view(desk: Desk, by: Viewer | None = None, **values: Any) -> SavedView:
    values = {"name": "Meine", "conditions": Conditions(), **values}
    return actions.create_view(actions.ViewInput(**values), by=by or desk.as_agent(), now=NOW)


def _list_of(view: SavedView, viewer: Viewer) -> set[int]:
    selection = inbox.Selection(as_list(view, viewer, NOW), inbox.ORDERS[0])
    return set(inbox.narrowed(selection, viewer).values_list("number", flat=True))


# --- what conditions find ---------------------------------------------------------------------------------------


def test_me_nobody_and_my_teams_mean_whoever_looks(desk: Desk) -> None:
    mine, theirs, free = desk.open("a"), desk.open("b"), desk.open("c")
    actions.take_ticket(mine, by=desk.as_agent(), now=NOW)
    actions.assign_ticket(theirs, team=desk.second, to=desk.expert, by=desk.as_agent(), now=NOW)
    me = make("assignee", "in", ["me"])
    assert _found(desk.as_agent(), me) == {mine.number}
    assert _found(desk.as_expert(), me) == {theirs.number}
    assert _found(desk.as_agent(), make("assignee", "in", ["nobody"])) == {free.number}
    assert _found(desk.as_agent(), make("assignee", "not_in", ["me"])) == {theirs.number, free.number}
    assert _found(desk.as_agent(), make("assignee", "in", ["my_teams"])) == {mine.number}
    assert _found(desk.as_expert(), make("team", "in", ["my_teams"])) == {theirs.number}


def test_groups_all_and_any(desk: Desk) -> None:
    first, second, third = desk.open("a"), desk.open("b"), desk.open("c")
    actions.assign_ticket(second, team=desk.second, to=desk.expert, by=desk.as_agent(), now=NOW)
    Ticket.objects.filter(pk=third.pk).update(priority_id=1)
    group = Group(Match.ANY, (make("team", "in", [desk.second.pk]), make("priority", "in", [1])))
    agent = desk.as_agent()
    assert _found(agent, make("status_type", "in", ["new"]), group) == {third.number}
    assert _found(agent, group, match=Match.ANY) == {second.number, third.number}
    assert _found(agent, Group(Match.ANY, ())) == {first.number, second.number, third.number}


def test_categories_bring_their_branch(desk: Desk) -> None:
    leaf = Category.objects.filter(parent__isnull=False).order_by("pk")[0]
    inside, outside = desk.open("a"), desk.open("b")
    Ticket.objects.filter(pk=inside.pk).update(category=leaf)
    assert _found(desk.as_agent(), make("category", "in", [leaf.parent_id])) == {inside.number}
    assert _found(desk.as_agent(), make("category", "empty", [])) == {outside.number}
    assert _found(desk.as_agent(), make("category", "not_in", [leaf.parent_id])) == {outside.number}


def test_deadlines_flags_and_times(desk: Desk) -> None:
    late, soon, calm = desk.open("a"), desk.open("b"), desk.open("c")
    for ticket, due in ((late, NOW - timedelta(hours=1)), (soon, NOW + timedelta(hours=1))):
        Ticket.objects.filter(pk=ticket.pk).update(due_order=due, next_due_at=due)
    Ticket.objects.filter(pk=calm.pk).update(due_order=NO_DEADLINE)
    agent = desk.as_agent()
    assert _found(agent, make("due", "overdue", [])) == {late.number}
    assert _found(agent, make("due", "within_hours", [2])) == {soon.number}
    assert _found(agent, make("due", "empty", [])) == {calm.number}
    assert _found(agent, make("due", "filled", [])) == {late.number, soon.number}
    assert _found(agent, make("due", "from", ["2000-01-01"])) == {late.number, soon.number}
    Ticket.objects.filter(pk=late.pk).update(last_agent_message_at=NOW, last_requester_message_at=NOW)
    waits = {soon.number, calm.number}
    assert _found(agent, make("unanswered", "yes", [])) == waits
    assert _found(agent, make("unanswered", "no", [])) == {late.number}
    Person.objects.filter(pk=desk.requester.pk).update(is_vip=True)
    assert len(_found(agent, make("vip", "yes", []))) == 3
    assert _found(agent, make("vip", "no", [])) == set()
    assert len(_found(agent, make("created", "last_days", [1]))) == 3
    assert _found(agent, make("created", "older_days", [1])) == set()
    assert _found(agent, make("undelivered", "yes", [])) == set()


def test_words_of_the_subject_are_folded_and_told_from_those_of_the_text(desk: Desk) -> None:
    hit = desk.open("Ärger mit dem Drucker", text="nichts")
    other = desk.open("Anderes", text="Der Drucker steht im Text")
    upsert(documents([hit.pk, other.pk]))
    agent = desk.as_agent()
    assert _found(agent, make("subject", "contains", ["aerger drucker"])) == {hit.number}
    assert _found(agent, make("subject", "contains", ["Drucker"])) == {hit.number}
    assert _found(agent, make("subject", "lacks", ["drucker"])) == {other.number}
    assert _found(agent, make("subject", "contains", ["„“"])) == set()


VALUES = {Shape.NUMBER: 3, Shape.DAY: "2026-01-01", Shape.TEXT: "Drucker"}


def _entry(column: Column) -> object:
    return 1 if column in WORDS else "new"


@pytest.mark.parametrize("column", list(Column))
def test_every_comparison_is_understood_by_the_database(desk: Desk, column: Column) -> None:
    desk.open()
    for operator in OPERATORS[column]:
        found = _found(
            desk.as_agent(), make(column, operator, [VALUES.get(shape_of(operator)) or _entry(column)])
        )
        assert len(found) <= 1


def test_broken_conditions_show_nothing(desk: Desk) -> None:
    desk.open()
    view = _view(desk)
    SavedView.objects.filter(pk=view.pk).update(conditions={"version": 99})
    view.refresh_from_db()
    assert read(view.conditions).broken
    assert _list_of(view, desk.as_agent()) == set()


# --- nobody sees through a view ---------------------------------------------------------------------------------


def test_a_shared_view_shows_each_viewer_only_what_they_see_and_counts_no_more(desk: Desk) -> None:
    visible, hidden = desk.open("a"), desk.open("b")
    actions.assign_ticket(visible, team=desk.second, to=None, by=desk.as_agent(), now=NOW)
    view = _view(desk, desk.as_lead(), shared_with_all=True)
    narrow = as_agent(make_agent("Eng", email("eng@desk.example"), scope=accounts.Scope(team=desk.second)))
    assert _list_of(view, desk.as_agent()) == {visible.number, hidden.number}
    assert _list_of(view, narrow) == {visible.number}
    listed = as_list(view, narrow, NOW)
    assert inbox.capped_counts([listed], narrow) == {listed.key: (1, False)}
    assert sample_of(listed, narrow, 5)[:2] == (1, False)
    selection = inbox.Selection(replace(listed, grouping="team"), inbox.ORDERS[0])
    asked = [desk.first.pk, desk.second.pk]
    assert inbox.counts_of_list([], selection, asked, narrow)[1] == {
        desk.first.pk: (0, False),
        desk.second.pk: (1, False),
    }
    assert [number for number, _at in inbox.first_page(selection, narrow, 50)] == [visible.number]
    assert chosen_tickets(selection, narrow, 500) == [visible.pk]


def test_who_sees_a_view(desk: Desk) -> None:
    own = _view(desk, name="Eigene")
    team = _view(desk, name="Team", team_ids=frozenset({desk.first.pk}))
    house = _view(desk, desk.as_lead(), name="Haus", shared_with_all=True)
    seen = {
        name: [view.name for view in saved_views(viewer)]
        for name, viewer in {
            "agent": desk.as_agent(),
            "lead": desk.as_lead(),
            "expert": desk.as_expert(),
            "requester": desk.as_requester(),
            "agent as requester": as_requester(desk.agent),
            "guest": Viewer.guest(),
        }.items()
    }
    assert seen["agent"] == ["Eigene", "Haus", "Team"]
    assert seen["lead"] == ["Haus", "Team"]
    assert seen["expert"] == ["Haus"]
    assert seen["requester"] == seen["agent as requester"] == seen["guest"] == []
    admin = as_agent(desk.admin)
    assert set(policies.managed_views(admin)) == {team, house}
    assert not policies.can_edit_view(admin, own)


# --- making, sharing, changing ----------------------------------------------------------------------------------


def test_owners_share_with_their_own_teams_and_leads_with_all(desk: Desk) -> None:
    everybody, own, foreign = (
        {"shared_with_all": True},
        frozenset({desk.first.pk}),
        frozenset({desk.second.pk}),
    )
    _view(desk, team_ids=own)
    for values in (everybody, {"team_ids": foreign}):
        with pytest.raises(NotAllowed):
            _view(desk, **values)
        _view(desk, desk.as_lead(), **values)
        _view(desk, as_agent(desk.admin), **values)
    with pytest.raises(NotAllowed):
        _view(desk, desk.as_requester())
    with pytest.raises(NotAllowed):
        _view(desk, replace(desk.as_agent(), token_scopes=frozenset()))


def test_a_share_somebody_else_gave_stays_when_the_owner_changes_the_name(desk: Desk) -> None:
    view = _view(desk)
    SavedView.objects.filter(pk=view.pk).update(shared_with_all=True)
    view.refresh_from_db()
    new = actions.ViewInput(name="Anders", conditions=Conditions(), shared_with_all=True)
    changed = actions.change_view(view, new, by=desk.as_agent(), now=NOW)
    assert (changed.name, changed.shared_with_all, changed.version) == ("Anders", True, 2)
    with pytest.raises(Conflict):
        actions.change_view(view, new, by=desk.as_agent(), now=NOW, expected=1)
    with pytest.raises(NotAllowed):
        actions.change_view(view, new, by=desk.as_expert(), now=NOW)
    actions.change_view(view, new, by=as_agent(desk.admin), now=NOW)


def test_saving_and_deleting_are_recorded_and_nonsense_is_refused(desk: Desk) -> None:
    view = _view(desk, team_ids=frozenset({desk.first.pk}))
    event = Event.objects.get(code="view.saved")
    assert event.data["team_ids"] == [desk.first.pk]
    for wrong in (
        {"name": " "},
        {"order": "moon"},
        {"grouping": "moon"},
        {"conditions": Conditions(broken=True)},
    ):
        with pytest.raises(InvalidInput):
            _view(desk, **wrong)
    with pytest.raises(NotAllowed):
        actions.delete_view(view, by=desk.as_lead(), now=NOW)
    actions.delete_view(view, by=desk.as_agent(), now=NOW)
    assert Event.objects.filter(code="view.deleted").count() == 1
    assert not SavedView.objects.exists()


def test_everybody_has_their_own_order_and_start(desk: Desk) -> None:
    first, second = _view(desk, desk.as_lead(), name="A", shared_with_all=True), _view(desk, name="B")
    agent = desk.as_agent()
    assert agent.person_id is not None
    actions.arrange_views([str(second.public_id), "moon", str(first.public_id)], by=agent, now=NOW)
    actions.choose_start(key_of(second), by=agent, now=NOW)
    assert [view.name for view in saved_views(agent)] == ["B", "A"]
    assert [view.name for view in saved_views(desk.as_expert())] == ["A"]
    assert arrangement_of(agent.person_id).start == key_of(second)
    views = [*inbox.VIEWS, as_list(second, agent, NOW)]
    assert inbox.select(views, {}, key_of(second)).view.key == key_of(second)
    assert inbox.select(views, {"view": "open"}, key_of(second)).view.key == "open"
    assert inbox.select(views, {}, "saved-gone").view.key == "mine"


# --- order, groups, pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("grouping", ["", *inbox.GROUPINGS])
@pytest.mark.parametrize("order", [order.key for order in inbox.ORDERS])
def test_pages_of_every_order_and_grouping_hold_each_ticket_once(
    desk: Desk, grouping: str, order: str
) -> None:
    tickets = [desk.open(str(index), now=NOW + timedelta(minutes=index)) for index in range(5)]
    actions.assign_ticket(tickets[0], team=desk.second, to=desk.expert, by=desk.as_agent(), now=NOW)
    actions.take_ticket(tickets[1], by=desk.as_agent(), now=NOW)
    Ticket.objects.filter(pk=tickets[2].pk).update(
        organisation=None, category=Category.objects.order_by("pk")[0]
    )
    agent = desk.as_agent()
    view = as_list(_view(desk, order=order, grouping=grouping), agent, NOW)
    selection = inbox.Selection(view, next(one for one in inbox.ORDERS if one.key == order))
    seen: list[int] = []
    after: str | None = None
    while True:
        page = keyset(inbox.tickets_in(selection, agent), selection.sort, after=after, size=2)
        seen += [ticket.number for ticket in page.items]
        if page.next is None:
            break
        after = page.next
    assert sorted(seen) == [ticket.number for ticket in tickets]
    assert [number for number, _at in inbox.first_page(selection, agent, 50)] == seen
    if grouping:
        column = inbox.GROUPINGS[grouping].column
        values = [getattr(Ticket.objects.get(number=number), column) for number in seen]
        runs = [value for index, value in enumerate(values) if index == 0 or values[index - 1] != value]
        assert len(runs) == len(set(runs))
        counts = inbox.counts_of_list([], selection, list(dict.fromkeys(values)), agent)[1]
        assert {value: count for value, (count, _more) in counts.items()} == {
            value: values.count(value) for value in set(values)
        }
