"""The team as one of the fields that are proposed: learned, decided, suggested, and left to rules and people."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import LevelRight, LevelSight
from leitstelle.accounts.models import LevelScheme, Organisation, Team
from leitstelle.accounts.tests.cast import NOW, SYSTEM, as_agent
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.kept import forget
from leitstelle.kernel.tests.once import built_once
from leitstelle.kernel.work import drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Channel
from leitstelle.tickets.models import Handover, Ticket
from leitstelle.tickets.rules.conditions import Conditions, make
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions import rules
from leitstelle.triage.actions.answering import accept_proposal, dismiss_proposal
from leitstelle.triage.actions.training import train_model
from leitstelle.triage.actions.tuning import tune_field
from leitstelle.triage.choices import Matter, Outcome, ProposalState, Trigger, Way
from leitstelle.triage.models import FieldResult, Proposal, Routing
from leitstelle.triage.policies import visible_proposals
from leitstelle.triage.queries.examples import BY_PERSON, UNSEEN, Example, solved_examples
from leitstelle.triage.queries.figures import live_weeks
from leitstelle.triage.queries.models import reins
from leitstelle.triage.queries.proposals import teams_to_propose
from leitstelle.triage.rules.deciding import Rein
from leitstelle.triage.tests.world import arrive, solve, solve_in_teams

pytestmark = pytest.mark.django_db

NETWORK = ("VPN bricht ab, Tunnel trennt sich", "Der Fernzugriff per VPN verbindet nicht, von zu Hause.")
PRINTER = ("Drucker druckt nicht", "Papierstau im Drucker, der Ausdruck ist streifig. Bitte um Hilfe.")
OTHERS = (Matter.CATEGORY, Matter.KIND, Matter.IMPACT, Matter.URGENCY)


@built_once
def taught() -> Desk:
    """A trained desk where only the team is looked at: the other fields are switched off."""
    desk = make_desk()
    solve_in_teams(desk)
    train_model(now=NOW)
    for field in OTHERS:
        tune_field(field, Rein(is_on=False), by=as_agent(desk.admin), now=NOW)
    return desk


@pytest.fixture
def trained() -> Desk:
    forget()
    return taught()


@pytest.fixture
def deciding(trained: Desk) -> Desk:
    let_decide(trained)
    return trained


def let_decide(desk: Desk) -> None:
    tune_field(Matter.TEAM, Rein(precision=80), by=as_agent(desk.admin), now=NOW)


def team_proposal(ticket: Ticket) -> Proposal:
    ticket.refresh_from_db()
    return Proposal.objects.select_related("ticket").get(ticket=ticket, matter=Matter.TEAM)


def assigned_by(ticket: Ticket) -> list[str]:
    rows = Event.objects.filter(code="ticket.assigned", subject_id=ticket.pk).order_by("pk")
    return list(rows.values_list("actor_kind", flat=True))


def example_of(words: tuple[str, str]) -> Example:
    return next(one for one in solved_examples() if one.text == "\n".join(words))


def give_to(team: Team, *rows: tuple[str, str, list[str]], on: Trigger = Trigger.OPENED) -> None:
    new = rules.RuleInput(
        name="Verteilung",
        triggers=frozenset({on}),
        conditions=Conditions(rows=tuple(make(*row) for row in rows)),
        sets={Outcome.TEAM: team.pk},
    )
    rules.create_rule(new, by=SYSTEM, now=NOW, active=True)
    forget()


def test_it_learns_which_team_solves_what(trained: Desk) -> None:
    result = FieldResult.objects.get(field=Matter.TEAM)
    assert (result.problem, result.classes, result.examples) == ("", 2, 60)
    assert result.accuracy > 0.9
    assert set(result.thresholds) == {str(trained.first.public_id), str(trained.second.public_id)}
    assert sum(count for count, _right in result.support.values()) == 60


def test_it_suggests_until_the_house_lets_it_decide(trained: Desk) -> None:
    assert not reins()[Matter.TEAM].decides
    assert reins()[Matter.CATEGORY].precision == 90
    ticket = arrive(trained, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    assert (proposal.state, proposal.first) == (ProposalState.SUGGESTED, str(trained.second.public_id))
    assert any("vpn" in words.casefold() for words, _weight in proposal.evidence)
    assert 0 < proposal.right_before <= proposal.proposed_before
    assert (ticket.team, assigned_by(ticket)) == (trained.first, [])
    other = arrive(trained, *PRINTER)
    drain()
    assert team_proposal(other).state == ProposalState.SILENT, "it is where it belongs already"


def test_sure_enough_it_assigns_as_people_do(deciding: Desk) -> None:
    ticket = arrive(deciding, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    assert proposal.state == ProposalState.DECIDED
    assert proposal.percent >= (proposal.threshold or 0) > 0
    assert (ticket.team, ticket.level_id) == (deciding.second, deciding.second.level_id)
    assert assigned_by(ticket) == ["system"]
    told = Event.objects.get(code="triage.proposals_made", subject_id=ticket.pk)
    assert told.data["decided"] == [Matter.TEAM]
    step = Routing.objects.get(ticket=ticket)
    assert (step.way, step.reasons["team"]) == (Way.LEARNED, proposal.first)


def test_accepting_moves_the_ticket_and_teaches(trained: Desk) -> None:
    ticket = arrive(trained, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    with pytest.raises(InvalidInput):
        accept_proposal(proposal, str(trained.organisation.public_id), by=trained.as_agent(), now=NOW)
    accept_proposal(proposal, proposal.first, by=trained.as_agent(), now=NOW)
    drain()
    proposal = team_proposal(ticket)
    assert (proposal.state, proposal.chosen) == (ProposalState.ACCEPTED, str(trained.second.public_id))
    assert (ticket.team, assigned_by(ticket)) == (trained.second, ["person"])
    tickets.take_ticket(ticket, by=trained.as_expert(), now=NOW)
    tickets.resolve_ticket(ticket, code="solved", by=trained.as_expert(), now=NOW)
    assert example_of(NETWORK).weights[Matter.TEAM] == BY_PERSON


def test_confirming_leaves_whoever_works_on_it(deciding: Desk) -> None:
    ticket = arrive(deciding, *NETWORK)
    drain()
    ticket.refresh_from_db()
    tickets.take_ticket(ticket, by=deciding.as_expert(), now=NOW)
    drain()
    proposal = team_proposal(ticket)
    assert proposal.state == ProposalState.DECIDED, "taking it in its team says nothing about the team"
    accept_proposal(proposal, proposal.first, by=deciding.as_expert(), now=NOW)
    assert team_proposal(ticket).state == ProposalState.ACCEPTED
    assert ticket.assignee == deciding.expert


def test_another_team_is_a_correction(deciding: Desk) -> None:
    ticket = arrive(deciding, *NETWORK)
    drain()
    ticket.refresh_from_db()
    tickets.assign_ticket(ticket, team=deciding.first, to=deciding.agent, by=deciding.as_lead(), now=NOW)
    drain()
    proposal = team_proposal(ticket)
    assert (proposal.state, proposal.chosen) == (ProposalState.CORRECTED, str(deciding.first.public_id))
    solve(deciding, ticket)
    learned = example_of(NETWORK)
    assert (learned.labels[Matter.TEAM], learned.weights[Matter.TEAM]) == (proposal.chosen, BY_PERSON)


def test_a_handover_counts_once_it_is_accepted(trained: Desk) -> None:
    ticket = arrive(trained, *PRINTER)
    drain()
    ticket.refresh_from_db()
    offer = tickets.HandoverOffer(to_team=trained.second, reason="Treiber", tried="Neu gestartet")
    handover = tickets.hand_over(ticket, offer, by=trained.as_agent(), now=NOW)
    drain()
    assert team_proposal(ticket).state == ProposalState.SILENT
    tickets.resolve_ticket(ticket, code="solved", by=trained.as_agent(), now=NOW)
    assert Matter.TEAM not in example_of(PRINTER).labels, "nobody knows which of the two it was"
    tickets.accept_handover(Handover.objects.get(pk=handover.pk), by=trained.as_expert(), now=NOW)
    drain()
    assert team_proposal(ticket).state == ProposalState.CORRECTED
    assert example_of(PRINTER).labels[Matter.TEAM] == str(trained.second.public_id)


def test_what_nobody_had_or_looked_at_counts_half(deciding: Desk) -> None:
    ticket = arrive(deciding, *NETWORK)
    drain()
    ticket.refresh_from_db()
    tickets.take_ticket(ticket, by=deciding.as_expert(), now=NOW)
    tickets.resolve_ticket(ticket, code="solved", by=deciding.as_expert(), now=NOW)
    assert example_of(NETWORK).weights[Matter.TEAM] == UNSEEN
    Proposal.objects.all().delete()
    assert example_of(NETWORK).weights[Matter.TEAM] == 1.0
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    assert example_of(NETWORK).weights[Matter.TEAM] == UNSEEN


def test_a_rule_goes_first_also_where_it_changes_nothing(deciding: Desk) -> None:
    give_to(deciding.first, ("words", "contains", ["vpn"]))
    ticket = arrive(deciding, *NETWORK)
    drain()
    ticket.refresh_from_db()
    assert ticket.team == deciding.first
    assert not Proposal.objects.filter(ticket=ticket, matter=Matter.TEAM).exists()
    assert Proposal.objects.filter(ticket=ticket, matter=Matter.CATEGORY).exists()


def test_a_rule_that_moved_it_leaves_nothing_to_propose(deciding: Desk) -> None:
    give_to(deciding.second, ("words", "contains", ["papierstau"]))
    ticket = arrive(deciding, *PRINTER)
    drain()
    ticket.refresh_from_db()
    assert ticket.team == deciding.second
    assert not Proposal.objects.filter(ticket=ticket, matter=Matter.TEAM).exists()


def test_what_is_decided_wakes_a_rule_and_the_rule_wins(deciding: Desk) -> None:
    tune_field(Matter.CATEGORY, Rein(precision=80), by=as_agent(deciding.admin), now=NOW)
    give_to(deciding.second, ("kind", "in", ["incident"]), on=Trigger.CHANGED)
    ticket = arrive(deciding, *PRINTER)
    drain()
    ticket.refresh_from_db()
    assert ticket.category is not None
    assert (ticket.team, assigned_by(ticket)) == (deciding.second, ["rule"])
    assert not Proposal.objects.filter(ticket=ticket, matter=Matter.TEAM).exists()


def test_a_later_rule_takes_the_suggestion_away(trained: Desk) -> None:
    ticket = arrive(trained, *NETWORK)
    drain()
    give_to(trained.second, ("kind", "in", ["request"]), on=Trigger.CHANGED)
    ticket.refresh_from_db()
    wanted = tickets.Classification(kind="request", category_id=None, impact="person", urgency="hindered")
    tickets.classify(ticket, wanted, by=trained.as_agent(), now=NOW)
    drain()
    assert team_proposal(ticket).state == ProposalState.DISMISSED
    assert assigned_by(ticket) == ["rule"]


def test_what_somebody_chose_or_has_is_left_alone(deciding: Desk) -> None:
    moved = arrive(deciding, *NETWORK)
    tickets.assign_ticket(moved, team=deciding.second, to=None, by=deciding.as_lead(), now=NOW)
    tickets.assign_ticket(moved, team=deciding.first, to=None, by=deciding.as_lead(), now=NOW)
    taken = arrive(deciding, *NETWORK)
    tickets.take_ticket(taken, by=deciding.as_agent(), now=NOW)
    drain()
    assert team_proposal(taken).state == ProposalState.SUGGESTED, "there is good reason to contradict"
    for ticket in (moved, taken):
        assert not team_proposal(ticket).was_decided
        assert ticket.team == deciding.first
        assert "system" not in assigned_by(ticket)


def test_the_scheme_of_the_organisation_says_which_teams(deciding: Desk) -> None:
    accounts.ensure_level_schemes(now=NOW)
    tiers = LevelScheme.objects.filter(is_default=False).order_by("pk")[0]
    level = tiers.levels.order_by("order")[0]
    front = accounts.create_team(accounts.TeamInput(name="Zentrale Nord", level=level), by=SYSTEM, now=NOW)
    assert set(teams_to_propose(None)) == {str(deciding.first.public_id), str(deciding.second.public_id)}
    Organisation.objects.filter(pk=deciding.organisation.pk).update(level_scheme=tiers)
    assert set(teams_to_propose(deciding.organisation.pk)) == {str(front.public_id)}
    ticket = arrive(deciding, *NETWORK)
    drain()
    ticket.refresh_from_db()
    assert ticket.team == front
    assert not Proposal.objects.filter(ticket=ticket, matter=Matter.TEAM).exists()


def test_teams_out_of_use_are_neither_proposed_nor_accepted(trained: Desk, client: Client) -> None:
    ticket = arrive(trained, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    Team.objects.filter(pk=trained.second.pk).update(is_active=False)
    forget()
    with pytest.raises(InvalidInput):
        accept_proposal(proposal, proposal.first, by=trained.as_agent(), now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.SUGGESTED
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    assert f"{proposal.public_id}/accept/" not in client.get(f"/tickets/{ticket.public_id}/").content.decode()
    assert all(str(trained.second.public_id) not in one.labels.values() for one in solved_examples())
    later = arrive(trained, *NETWORK)
    drain()
    assert trained.second.name not in str(team_proposal(later).options)
    assert str(trained.second.public_id) not in str(team_proposal(later).options)


def test_dismissed_it_stays_where_it_is(trained: Desk) -> None:
    ticket = arrive(trained, *NETWORK)
    drain()
    dismiss_proposal(team_proposal(ticket), by=trained.as_agent(), now=NOW)
    assert team_proposal(ticket).state == ProposalState.DISMISSED
    assert ticket.team == trained.first


def test_who_sees_their_own_teams_tickets_sees_no_more(trained: Desk, client: Client) -> None:
    """A click that takes the ticket out of one's sight ends in the inbox; its proposals are gone with it."""
    level = trained.first.level
    accounts.set_level_rights(level, sees=LevelSight.TEAM, withheld=(), by=as_agent(trained.admin), now=NOW)
    ticket = arrive(trained, *NETWORK)
    elsewhere = arrive(trained, *NETWORK)
    tickets.assign_ticket(elsewhere, team=trained.second, to=None, by=trained.as_lead(), now=NOW)
    drain()
    assert set(visible_proposals(trained.as_agent()).values_list("ticket_id", flat=True)) == {ticket.pk}
    proposal = team_proposal(ticket)
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/tickets/proposals/{proposal.public_id}/accept/", {"code": proposal.first})
    assert (answer.status_code, answer["Location"]) == (303, "/tickets/")
    assert team_proposal(ticket).state == ProposalState.ACCEPTED
    assert not visible_proposals(trained.as_agent()).filter(ticket=ticket).exists()


def test_who_may_not_assign_is_not_asked(trained: Desk, client: Client) -> None:
    ticket = arrive(trained, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/tickets/{ticket.public_id}/"
    page = client.get(address).content.decode()
    assert f"/tickets/proposals/{proposal.public_id}/accept/" in page
    assert trained.second.name in page
    accounts.set_level_rights(
        trained.first.level,
        sees=LevelSight.ALL,
        withheld=(LevelRight.ASSIGN,),
        by=as_agent(trained.admin),
        now=NOW,
    )
    assert f"/tickets/proposals/{proposal.public_id}/" not in client.get(address).content.decode()
    with pytest.raises(NotAllowed):
        accept_proposal(proposal, proposal.first, by=trained.as_agent(), now=NOW)


def test_the_page_needs_no_more_statements(trained: Desk, client: Client, settings: Any) -> None:
    settings.MASTER_DATA_SECONDS = 60
    ticket = arrive(trained, *NETWORK)
    drain()
    proposal = team_proposal(ticket)
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    counts = []
    for state in (ProposalState.SUGGESTED, ProposalState.DISMISSED):
        Proposal.objects.filter(pk=proposal.pk).update(state=state)
        client.get(f"/tickets/{ticket.public_id}/")
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/tickets/{ticket.public_id}/")
        counts.append(len(statements))
    assert counts[0] <= counts[1]


def test_the_manager_page_tells_of_the_team(deciding: Desk, client: Client) -> None:
    ticket = arrive(deciding, *NETWORK, channel=Channel.MAIL)
    drain()
    ticket.refresh_from_db()
    tickets.take_ticket(ticket, by=deciding.as_expert(), now=NOW)
    tickets.resolve_ticket(ticket, code="solved", by=deciding.as_expert(), now=NOW)
    weeks = live_weeks(NOW)[Matter.TEAM]
    assert [(week.count, week.right, week.decided_right) for week in weeks] == [(1, 1, 1)]
    client.force_login(deciding.admin, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/administration/proposals/").content.decode()
    assert 'action="/administration/proposals/team/"' in page
    values = {"version": 1, "is_on": "on", "precision": 95, "suggest_from": 30}
    assert client.post("/administration/proposals/team/", values).status_code == 303
    assert reins()[Matter.TEAM] == Rein(decides=False, precision=95, suggest_from=30)
