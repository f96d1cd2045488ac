"""Looking at a new ticket: decide what is sure enough, suggest what is likely, keep silent about the rest."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from leitstelle.accounts.models import Team
from leitstelle.catalog.queries import services_in_use
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import FOLLOWS, Classification, assign_ticket, classify
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.models import ModelUnusable, loaded
from leitstelle.triage.actions.sorting import rules_place
from leitstelle.triage.choices import FIELDS, Matter, ProposalState, Way
from leitstelle.triage.events import ProposalsMade
from leitstelle.triage.models import FieldResult, ModelVersion, Proposal, Routing
from leitstelle.triage.queries.examples import words_of
from leitstelle.triage.queries.models import current_model, reins, results_of
from leitstelle.triage.queries.proposals import (
    chosen_fields,
    moves_of,
    present_value,
    team_is_free,
    teams_to_propose,
    was_placed_by_rule,
)
from leitstelle.triage.rules.deciding import judge
from leitstelle.triage.rules.spoken import spoken

logger = logging.getLogger("leitstelle.triage")


@unit()
def propose(ticket: Ticket, *, now: datetime) -> list[Proposal]:
    """Propose category, service, kind, impact, urgency and team of a ticket once; for the worker. No model: nothing.

    Records `ProposalsMade`, and `TicketClassified` and `TicketAssigned` where something was sure enough. Raises
    `TicketChanged`.
    """
    version = current_model()
    if version is None or Proposal.objects.filter(ticket=ticket, matter__in=FIELDS).exists():
        return []
    try:
        model = loaded(version)
    except ModelUnusable as error:
        logger.warning("model %s is not used: %s", version.number, error)
        return []
    text, hints = words_of([ticket])[ticket.pk]
    teams = teams_to_propose(ticket.organisation_id)
    services = {str(one.pk) for one in services_in_use().for_organisation(ticket.organisation_id)}
    thoughts = model.tell(text, hints, {Matter.TEAM.value: teams.keys(), Matter.SERVICE.value: services})
    team = thoughts.pop(Matter.TEAM.value, None)
    thinker = _Thinker(ticket, text, version, now)
    chosen = chosen_fields(ticket)
    made = [thinker.proposal(Matter(name), one, Matter(name) not in chosen) for name, one in thoughts.items()]
    Proposal.objects.bulk_create(made)
    _decide(ticket, [one for one in made if one.state == ProposalState.DECIDED], now)
    # Last: what was decided may wake a rule that gives the ticket to a team.
    if team is not None:
        made += _propose_team(ticket, thinker, team, teams, now)
    told = {
        state: tuple(one.matter for one in made if one.state == state)
        for state in (ProposalState.DECIDED, ProposalState.SUGGESTED)
    }
    data = ProposalsMade(
        model_id=version.pk,
        decided=told[ProposalState.DECIDED],
        suggested=told[ProposalState.SUGGESTED],
    )
    record_on(ticket, data, by=Viewer.system(), at=now)
    return made


@dataclass(frozen=True)
class _Thinker:
    """Turns what the statistics think of a ticket into proposals."""

    ticket: Ticket
    text: str
    version: ModelVersion
    now: datetime

    @cached_property
    def results(self) -> dict[str, FieldResult]:
        return results_of(self.version)

    def proposal(self, field: Matter, thought: Any, is_free: bool) -> Proposal:
        """Return the proposal, not yet stored, that comes of a thought about a field."""
        rein, result = reins()[field], self.results[field]
        opinions = [(one.label, one.probability) for one in thought.opinions]
        threshold = _threshold(result, opinions[0][0], rein.precision)
        verdict = judge(
            opinions,
            rein,
            threshold=threshold,
            present=present_value(self.ticket, field),
            is_free=is_free,
        )
        proposed, right = result.support.get(opinions[0][0], (0, 0))
        return Proposal(
            ticket=self.ticket,
            matter=field,
            state=verdict.state,
            model=self.version,
            options=[list(option) for option in verdict.options],
            evidence=[[word, round(weight, 3)] for word, weight in _spoken(thought, self.text)],
            threshold=None if threshold is None else round(threshold * 100),
            proposed_before=proposed,
            right_before=right,
            created_at=self.now,
            was_decided=verdict.state == ProposalState.DECIDED,
            chosen=opinions[0][0] if verdict.state == ProposalState.DECIDED else "",
        )


def _propose_team(
    ticket: Ticket, thinker: _Thinker, thought: Any, teams: Mapping[str, Team], now: datetime
) -> list[Proposal]:
    """Propose the team unless a rule has placed the ticket, or would have where it is already."""
    moves = moves_of(ticket)
    if was_placed_by_rule(moves) or rules_place(ticket, moves, now=now):
        return []
    proposal = thinker.proposal(Matter.TEAM, thought, team_is_free(ticket, moves))
    proposal.save(force_insert=True)
    if proposal.state == ProposalState.DECIDED and proposal.first != present_value(ticket, Matter.TEAM):
        seen = ticket.assignment_version
        assign_ticket(ticket, team=teams[proposal.first], to=None, by=Viewer.system(), now=now, expected=seen)
        Routing.objects.create(
            ticket=ticket,
            at=now,
            way=Way.LEARNED,
            reasons={"team": proposal.first, "percent": proposal.percent},
        )
    return [proposal]


def _spoken(thought: Any, text: str) -> list[tuple[str, float]]:
    return spoken([(one.words, one.weight) for one in thought.evidence], text)


def _threshold(result: FieldResult, label: str, precision: int) -> float | None:
    value = result.thresholds.get(label, {}).get(str(precision))
    return None if value is None else float(value)


def _decide(ticket: Ticket, decided: list[Proposal], now: datetime) -> None:
    if decided:
        values = {Matter(one.matter): one.first for one in decided}
        classify(ticket, classification_with(ticket, values), by=Viewer.system(), now=now)


def classification_with(ticket: Ticket, values: dict[Matter, str]) -> Classification:
    """Return the ticket's present classification with some fields set to codes."""
    category, service = values.get(Matter.CATEGORY), values.get(Matter.SERVICE)
    return Classification(
        kind=values.get(Matter.KIND, str(ticket.kind)),
        category_id=int(category) if category else ticket.category_id,
        service_id=int(service) if service else FOLLOWS,
        impact=values.get(Matter.IMPACT, str(ticket.impact_id)),
        urgency=values.get(Matter.URGENCY, str(ticket.urgency_id)),
        device_label=ticket.device_label,
        priority=ticket.priority_id if ticket.priority_is_manual else None,
    )
