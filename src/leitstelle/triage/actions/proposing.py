"""Looking at a new ticket: decide what is sure enough, suggest what is likely, keep silent about the rest."""

import logging
from datetime import datetime
from typing import Any

from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import Classification, classify
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.models import ModelUnusable, loaded
from leitstelle.triage.choices import FIELDS, Matter, ProposalState
from leitstelle.triage.events import ProposalsMade
from leitstelle.triage.models import FieldResult, ModelVersion, Proposal
from leitstelle.triage.queries.examples import words_of
from leitstelle.triage.queries.models import current_model, reins, results_of
from leitstelle.triage.queries.proposals import chosen_fields, present_value
from leitstelle.triage.rules.deciding import judge
from leitstelle.triage.rules.spoken import spoken

logger = logging.getLogger("leitstelle.triage")


@unit()
def propose(ticket: Ticket, *, now: datetime) -> list[Proposal]:
    """Propose category, kind, impact and urgency of a ticket once; for the worker. No model, no proposals.

    Records `ProposalsMade`, and `TicketClassified` where something was sure enough. Raises `TicketChanged`.
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
    made = _proposals(ticket, text, version, model.tell(text, hints), now)
    Proposal.objects.bulk_create(made)
    _decide(ticket, [one for one in made if one.state == ProposalState.DECIDED], now)
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


def _proposals(ticket: Ticket, text: str, version: ModelVersion, told: Any, now: datetime) -> list[Proposal]:
    results, allowed, chosen = results_of(version), reins(), chosen_fields(ticket)
    made = []
    for name, thought in told.items():
        field = Matter(name)
        rein, result = allowed[field], results[name]
        opinions = [(one.label, one.probability) for one in thought.opinions]
        threshold = _threshold(result, opinions[0][0], rein.precision)
        verdict = judge(
            opinions,
            rein,
            threshold=threshold,
            present=present_value(ticket, field),
            is_free=field not in chosen,
        )
        proposed, right = result.support.get(opinions[0][0], (0, 0))
        made.append(
            Proposal(
                ticket=ticket,
                matter=field,
                state=verdict.state,
                model=version,
                options=[list(option) for option in verdict.options],
                evidence=[[word, round(weight, 3)] for word, weight in _spoken(thought, text)],
                threshold=None if threshold is None else round(threshold * 100),
                proposed_before=proposed,
                right_before=right,
                created_at=now,
                was_decided=verdict.state == ProposalState.DECIDED,
                chosen=opinions[0][0] if verdict.state == ProposalState.DECIDED else "",
            )
        )
    return made


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
    category = values.get(Matter.CATEGORY)
    return Classification(
        kind=values.get(Matter.KIND, str(ticket.kind)),
        category_id=int(category) if category else ticket.category_id,
        impact=values.get(Matter.IMPACT, str(ticket.impact_id)),
        urgency=values.get(Matter.URGENCY, str(ticket.urgency_id)),
        device_label=ticket.device_label,
        priority=ticket.priority_id if ticket.priority_is_manual else None,
    )
