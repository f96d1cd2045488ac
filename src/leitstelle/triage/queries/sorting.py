"""The rules as this process knows them, and what they may know of tickets; a fixed number of statements for a batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from leitstelle.accounts.models import Person
from leitstelle.accounts.queries import primary_addresses
from leitstelle.catalog.queries import service_following, service_of_category
from leitstelle.kernel.events import Event
from leitstelle.kernel.kept import kept
from leitstelle.kernel.search.linguistics.folding import fold
from leitstelle.tickets.choices import Channel, Kind
from leitstelle.tickets.events import (
    HandoverAccepted,
    HandoverReturned,
    TicketAssigned,
    TicketClassified,
    TicketHandedOver,
    TicketOpened,
)
from leitstelle.tickets.models import Message, MessageRecipient, Ticket
from leitstelle.tickets.queries import team_of_arrival
from leitstelle.tickets.queries.conditions import branches
from leitstelle.tickets.queries.people import teams_in_use
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.triage.choices import Outcome, Trigger
from leitstelle.triage.models import Rule
from leitstelle.triage.rules.sorting.engine import SortingRule, Value, columns_asked
from leitstelle.triage.rules.sorting.facts import ADDRESSES, LETTERS, PEOPLE, TEXTS, Facts

KIND = "rule"
# So much of a message is looked at; what stands further down is quoted or a log.
LONGEST = 20_000
_CHUNK = 500
# Channels on which whoever opens a ticket for somebody else says what it is.
_BY_AGENTS = (Channel.WORKSPACE, Channel.PHONE, Channel.WALK_IN)


@dataclass(frozen=True)
class RuleSet:
    """Active rules in order, which triggers any of them has, and the columns they look at."""

    rules: tuple[SortingRule, ...]
    triggers: frozenset[Trigger]
    asked: frozenset[str]


def rule_set(rules: Iterable[SortingRule]) -> RuleSet:
    """Return rules in their order with what they have in common."""
    known = tuple(rules)
    return RuleSet(known, frozenset().union(*(rule.triggers for rule in known)), columns_asked(known))


@kept(KIND, "team", "category", "service", "catalog", "person")
def rules_in_use() -> RuleSet:
    """Return the active rules as this process knows them. Outcomes that are out of use are left out."""
    return rule_set(as_sorting(row) for row in with_outcomes(Rule.objects.filter(is_active=True)))


def with_outcomes(rows: "QuerySet[Rule]") -> "QuerySet[Rule]":
    """Return rules in their order, with what they set."""
    joined = rows.select_related(
        "team", "category__parent", "service", "impact", "urgency", "assignee", "watcher"
    )
    return joined.order_by("position", "pk")


def as_sorting(row: Rule) -> SortingRule:
    """Return a stored rule as the engine knows it."""
    flags = {
        Trigger.OPENED: row.on_opening,
        Trigger.CHANGED: row.on_change,
        Trigger.HANDED_OVER: row.on_handover,
    }
    return SortingRule(
        id=row.pk,
        version=row.version,
        name=row.name,
        triggers=frozenset(trigger for trigger, on in flags.items() if on),
        conditions=read(row.conditions),
        sets=_sets(row),
        stops=row.stops,
    )


def _sets(row: Rule) -> dict[Outcome, Value]:
    values: dict[Outcome, Value] = {
        Outcome.CATEGORY: row.category_id if row.category and row.category.is_active else None,
        Outcome.SERVICE: row.service_id if row.service and row.service.is_active else None,
        Outcome.KIND: row.kind or None,
        Outcome.IMPACT: row.impact_id,
        Outcome.URGENCY: row.urgency_id,
        Outcome.TEAM: row.team_id if row.team and row.team.is_active else None,
        Outcome.ASSIGNEE: row.assignee_id if row.assignee and row.assignee.is_active else None,
        Outcome.WATCHER: row.watcher_id if row.watcher and row.watcher.is_active else None,
    }
    return {outcome: value for outcome, value in values.items() if value is not None}


def rule_called(rule_id: int) -> str:
    """Return the name of a rule: from memory where it is active, else asked for."""
    known = next((rule.name for rule in rules_in_use().rules if rule.id == rule_id), "")
    return known or Rule.objects.filter(pk=rule_id).values_list("name", flat=True).first() or ""


def levels_by_team() -> dict[int, int]:
    """Return the level of each team a ticket can be given to."""
    return {team.pk: team.level_id for team in teams_in_use()}


def all_branches() -> Mapping[int, frozenset[int]]:
    """Return for each category itself and what lies below it."""
    return branches()


def service_after(before: Facts, after: Facts) -> int | None:
    """Return the service that a ticket has after a rule has changed its category."""
    return service_following(before.service, before.category, after.category, after.organisation)


@dataclass(frozen=True)
class _Texts:
    bodies: dict[int, str]
    senders: dict[int, str]
    mailboxes: dict[int, set[str]]
    addresses: dict[int, str]
    vips: frozenset[int]


def facts_of(
    tickets: Sequence[Ticket], first_messages: Mapping[int, int], asked: Collection[str]
) -> dict[int, Facts]:
    """Return what rules that look at `asked` columns may know of tickets; `first_messages` by ticket."""
    texts = _texts(tickets, list(first_messages.values()), frozenset(asked))
    return {ticket.pk: _facts(ticket, first_messages.get(ticket.pk, 0), texts) for ticket in tickets}


def _texts(tickets: Sequence[Ticket], messages: list[int], asked: frozenset[str]) -> _Texts:
    bodies: dict[int, str] = {}
    senders: dict[int, str] = {}
    mailboxes: dict[int, set[str]] = {}
    addresses: dict[int, str] = {}
    vips: frozenset[int] = frozenset()
    requesters = {ticket.requester_id for ticket in tickets if ticket.requester_id is not None}
    if asked & (TEXTS | LETTERS):
        columns = ("pk", "from_email", "body__text") if asked & TEXTS else ("pk", "from_email")
        for pk, sender, *text in Message.objects.filter(pk__in=messages).values_list(*columns):
            senders[pk], bodies[pk] = sender, text[0] or "" if text else ""
    if asked & LETTERS and not all(senders.values()):
        addresses = primary_addresses(requesters)
    if asked & ADDRESSES:
        rows = MessageRecipient.objects.filter(message_id__in=messages).values_list("message_id", "email")
        for message_id, email in rows:
            mailboxes.setdefault(message_id, set()).add(fold(email))
    if asked & PEOPLE:
        vips = frozenset(Person.objects.filter(pk__in=requesters, is_vip=True).values_list("pk", flat=True))
    return _Texts(bodies, senders, mailboxes, addresses, vips)


def _facts(ticket: Ticket, message_id: int, texts: _Texts) -> Facts:
    subject = fold(ticket.subject)
    body = texts.bodies.get(message_id, "")
    sender = texts.senders.get(message_id, "") or texts.addresses.get(ticket.requester_id or 0, "")
    return Facts(
        kind=ticket.kind,
        category=ticket.category_id,
        service=ticket.service_id,
        impact=ticket.impact_id,
        urgency=ticket.urgency_id,
        priority=ticket.priority_id,
        team=ticket.team_id,
        level=ticket.level_id,
        assignee=ticket.assignee_id,
        organisation=ticket.organisation_id,
        requester=ticket.requester_id,
        channel=ticket.channel,
        language=ticket.language,
        subject=subject,
        vip=ticket.requester_id in texts.vips,
        text=f"{subject}\n{fold(body[:LONGEST])}" if body else subject,
        sender=fold(sender),
        mailboxes=frozenset(texts.mailboxes.get(message_id, ())),
        device=fold(ticket.device_label),
    )


def is_by_person(event: Event) -> bool:
    """Whether a person did it, with a session or through a token; rules and the product itself are none."""
    return event.actor_kind in ("person", "token")


def chosen_at_opening(event: Event, values: Facts) -> set[Outcome]:
    """Return the fields that whoever opened a ticket has chosen.

    Agents see all of them in the form and mean what they leave; of what others send, the values that differ from
    those everybody begins with. Neither the team where such tickets arrive nor a service that comes with the category
    is a choice.
    """
    chosen = {Outcome.CATEGORY} if values.category is not None else set()
    if values.service != service_of_category(values.category, values.organisation):
        chosen |= {Outcome.SERVICE}
    first = team_of_arrival(values.organisation)
    if values.assignee is not None or values.team != (first.pk if first else None):
        chosen |= {Outcome.TEAM}
    if values.assignee is not None:
        chosen |= {Outcome.ASSIGNEE}
    if is_by_person(event) and event.data.get("channel") in _BY_AGENTS:
        return chosen | {Outcome.KIND, Outcome.IMPACT, Outcome.URGENCY}
    usual = {Outcome.KIND: Kind.INCIDENT, Outcome.IMPACT: "person", Outcome.URGENCY: "hindered"}
    return chosen | {outcome for outcome, value in usual.items() if getattr(values, outcome) != value}


_PLACED = (TicketAssigned.code, TicketHandedOver.code, HandoverAccepted.code, HandoverReturned.code)
LOOKED_AT = (TicketOpened.code, TicketClassified.code, *_PLACED)


def chosen_later(events: Iterable[Event]) -> set[Outcome]:
    """Return the fields that people have set in these events of one ticket."""
    chosen: set[Outcome] = set()
    for event in events:
        if not is_by_person(event):
            continue
        if event.code == TicketClassified.code:
            names = {str(change[0]) for change in event.data.get("changes", ())}
            chosen |= {outcome for outcome in Outcome if outcome in names}
            if names & {"priority", "priority_is_manual"} and event.data.get("by_hand"):
                chosen |= {Outcome.IMPACT, Outcome.URGENCY}
        elif event.code in _PLACED:
            chosen |= {Outcome.TEAM}
            if event.data.get("after_person") or event.data.get("to_person") or event.data.get("person_id"):
                chosen |= {Outcome.ASSIGNEE}
    return chosen
