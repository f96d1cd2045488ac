"""Conditions of saved views as filters on tickets, for one viewer at one moment.

Decides nothing about visibility: the lists that use it are cut to `visible_tickets`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from operator import and_, or_
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.catalog.models import Category
from leitstelle.kernel.kept import kept
from leitstelle.kernel.search import title_says
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import ONGOING_TYPES, ONGOING_VENDOR_STATES, WAITING_TYPES, VendorState
from leitstelle.tickets.models import NO_DEADLINE, ONGOING, WAITING
from leitstelle.tickets.queries.lookup import statuses
from leitstelle.tickets.rules.columns import ME, MY_TEAMS, NOBODY, OF_ONE_TICKET, Column, Operator
from leitstelle.tickets.rules.conditions import Condition, Conditions, Match, folded
from leitstelle.tickets.rules.spans import span

SEARCHED = "ticket"
NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING


def compiled(conditions: Conditions, viewer: Viewer, now: datetime) -> Q:
    """Return the filter of a view as `viewer` means it at `now` (aware); broken conditions show nothing."""
    if conditions.broken:
        return NOTHING
    return folded(conditions, lambda one: _condition(one, viewer, now), _joined)


def _joined(match: Match, parts: list[Q]) -> Q:
    return reduce(or_ if match is Match.ANY else and_, parts) if parts else Q()


def _condition(condition: Condition, viewer: Viewer, now: datetime) -> Q:
    if condition.column in OF_ONE_TICKET:
        return NOTHING
    if condition.column in _MOMENTS:
        return _moment(condition, viewer, now)
    if condition.column in _FLAGS:
        flag = _FLAGS[condition.column]()
        return flag if condition.operator is Operator.YES else ~flag
    if condition.column is Column.SUBJECT:
        says = title_says(SEARCHED, str(condition.value))
        return says if condition.operator is Operator.CONTAINS else ~says
    if condition.operator is Operator.EMPTY:
        return Q(**{f"{_COLUMNS[condition.column]}__isnull": True})
    if condition.operator is Operator.FILLED:
        return Q(**{f"{_COLUMNS[condition.column]}__isnull": False})
    values = condition.value if isinstance(condition.value, tuple) else ()
    among = _among(condition.column, values, viewer)
    return among if condition.operator is Operator.IN else ~among


_COLUMNS: Mapping[Column, str] = {
    Column.STATUS_TYPE: "status_type",
    Column.STATUS: "status_id",
    Column.PRIORITY: "priority_id",
    Column.CATEGORY: "category_id",
    Column.SERVICE: "service_id",
    Column.TEAM: "team_id",
    Column.LEVEL: "level_id",
    Column.ASSIGNEE: "assignee_id",
    Column.ORGANISATION: "organisation_id",
    Column.REQUESTER: "requester_id",
    Column.KIND: "kind",
    Column.CHANNEL: "channel",
    Column.IMPACT: "impact_id",
    Column.URGENCY: "urgency_id",
    Column.LANGUAGE: "language",
}
_MOMENTS: Mapping[Column, str] = {
    Column.CREATED: "opened_at",
    Column.UPDATED: "updated_at",
    Column.LAST_MESSAGE: "last_message_at",
    Column.DUE: "due_order",
}


def _among(column: Column, values: tuple[str | int, ...], viewer: Viewer) -> Q:
    if column is Column.STATUS_TYPE:
        return _of_types({str(value) for value in values})
    if column is Column.STATUS:
        return _of_statuses([str(value) for value in values])
    if column is Column.ASSIGNEE:
        return _of_assignees(values, viewer)
    if column is Column.TEAM:
        ids = _ids(values) | (viewer.team_ids if MY_TEAMS in values else frozenset())
        return Q(team_id__in=sorted(ids))
    if column is Column.CATEGORY:
        below = branches()
        ids = frozenset().union(*(below.get(pk, {pk}) for pk in _ids(values)))
        return Q(category_id__in=sorted(ids))
    return Q(**{f"{_COLUMNS[column]}__in": list(values)})


def _ids(values: tuple[str | int, ...]) -> frozenset[int]:
    return frozenset(value for value in values if isinstance(value, int))


def _of_types(types: set[str]) -> Q:
    """Types as the computed columns say them, where they can: their partial indexes answer such lists."""
    if types == set(ONGOING_TYPES):
        return ONGOING
    if types == set(WAITING_TYPES):
        return WAITING
    among = Q(status_type__in=sorted(types))
    return ONGOING & among if types.issubset(ONGOING_TYPES) else among


def _of_statuses(keys: list[str]) -> Q:
    ongoing = {status.key for status in statuses() if status.type in ONGOING_TYPES}
    among = Q(status_id__in=keys)
    return ONGOING & among if ongoing.issuperset(keys) else among


def _of_assignees(values: tuple[str | int, ...], viewer: Viewer) -> Q:
    ids = _ids(values)
    if ME in values and viewer.person_id is not None:
        ids |= {viewer.person_id}
    among = (
        [Q(assignee_id=next(iter(ids))) if len(ids) == 1 else Q(assignee_id__in=sorted(ids))] if ids else []
    )
    if NOBODY in values:
        among.append(Q(assignee__isnull=True))
    if MY_TEAMS in values:
        members = TeamMembership.objects.filter(team_id__in=sorted(viewer.team_ids))
        among.append(Q(assignee_id__in=members.values("person_id")))
    return reduce(or_, among) if among else NOTHING


@kept("catalog", "category")
def branches() -> dict[int, frozenset[int]]:
    """Return for each category the ids of itself and everything below it."""
    below: dict[int | None, list[int]] = defaultdict(list)
    rows = list(Category.objects.values_list("pk", "parent_id"))
    for pk, parent_id in rows:
        below[parent_id].append(pk)

    def branch(pk: int, seen: frozenset[int]) -> frozenset[int]:
        found = seen | {pk}
        for child in below[pk]:
            if child not in found:
                found = branch(child, found)
        return found

    return {pk: branch(pk, frozenset()) for pk, _parent in rows}


def _moment(condition: Condition, viewer: Viewer, now: datetime) -> Q:
    column = _MOMENTS[condition.column]
    if condition.operator is Operator.EMPTY:
        return Q(due_order=NO_DEADLINE)
    start, end = span(condition, now, ZoneInfo(viewer.time_zone))
    if condition.column is Column.DUE and end is None:
        # Tickets without a deadline stand in the year 9999 (docs/decisions/due-order.md).
        end = NO_DEADLINE
    bounds = Q()
    if start is not None:
        bounds &= Q(**{f"{column}__gte": start})
    if end is not None:
        bounds &= Q(**{f"{column}__lt": end})
    return bounds


def _unanswered() -> Q:
    """The requester wrote last. Never NULL itself, so that its negation holds for all other tickets."""
    answered = Q(
        last_agent_message_at__isnull=False, last_agent_message_at__gte=F("last_requester_message_at")
    )
    return Q(last_requester_message_at__isnull=False) & ~answered


def _of_vips() -> Q:
    return Q(requester_id__in=Person.objects.filter(is_vip=True).values("pk"))


_FLAGS: Mapping[Column, Callable[[], Q]] = {
    Column.UNANSWERED: _unanswered,
    Column.VIP: _of_vips,
    Column.UNDELIVERED: lambda: Q(delivery_failed=True),
    Column.AT_VENDOR: lambda: Q(vendor_state__in=ONGOING_VENDOR_STATES),
    Column.VENDOR_NEEDS_US: lambda: Q(vendor_state__in=(VendorState.ANSWERED, VendorState.OURS)),
    Column.PING_PONG: lambda: Q(is_ping_pong=True),
    Column.MAJOR: lambda: Q(is_major=True),
    Column.BY_HAND: lambda: Q(priority_is_manual=True),
}
