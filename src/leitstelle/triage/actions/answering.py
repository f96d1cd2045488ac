"""What people answer to proposals: accept, dismiss, or choose something else, which counts most."""

from datetime import datetime

from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import classify
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.models import Ticket
from leitstelle.triage.actions.proposing import classification_with
from leitstelle.triage.choices import FIELDS, Matter, ProposalState
from leitstelle.triage.errors import AlreadyAnswered
from leitstelle.triage.events import ProposalSettled
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import can_answer
from leitstelle.triage.queries.proposals import present_value


@unit()
def accept_proposal(
    proposal: Proposal, code: str, *, by: Viewer, now: datetime, expected: int | None = None
) -> Proposal:
    """Set the field to one of the options proposed; another than the first corrects it. Whoever works on the ticket.

    Records `ProposalSettled` and `TicketClassified`. Raises `NotAllowed`, `InvalidInput` for a code that was not
    proposed, `AlreadyAnswered`, `TicketChanged`.
    """
    _check(proposal, by)
    if code not in [str(option[0]) for option in proposal.options]:
        raise InvalidInput()
    state = ProposalState.ACCEPTED if code == proposal.first else ProposalState.CORRECTED
    settle(proposal, state, chosen=code, by=by, now=now)
    ticket = proposal.ticket
    wanted = classification_with(ticket, {Matter(proposal.matter): code})
    classify(ticket, wanted, by=by, now=now, expected=expected)
    return proposal


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
