"""Applying the house's rules to one ticket, in the transaction of what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leitstelle.accounts.models import Person, Team, TeamMembership
from leitstelle.kernel.events import Event, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions import FOLLOWS, Classification, add_participant, assign_ticket, classify
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.actions.classification import code_of
from leitstelle.tickets.actions.priority import priority_of
from leitstelle.tickets.choices import ParticipantRole
from leitstelle.tickets.events import TicketOpened
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import Outcome, Trigger, Way
from leitstelle.triage.events import RuleApplied, RulesCut
from leitstelle.triage.models import Routing
from leitstelle.triage.queries.proposals import moves_of
from leitstelle.triage.queries.sorting import (
    RuleSet,
    all_branches,
    chosen_at_opening,
    chosen_later,
    facts_of,
    levels_by_team,
    rules_in_use,
    service_after,
)
from leitstelle.triage.rules.sorting.engine import Decision, House, Step, decide
from leitstelle.triage.rules.sorting.facts import Facts

_CLASSES = (Outcome.CATEGORY, Outcome.SERVICE, Outcome.KIND, Outcome.IMPACT, Outcome.URGENCY)


def sort_ticket(ticket: Ticket, trigger: Trigger, event: Event, rules: RuleSet, *, now: datetime) -> Decision:
    """Let the rules look at a ticket to which `event` happened, and do what they say.

    For the product itself, in the transaction of the event. Records `RuleApplied` for each rule that changed
    something (beside what the changes record), and `RulesCut` where rules would have gone on. Fields people have set
    stay.
    """
    past = [] if trigger is Trigger.OPENED else moves_of(ticket)
    opened = event if trigger is Trigger.OPENED else _opening(past)
    facts = _facts_of(ticket, opened, rules)
    house = _house(ticket, now)
    # Nobody has chosen anything that matters where no rule acts: asked for only then.
    if not decide(rules.rules, facts, trigger, house).steps:
        return Decision(facts=facts)
    chosen = chosen_at_opening(event, facts) if trigger is Trigger.OPENED else _chosen(opened, past, facts)
    decision = decide(rules.rules, facts, trigger, house, chosen)
    _carry_out(ticket, decision, trigger, now=now)
    return decision


def rules_place(ticket: Ticket, past: Sequence[Event], *, now: datetime) -> bool:
    """Whether the rules of new tickets say which team or person has this one, as it is now; `past`: what happened.

    Such a rule leaves no trace where the ticket was in its team already.
    """
    rules = rules_in_use()
    placing = {Outcome.TEAM, Outcome.ASSIGNEE}
    if not any(placing & rule.sets.keys() for rule in rules.rules):
        return False
    facts = _facts_of(ticket, _opening(past), rules)
    steps = decide(rules.rules, facts, Trigger.OPENED, _house(ticket, now)).steps
    return any(placing & step.rule.sets.keys() for step in steps)


@unit()
def _carry_out(ticket: Ticket, decision: Decision, trigger: Trigger, *, now: datetime) -> None:
    for step in decision.steps:
        _apply(ticket, step, now=now)
    if decision.cut:
        ids = tuple(step.rule.id for step in decision.steps)
        record_on(ticket, RulesCut(trigger=trigger, rules=ids), by=Viewer.system(), at=now)


def rank_of(ticket: Ticket, facts: Facts, now: datetime) -> int:
    """Return the priority a ticket would have with these facts; one set by hand stays."""
    if ticket.priority_is_manual:
        return ticket.priority_id
    return priority_of(
        facts.impact,
        facts.urgency,
        organisation_id=ticket.organisation_id,
        category_id=facts.category,
        service_id=facts.service,
        requester=ticket.requester,
        at=now,
    ).rank


def _opening(past: Sequence[Event]) -> Event | None:
    return next((one for one in past if one.code == TicketOpened.code), None)


def _facts_of(ticket: Ticket, opened: Event | None, rules: RuleSet) -> Facts:
    first = {ticket.pk: opened.data.get("message_id") or 0} if opened is not None else {}
    return facts_of([ticket], first, rules.asked)[ticket.pk]


def _house(ticket: Ticket, now: datetime) -> House:
    return House(all_branches(), levels_by_team(), lambda wanted: rank_of(ticket, wanted, now), service_after)


def _chosen(opened: Event | None, past: list[Event], facts: Facts) -> set[Outcome]:
    """Fields set by people since the ticket was opened; what an agent chose when opening it counts as well."""
    chosen = chosen_later(past)
    if opened is not None:
        chosen |= chosen_at_opening(opened, facts) & {Outcome.KIND, Outcome.IMPACT, Outcome.URGENCY}
    return chosen


def _apply(ticket: Ticket, step: Step, *, now: datetime) -> None:
    """Do what one rule says, in its name; what is not possible any more is left and named."""
    if not step.changes:
        return
    by = Viewer.by_rule(step.rule.id)
    values = {change.field: change.after for change in step.changes}
    missed = tuple(
        outcome
        for outcome, done in (
            (Outcome.ASSIGNEE, _place(ticket, values, by=by, now=now)),
            (Outcome.WATCHER, _let_watch(ticket, values, by=by, now=now)),
        )
        if not done
    )
    if any(outcome in values for outcome in _CLASSES):
        _classify(ticket, values, by=by, now=now)
    changes = tuple(
        (str(change.field), code_of(change.before), code_of(change.after))
        for change in step.changes
        if change.field not in missed
    )
    applied = RuleApplied(
        rule_id=step.rule.id,
        number=step.rule.version,
        trigger=step.trigger,
        changes=changes,
        kept=tuple(map(str, step.kept)),
        taken=tuple(map(str, step.taken)),
        missed=tuple(map(str, missed)),
    )
    record_on(ticket, applied, by=by, at=now)
    Routing.objects.create(
        ticket=ticket,
        at=now,
        way=Way.RULE,
        rule_id=step.rule.id,
        trigger=step.trigger,
        reasons={"changes": [list(one) for one in changes], "kept": applied.kept, "taken": applied.taken},
    )


def _classify(ticket: Ticket, values: Mapping[Outcome, object], *, by: Viewer, now: datetime) -> None:
    category = values.get(Outcome.CATEGORY, ticket.category_id)
    wanted = Classification(
        kind=str(values.get(Outcome.KIND, ticket.kind)),
        category_id=_id(category) or None,
        service_id=_id(values.get(Outcome.SERVICE)) or FOLLOWS,
        impact=str(values.get(Outcome.IMPACT, ticket.impact_id)),
        urgency=str(values.get(Outcome.URGENCY, ticket.urgency_id)),
        device_label=ticket.device_label,
        priority=ticket.priority_id if ticket.priority_is_manual else None,
        reason=ticket.priority_reason,
    )
    classify(ticket, wanted, by=by, now=now)


def _place(ticket: Ticket, values: Mapping[Outcome, object], *, by: Viewer, now: datetime) -> bool:
    """Give the ticket to team and person; returns whether the person could have it."""
    if Outcome.TEAM not in values and Outcome.ASSIGNEE not in values:
        return True
    team = Team.objects.filter(pk=_id(values.get(Outcome.TEAM, ticket.team_id)), is_active=True).first()
    if team is None:
        return False
    person = None
    if Outcome.ASSIGNEE in values:
        rows = Person.objects.filter(pk=_id(values[Outcome.ASSIGNEE]), is_active=True)
        members = TeamMembership.objects.filter(team=team)
        person = rows.filter(pk__in=members.values("person_id")).first()
        if person is None and Outcome.TEAM not in values:
            return False
    assign_ticket(ticket, team=team, to=person, by=by, now=now)
    return person is not None or Outcome.ASSIGNEE not in values


def _let_watch(ticket: Ticket, values: Mapping[Outcome, object], *, by: Viewer, now: datetime) -> bool:
    if Outcome.WATCHER not in values:
        return True
    person = Person.objects.filter(pk=_id(values[Outcome.WATCHER]), is_active=True).first()
    if person is None:
        return False
    add_participant(ticket, person, ParticipantRole.WATCHER, by=by, now=now)
    return True


def _id(value: object) -> int:
    return value if isinstance(value, int) else 0
