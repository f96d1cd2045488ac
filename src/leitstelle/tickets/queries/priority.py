"""Why a ticket has its priority, in the reader's words; and what another matrix would make of open tickets."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leitstelle.catalog import rules
from leitstelle.catalog.queries import (
    PriorityWords,
    case_of,
    decided,
    every_layer,
    modifiers_in_use,
    of_organisation,
    priority_name,
    told_basis,
)
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.tickets.policies import visible_tickets

_FACTS = ("organisation_id", "category_id", "service_id", "impact_id", "urgency_id", "requester__is_vip")


def explained(ticket: Ticket, words: PriorityWords | None = None) -> str:
    """Say why a ticket has its priority, from its own columns; a page with many passes the words for all."""
    words = words or PriorityWords()
    basis = rules.Basis.read(ticket.priority_basis)
    rank = basis.rank if basis is not None else ticket.priority_id
    if not ticket.priority_is_manual:
        return words.told(basis, ticket.impact_id, ticket.urgency_id, ticket.priority_id)
    name = words.priorities.get(ticket.priority_id, f"P{ticket.priority_id}")
    by_hand = (
        _("%(priority)s, set by hand: %(reason)s")
        if ticket.priority_reason
        else _("%(priority)s, set by hand")
    ) % {"priority": name, "reason": ticket.priority_reason.rstrip(".")}
    if basis is None:
        return by_hand
    calculated = words.told(basis, ticket.impact_id, ticket.urgency_id, rank)
    return _("%(by_hand)s. Calculated: %(sentence)s") % {"by_hand": by_hand, "sentence": calculated}


def explained_event(data: Mapping[str, Any]) -> str:
    """Say what the priority of an event stands on, empty where the event is older than such reasons."""
    stored = data.get("basis")
    if not stored:
        return ""
    impact, urgency, version_id, base, steps = stored
    basis = rules.Basis(version_id, base, tuple(rules.Step(*one) for one in steps))
    return told_basis(basis, impact, urgency, basis.rank)


def decided_now(ticket: Ticket) -> rules.Decision:
    """Return what the present rules make of a ticket whose requester is loaded."""
    case = case_of(
        ticket.impact_id,
        ticket.urgency_id,
        organisation_id=ticket.organisation_id,
        category_id=ticket.category_id,
        service_id=ticket.service_id,
        is_vip=ticket.requester is not None and ticket.requester.is_vip,
    )
    return decided(case, timezone.now())


def rank_now(ticket: Ticket) -> int:
    """Return the priority that the present rules give."""
    return decided_now(ticket).rank


@dataclass(frozen=True)
class Effect:
    """What today's rules, or proposed ones, would change at open tickets: how many by (rank now, rank then)."""

    moves: Mapping[tuple[int, int], int]
    by_hand: int

    @property
    def count(self) -> int:
        return sum(self.moves.values())


def told_moves(found: Effect) -> list[tuple[str, str, int]]:
    """Return what would change as people read it: priority now, priority then, how many."""
    return [
        (f"P{before} {priority_name(before)}", f"P{after} {priority_name(after)}", count)
        for (before, after), count in found.moves.items()
    ]


def calculated(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible open tickets whose priority follows the rules."""
    return visible_tickets(viewer).filter(ONGOING, priority_is_manual=False)


def effect(viewer: Viewer, layers: Sequence[rules.Layer], at: datetime) -> Effect:
    """Return what these matrices would change at visible open tickets at a moment (aware).

    Tickets that are alike are counted by the database, so the work here grows with their variety.
    """
    rank_of = _Calculator(layers, at)
    moves: Counter[tuple[int, int]] = Counter()
    rows = calculated(viewer).order_by().values_list(*_FACTS, "priority_id")
    for *facts, rank, count in rows.annotate(count=Count("pk")):
        then = rank_of(facts)
        if then != rank:
            moves[rank, then] += count
    by_hand = visible_tickets(viewer).filter(ONGOING, priority_is_manual=True).count()
    return Effect(dict(sorted(moves.items())), by_hand)


def touched(viewer: Viewer, at: datetime, limit: int) -> list[int]:
    """Return the first visible open tickets, by deadline, whose priority the present rules would change."""
    rank_of = _Calculator(every_layer(), at)
    rows = calculated(viewer).order_by("due_order", "pk").values_list("pk", "priority_id", *_FACTS)
    found: list[int] = []
    for pk, rank, *facts in rows.iterator(chunk_size=2000):
        if rank_of(facts) != rank:
            found.append(pk)
            if len(found) == limit:
                break
    return found


class _Calculator:
    """Ranks by the facts of a ticket; each variety is decided once."""

    def __init__(self, layers: Sequence[rules.Layer], at: datetime) -> None:
        self._layers, self._at = layers, at
        self._modifiers = modifiers_in_use()
        self._known: dict[tuple[Any, ...], int] = {}

    def __call__(self, facts: Iterable[Any]) -> int:
        key = tuple(facts)
        if key not in self._known:
            organisation_id, category_id, service_id, impact, urgency, is_vip = key
            case = case_of(
                impact,
                urgency,
                organisation_id=organisation_id,
                category_id=category_id,
                service_id=service_id,
                is_vip=bool(is_vip),
            )
            layers = of_organisation(self._layers, organisation_id)
            self._known[key] = rules.decide(case, layers, self._modifiers, self._at).rank
        return self._known[key]
