"""Levels: to and fro, the next level in one step, rights by level, and agents of another company."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import LevelRight, LevelSight, OrganisationKind, Role, TokenScope
from leitstelle.accounts.errors import StillInUse, TeamHasWork
from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.queries import viewer_for
from leitstelle.accounts.queries.viewers import agent_viewers
from leitstelle.accounts.tests.cast import NOW, PASSWORD, SYSTEM, as_agent, email, make_person, make_team
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions
from leitstelle.tickets.models import Attachment, Ticket
from leitstelle.tickets.policies import (
    may_solve,
    searchable,
    visible_attachments,
    visible_handovers,
    visible_messages,
    visible_tickets,
)
from leitstelle.tickets.queries.escalation import next_level
from leitstelle.tickets.rules.handovers import Candidate, is_ping_pong, next_team, path_of
from leitstelle.tickets.tests.desk import Desk, make_desk

EVERY_RIGHT = tuple(LevelRight)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([1, 2], False),
        ([1, 2, 1], False),
        ([1, 2, 1, 2], True),
        ([1, 2, 3, 1, 2], False),
        ([1, 2, 3, 2, 1, 2], True),
        ([], False),
    ],
)
def test_back_twice_between_the_same_two_teams_is_to_and_fro(path: list[int], expected: bool) -> None:
    assert is_ping_pong(path) is expected


def test_standing_still_is_no_move() -> None:
    assert path_of([1, 1, None, 2, 2, 1]) == [1, 2, 1]


def test_the_nearest_level_above_and_there_who_knows_the_matter() -> None:
    second = [Candidate(7, 2, open_tickets=9, solved_alike=3), Candidate(8, 2, had_it_before=True)]
    chosen = next_team([Candidate(5, 1), *second, Candidate(9, 3, solved_alike=50)], 1)
    assert chosen is not None
    assert chosen.team == 7
    assert next_team(second, 2) is None


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def hand(ticket: Ticket, to: object, by: Viewer) -> None:
    offer = actions.HandoverOffer(to_team=to, reason="x", tried="y")  # type: ignore[arg-type]
    actions.hand_over(ticket, offer, by=by, now=NOW)


def test_a_ticket_passed_to_and_fro_is_marked(desk: Desk) -> None:
    ticket, agent = desk.open(), desk.as_agent()
    hand(ticket, desk.second, agent)
    hand(ticket, desk.first, agent)
    assert not Ticket.objects.get(pk=ticket.pk).is_ping_pong
    hand(ticket, desk.second, agent)
    assert Ticket.objects.get(pk=ticket.pk).is_ping_pong
    page = client_of(desk.agent).get(reverse("tickets:ticket", args=[ticket.public_id])).text
    assert "passed to and fro" in page


def test_steps_and_files_go_with_a_handover(desk: Desk) -> None:
    ticket = desk.open()
    client = client_of(desk.agent)
    data = {
        "team": desk.second.pk,
        "reason": "Netz",
        "tried": "Kabel getauscht",
        "steps": ["cables", "restarted"],
        "version": ticket.assignment_version,
    }
    assert client.post(reverse("tickets:handover", args=[ticket.public_id]), data).status_code == 303
    handover = ticket.handovers.get()
    assert handover.steps == ["restarted", "cables"]
    assert (
        "Cables, power and network checked"
        in client.get(reverse("tickets:ticket", args=[ticket.public_id])).text
    )


def test_the_requester_is_told_once_where_the_house_wants_so(desk: Desk) -> None:
    agent, ticket = desk.as_agent(), desk.open()
    hand(ticket, desk.second, agent)
    drain(NOW)
    told = ticket.messages.filter(automatic_kind="handover")
    assert not told.exists()
    wish = accounts.HouseInput(
        company="Haus",
        tells_handover=True,
        handover_text_en="{number} is with {team} now.",
        handover_text_de="x",
    )
    accounts.save_house(wish, by=SYSTEM, now=NOW)
    Person.objects.filter(pk=desk.requester.pk).update(language="en")
    other = desk.open()
    for to in (desk.second, desk.first, desk.second):
        hand(other, to, agent)
    drain(NOW)
    texts = list(other.messages.filter(automatic_kind="handover").values_list("body__text", flat=True))
    assert texts == [
        f"#{other.number} is with Netz und Server now.",
        f"#{other.number} is with Service Desk now.",
    ]
    other.refresh_from_db()
    assert other.first_response_at is None
    page = client_of(desk.requester).get(reverse("portal:report-detail", args=[other.public_id])).text
    assert texts[0] in page


def test_to_the_next_level_in_one_step(desk: Desk) -> None:
    ticket = desk.open()
    address = reverse("tickets:next-level", args=[ticket.public_id])
    client = client_of(desk.agent)
    assert desk.second.name in client.get(address).text
    data = {"reason": "Netz", "tried": "Kabel", "version": ticket.assignment_version}
    assert client.post(address, data).status_code == 303
    ticket.refresh_from_db()
    assert ticket.team == desk.second
    assert next_level(ticket, NOW) is None


def limit(desk: Desk, sees: LevelSight = LevelSight.ALL, *withheld: LevelRight, solves: str = "") -> None:
    branches = tuple(Category.objects.filter(key=solves)) if solves else ()
    rights = actions.LevelRightsInput(sees=sees, withheld=withheld, solves=branches)
    actions.set_rights_of_level(desk.first.level, rights, by=as_agent(desk.admin), now=NOW)


def test_a_level_does_not_do_what_is_withheld(desk: Desk) -> None:
    ticket = desk.open()
    limit(desk, LevelSight.ALL, *EVERY_RIGHT)
    agent = as_agent(desk.agent)
    wanted = actions.Classification(kind="request", category_id=None, impact="person", urgency="hindered")
    refusals: tuple[Callable[[], object], ...] = (
        lambda: actions.resolve_ticket(ticket, code="solved", by=agent, now=NOW),
        lambda: actions.reject_ticket(ticket, reason="x", by=agent, now=NOW),
        lambda: actions.classify(ticket, wanted, by=agent, now=NOW),
        lambda: actions.change_subject(ticket, "Neu", by=agent, now=NOW),
        lambda: actions.change_requester(ticket, desk.colleague, by=agent, now=NOW),
        lambda: actions.assign_ticket(ticket, team=desk.second, to=None, by=agent, now=NOW),
    )
    for refused in refusals:
        with pytest.raises(NotAllowed):
            refused()
    hand(ticket, desk.second, agent)  # handing over is what remains
    expert = as_agent(desk.expert)
    actions.resolve_ticket(ticket, code="solved", by=expert, now=NOW)
    lead = as_agent(desk.lead)
    assert lead.withheld == frozenset()


def test_rights_count_on_pages_and_in_the_api_alike(desk: Desk) -> None:
    ticket = desk.open()
    limit(desk, LevelSight.ALL, LevelRight.RESOLVE, LevelRight.REJECT)
    client = client_of(desk.agent)
    page = client.get(reverse("tickets:ticket", args=[ticket.public_id])).text
    assert reverse("tickets:step", args=[ticket.public_id, "resolve"]) not in page
    sent = client.post(
        reverse("tickets:step", args=[ticket.public_id, "resolve"]),
        {"code": "solved", "version": ticket.status_version},
    )
    assert sent.status_code == 422
    _row, token = accounts.create_api_token(desk.agent, "x", tuple(TokenScope), by=SYSTEM, now=NOW)
    answer = Client(headers={"Authorization": f"Bearer {token}"}).post(
        f"/api/v1/tickets/{ticket.public_id}/resolve",
        '{"code": "solved"}',
        content_type="application/json",
        headers={"Idempotency-Key": "levels-1"},
    )
    assert answer.status_code == 403, answer.text
    ticket.refresh_from_db()
    assert ticket.status_type == "new"


def test_a_level_solves_its_categories_only(desk: Desk) -> None:
    ticket = desk.open()
    child = Category.objects.filter(parent__isnull=False).select_related("parent").earliest("pk")
    other = Category.objects.filter(parent__isnull=True).exclude(pk=child.parent_id or 0).earliest("pk")
    limit(desk, solves=str(child.parent.key) if child.parent else "")
    agent = as_agent(desk.agent)
    assert may_solve(agent, child.pk)
    assert not may_solve(agent, other.pk)
    assert may_solve(as_agent(desk.lead), other.pk)
    Ticket.objects.filter(pk=ticket.pk).update(category=other)
    ticket.refresh_from_db()
    with pytest.raises(NotAllowed):
        actions.resolve_ticket(ticket, code="solved", by=agent, now=NOW)
    Ticket.objects.filter(pk=ticket.pk).update(category=child)
    ticket.refresh_from_db()
    actions.resolve_ticket(ticket, code="solved", by=agent, now=NOW)


@pytest.mark.parametrize("sees", [LevelSight.LEVEL, LevelSight.TEAM])
def test_a_level_that_sees_its_own_sees_nothing_else(desk: Desk, sees: LevelSight) -> None:
    own, passed = desk.open("Eigenes"), desk.open("Weitergereicht")
    hand(passed, desk.second, desk.as_agent())
    limit(desk, sees)
    agent = as_agent(desk.agent)
    assert set(visible_tickets(agent)) == {own}
    assert set(visible_tickets(agent_viewers([desk.agent])[desk.agent.pk])) == {own}
    assert set(visible_tickets(as_agent(desk.lead))) == {own, passed}
    accounts.set_team_members(desk.second, (desk.expert, desk.agent), by=SYSTEM, now=NOW)
    assert set(visible_tickets(as_agent(desk.agent))) == {own, passed}


def test_the_administration_keeps_the_rights(desk: Desk) -> None:
    client = client_of(desk.admin)
    assert "Rights by level" in client.get(reverse("tickets:level-rights")).text
    address = reverse("tickets:level-rights-of", args=[desk.first.level_id])
    assert client.get(address).status_code == 200
    assert client.post(address, {"sees": "team", "may": ["classify"]}).status_code == 303
    desk.first.level.refresh_from_db()
    assert desk.first.level.sees == LevelSight.TEAM
    assert set(desk.first.level.withheld) == set(LevelRight.values) - {"classify"}
    limit_as = actions.LevelRightsInput(sees=LevelSight.ALL)
    with pytest.raises(NotAllowed):
        actions.set_rights_of_level(desk.first.level, limit_as, by=desk.as_lead(), now=NOW)


def test_no_team_goes_while_tickets_are_with_it(desk: Desk) -> None:
    ticket = desk.open()
    gone = accounts.TeamInput(name=desk.first.name, level=desk.first.level, is_active=False)
    moved = accounts.TeamInput(name=desk.first.name, level=desk.second.level)
    for wanted in (gone, moved):
        with pytest.raises(TeamHasWork) as refused:
            accounts.edit_team(desk.first, wanted, version=desk.first.version, by=SYSTEM, now=NOW)
        assert "1 " in refused.value.message
    hand(ticket, desk.second, desk.as_agent())
    accounts.edit_team(desk.first, gone, version=desk.first.version, by=SYSTEM, now=NOW)


def test_no_level_goes_while_a_team_stands_on_it(desk: Desk) -> None:
    scheme = desk.first.level.scheme
    rest = [accounts.LevelInput(key=one.key, name_de=one.name_de) for one in scheme.levels.all()[1:]]
    wanted = accounts.SchemeInput(name_de="Ohne Eingang", levels=rest)
    with pytest.raises(StillInUse):
        accounts.edit_level_scheme(scheme, wanted, by=SYSTEM, now=NOW)


@pytest.fixture
def call_centre(desk: Desk) -> tuple[Person, Organisation]:
    company = accounts.create_organisation(
        accounts.OrganisationInput(name="Rufwerk", kind=OrganisationKind.VENDOR), by=SYSTEM, now=NOW
    )
    person = make_person("Rita Ruf", email("rita@rufwerk.example"), organisation=company, password=PASSWORD)
    return person, company


def test_agents_of_another_company_need_a_scope(desk: Desk, call_centre: tuple[Person, Organisation]) -> None:
    person, _company = call_centre
    for role in (Role.AGENT, Role.TEAM_LEAD):
        with pytest.raises(InvalidInput):
            accounts.grant_role(person, role, by=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):
        accounts.grant_role(person, Role.ADMINISTRATOR, by=SYSTEM, now=NOW)


def test_the_call_centre_sees_exactly_the_tickets_of_its_team(
    desk: Desk, call_centre: tuple[Person, Organisation]
) -> None:
    person, _company = call_centre
    desk_of_calls = make_team("Rufannahme", person)
    accounts.grant_role(person, Role.AGENT, accounts.Scope(team=desk_of_calls), by=SYSTEM, now=NOW)
    theirs, ours = desk.open("Zeisigfall angenommen"), desk.open("Zeisigfall intern")
    agent = desk.as_agent()
    actions.write_note(ours, "Zeisigfall Notiz", by=agent, now=NOW)
    actions.assign_ticket(theirs, team=desk_of_calls, to=None, by=agent, now=NOW)
    hand(ours, desk.second, agent)
    drain(NOW + timedelta(minutes=1))
    viewer = viewer_for(person, Hat.AGENT)
    assert set(visible_tickets(viewer)) == {theirs}
    assert set(visible_messages(viewer).values_list("ticket_id", flat=True)) == {theirs.pk}
    assert not visible_handovers(viewer).exists()
    assert set(visible_attachments(viewer)) == set(Attachment.objects.filter(message__ticket=theirs))
    hits = search("Zeisigfall", {"ticket": searchable(viewer)}).hits
    assert {hit.object_id for hit in hits} == {theirs.pk}
    client = client_of(person)
    listed = client.get(f"{reverse('tickets:inbox')}?view=all").text
    assert "Zeisigfall angenommen" in listed
    assert "Zeisigfall intern" not in listed
    found = client.get(f"{reverse('tickets:search')}?q=Zeisigfall").text
    assert "Zeisigfall intern" not in found
    for address in ("tickets:ticket", "tickets:preview", "tickets:protocol", "tickets:vendor-new"):
        assert client.get(reverse(address, args=[ours.public_id])).status_code == 404
    _row, token = accounts.create_api_token(person, "x", tuple(TokenScope), by=SYSTEM, now=NOW)
    api = Client(headers={"Authorization": f"Bearer {token}"})
    rows = api.get("/api/v1/tickets").json()["items"]
    assert [row["number"] for row in rows] == [theirs.number]
    assert api.get(f"/api/v1/tickets/{ours.public_id}").status_code == 404
