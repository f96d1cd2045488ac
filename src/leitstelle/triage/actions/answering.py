"""What people answer to proposals: accept, dismiss, or choose something else, which counts most."""

from datetime import datetime

from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import assign_ticket, classify
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.proposing import classification_with
from leitstelle.triage.choices import FIELDS, Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.events import ProposalSettled
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import can_answer
from leitstelle.triage.queries.proposals import present_value, teams_to_propose


@unit()
def accept_proposal(
    proposal: Proposal, code: str, *, by: Viewer, now: datetime, expected: int | None = None
) -> Proposal:
    """Set the field to one of the options proposed; another than the first corrects it. Whoever works on the ticket.

    Records `ProposalSettled`, and `TicketClassified` or `TicketAssigned`. Raises `NotAllowed`, `InvalidInput` for a
    code that was not proposed or a team that may not be any more, `AlreadyAnswered`, `TicketChanged`.
    """
    _check(proposal, by)
    if code not in [str(option[0]) for option in proposal.options]:
        raise InvalidInput()
    state = ProposalState.ACCEPTED if code == proposal.first else ProposalState.CORRECTED
    settle(proposal, state, chosen=code, by=by, now=now)
    ticket = proposal.ticket
    if proposal.matter == Matter.TEAM:
        _give_to_team(ticket, code, by=by, now=now, expected=expected)
        return proposal
    wanted = classification_with(ticket, {Matter(proposal.matter): code})
    classify(ticket, wanted, by=by, now=now, expected=expected)
    return proposal


def _give_to_team(ticket: Ticket, code: str, *, by: Viewer, now: datetime, expected: int | None) -> None:
    """Assign the ticket as people do. Where the team has it already, whoever works on it stays."""
    team = teams_to_propose(ticket.organisation_id).get(code)
    if team is None:
        raise InvalidInput()
    if ticket.team_id != team.pk:
        assign_ticket(ticket, team=team, to=None, by=by, now=now, expected=expected)


@unit()
def dismiss_proposal(proposal: Proposal, *, by: Viewer, now: datetime) -> Proposal:
    """Say that none of the options is right. Whoever works on the ticket.

    Records `ProposalSettled`. Raises `NotAllowed`, `AlreadyAnswered`.
    """
    _check(proposal, by)
    return settle(proposal, ProposalState.DISMISSED, chosen="", by=by, now=now)


def note_choices(ticket: Ticket, fields: set[str], *, by: Viewer, now: datetime) -> int:
    """Keep what a person chose where something was proposed or decided; returns how many proposals that answers.

    Chosen as proposed: accepted; otherwise corrected, which the next training weighs double. Records
    `ProposalSettled` for each.
    """
    waiting = (ProposalState.SUGGESTED, ProposalState.DECIDED, ProposalState.SILENT)
    rows = Proposal.objects.filter(
        ticket=ticket, message=None, matter__in=fields & set(FIELDS), state__in=waiting
    )
    answered = 0
    for proposal in rows:
        proposal.ticket = ticket
        value = present_value(ticket, Matter(proposal.matter))
        state = ProposalState.ACCEPTED if value == proposal.first else ProposalState.CORRECTED
        settle(proposal, state, chosen=value, by=by, now=now)
        answered += 1
    return answered


def leave_team_to_rules(ticket: Ticket, *, by: Viewer, now: datetime) -> None:
    """Take the proposal of a team off a ticket that a rule has placed since. Records `ProposalSettled`."""
    shown = (ProposalState.SUGGESTED, ProposalState.DECIDED)
    for proposal in Proposal.objects.filter(ticket=ticket, matter=Matter.TEAM, state__in=shown):
        proposal.ticket = ticket
        settle(proposal, ProposalState.DISMISSED, chosen="", by=by, now=now)


def _check(proposal: Proposal, by: Viewer) -> None:
    if not can_answer(by, proposal):
        raise NotAllowed()
    if proposal.state not in (ProposalState.SUGGESTED, ProposalState.DECIDED):
        raise AlreadyAnswered()


@unit()
def settle(proposal: Proposal, state: ProposalState, *, chosen: str, by: Viewer, now: datetime) -> Proposal:
    """Note what became of a proposal; the caller has asked who may. Records `ProposalSettled`.

    Raises `AlreadyAnswered` where somebody was faster.
    """
    waiting = Proposal.objects.filter(pk=proposal.pk, state=proposal.state)
    if not waiting.update(state=state, chosen=chosen, settled_at=now):
        raise AlreadyAnswered()
    proposal.state, proposal.chosen, proposal.settled_at = state, chosen, now
    data = ProposalSettled(proposal_id=proposal.pk, matter=proposal.matter, state=state)
    record_on(proposal.ticket, data, by=by, at=now)
    return proposal
