"""What the statistics learn from and look at: a ticket's words with hints about where they came from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from leitstelle.catalog.models import Category, Service
from leitstelle.tickets.choices import Audience, Channel, Direction, HandoverState, StatusType
from leitstelle.tickets.models import Handover, Message, Ticket
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.triage.choices import FIELDS, Matter, ProposalState
from leitstelle.triage.models import Proposal
from leitstelle.triage.rules.hints import hints_of

# The newest so many solved tickets are learned from: it bounds time and memory of a training.
MOST = 20_000
# A person's own answer to a proposal counts double, what nobody looked at only half; so does the team of a ticket that
# none of its people had.
BY_PERSON, UNSEEN = 2.0, 0.5
# Here nobody was asked for kind, impact and urgency: what stands there is only what a ticket begins with.
UNASKED = (Channel.MAIL, Channel.CHAT, Channel.MONITORING)
_CHUNK = 400
_COLUMNS = (
    "pk",
    "subject",
    "channel",
    "organisation_id",
    "requester_id",
    "device_label",
    "category_id",
    "service_id",
    "kind",
    "impact_id",
    "urgency_id",
    "team_id",
    "assignee_id",
    "classification_version",
)


@dataclass(frozen=True)
class Example:
    """A solved ticket: its words and hints, by field what it turned out to be, and how much that counts."""

    text: str
    hints: str
    labels: dict[Matter, str]
    weights: dict[Matter, float]


def solved_examples() -> list[Example]:
    """Return the newest solved tickets, newest first."""
    tickets = Ticket.objects.filter(status_type__in=(StatusType.RESOLVED, StatusType.CLOSED))
    newest = list(tickets.only(*_COLUMNS).order_by("-opened_at", "-pk")[:MOST])
    known = _InUse(
        categories=set(Category.objects.filter(is_active=True).values_list("pk", flat=True)),
        services=set(Service.objects.filter(is_active=True).values_list("pk", flat=True)),
        teams={team.pk: str(team.public_id) for team in teams_in_use()},
    )
    return [example for part in _parts(newest) for example in _examples(part, known)]


@dataclass(frozen=True)
class _InUse:
    """Categories and services by id, teams with their codes: nobody learns what may not be chosen any more."""

    categories: set[int]
    services: set[int]
    teams: dict[int, str]


def _parts(tickets: Sequence[Ticket]) -> Iterator[Sequence[Ticket]]:
    return (tickets[start : start + _CHUNK] for start in range(0, len(tickets), _CHUNK))


def _examples(tickets: Sequence[Ticket], in_use: _InUse) -> Iterator[Example]:
    words, known = words_of(tickets), _answers(tickets)
    offered = _offered(tickets)
    for ticket in tickets:
        if ticket.pk in words:
            text, hints = words[ticket.pk]
            labels = _labels(ticket, in_use)
            if ticket.pk in offered:
                labels.pop(Matter.TEAM, None)
            states = known.get(ticket.pk, {})
            weights = {field: _weight(states.get(field)) for field in labels}
            if Matter.TEAM in weights and ticket.assignee_id is None:
                weights[Matter.TEAM] = min(weights[Matter.TEAM], UNSEEN)
            yield Example(text, hints, labels, weights)


def _offered(tickets: Sequence[Ticket]) -> set[int]:
    """Tickets solved while a handover had still to be accepted: which of the two teams it was is not known."""
    rows = Handover.objects.filter(ticket__in=[ticket.pk for ticket in tickets], state=HandoverState.OFFERED)
    return set(rows.values_list("ticket_id", flat=True))


def _answers(tickets: Sequence[Ticket]) -> dict[int, dict[str, str]]:
    rows = Proposal.objects.filter(ticket__in=[ticket.pk for ticket in tickets], matter__in=FIELDS)
    found: dict[int, dict[str, str]] = {}
    for ticket_id, matter, state in rows.values_list("ticket_id", "matter", "state"):
        found.setdefault(ticket_id, {})[matter] = state
    return found


def _weight(state: str | None) -> float:
    if state in (ProposalState.ACCEPTED, ProposalState.CORRECTED):
        return BY_PERSON
    return UNSEEN if state == ProposalState.DECIDED else 1.0


def _labels(ticket: Ticket, in_use: _InUse) -> dict[Matter, str]:
    labels: dict[Matter, str] = {}
    if team := in_use.teams.get(ticket.team_id or 0):
        labels[Matter.TEAM] = team
    if ticket.category_id in in_use.categories:
        labels[Matter.CATEGORY] = str(ticket.category_id)
    if ticket.service_id in in_use.services:
        labels[Matter.SERVICE] = str(ticket.service_id)
    if ticket.channel not in UNASKED or ticket.classification_version > 1:
        labels[Matter.KIND] = str(ticket.kind)
        labels[Matter.IMPACT] = str(ticket.impact_id)
        labels[Matter.URGENCY] = str(ticket.urgency_id)
    return labels


def words_of(tickets: Iterable[Ticket]) -> dict[int, tuple[str, str]]:
    """Return words and hints of tickets by id, from the subject and the first thing the requester said in public."""
    by_id = {ticket.pk: ticket for ticket in tickets}
    first: dict[int, Message] = {}
    for message in _inbound(by_id).order_by("-at", "-pk"):
        first[message.ticket_id] = message
    found = {}
    for pk, ticket in by_id.items():
        said = first.get(pk)
        text = f"{ticket.subject}\n{said.body.text if said is not None else ''}"
        hints = hints_of(
            channel=str(ticket.channel),
            organisation_id=ticket.organisation_id,
            requester_id=ticket.requester_id,
            email=said.from_email if said is not None else "",
            device=ticket.device_label,
        )
        found[pk] = (text, hints)
    return found


def _inbound(ids: Iterable[int]) -> QuerySet[Message]:
    rows = Message.objects.filter(
        ticket__in=list(ids), direction=Direction.INBOUND, audience=Audience.PUBLIC, automatic_kind=""
    )
    return rows.select_related("body")
