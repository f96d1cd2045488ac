"""The overview of those who lead: risks, load by level, team and person, what comes next, what came back.

A fixed number of statements, each cut to `visible_tickets`: the numbers in one, capped; the load in one, over open
tickets only; names from what the process knows, people in one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from leitstelle.accounts.models import Person
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.db import capped_counts
from leitstelle.kernel.viewer import Viewer
from leitstelle.reporting.choices import Risk
from leitstelle.reporting.models import OverviewSettings
from leitstelle.reporting.queries.lists import Moments, conditions, moments, scope_of, settings_in_use
from leitstelle.reporting.rules import Load, rolled_up
from leitstelle.tickets.choices import HandoverState
from leitstelle.tickets.models import ONGOING, Handover, Ticket
from leitstelle.tickets.policies import visible_handovers, visible_tickets
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use

CAP = 1000
NEXT_SHOWN = 8
RETURNED_SHOWN = 5
MOST_PEOPLE = 60


@dataclass(frozen=True)
class LoadRow:
    """A level, team or person with what lies there; `pk` is `None` for tickets that have none.

    `key` is what the API calls it: the key of a level, else a public id.
    """

    pk: int | None
    key: str
    name: str
    load: Load


@dataclass(frozen=True)
class Overview:
    """What the page shows; counts are capped, people are left out where the house wants that."""

    settings: OverviewSettings
    moments: Moments
    counts: Mapping[Risk, int]
    levels: list[LoadRow]
    teams: list[LoadRow]
    people: list[LoadRow]
    next_due: list[Ticket]
    returned: list[Handover]


def overview(viewer: Viewer, now: datetime, *, team_id: int | None = None) -> Overview:
    """Return what lies with the teams a viewer leads at `now` (aware), or with one team."""
    settings = settings_in_use()
    found = moments(settings, now)
    rows = visible_tickets(viewer).filter(scope_of(viewer))
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    sets = {str(risk): rows.filter(condition) for risk, condition in conditions(found).items()}
    counts = capped_counts(sets, CAP)
    levels, teams, people = _load(rows, found)
    return Overview(
        settings=settings,
        moments=found,
        counts={risk: counts[risk] for risk in Risk},
        levels=_levels(levels),
        teams=_teams(teams),
        people=_people(people) if settings.show_people else [],
        next_due=_next_due(rows, found),
        returned=_returned(viewer, found, team_id),
    )


_Sums = Mapping[int | None, Load]


def _load(rows: QuerySet[Ticket], found: Moments) -> tuple[_Sums, _Sums, _Sums]:
    """Load by level, team and person; one statement, which the database groups by all three."""
    groups = (
        rows.filter(ONGOING)
        .order_by()
        .values_list("level_id", "team_id", "assignee_id")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_order__lt=found.now)),
            soon=Count("pk", filter=Q(due_order__gte=found.now, due_order__lt=found.soon)),
            waiting=Count("pk", filter=Q(is_waiting=True)),
        )
    )
    parts = [
        (
            (level, team, person),
            Load(count, overdue, soon, count if person is None else 0, waiting),
        )
        for level, team, person, count, overdue, soon, waiting in groups
    ]
    by = [rolled_up((key[place], load) for key, load in parts) for place in range(3)]
    return by[0], by[1], by[2]


def _levels(sums: _Sums) -> list[LoadRow]:
    known = levels_in_use()
    rows = [LoadRow(one.pk, one.key, name_of(one), sums[one.pk]) for one in known if one.pk in sums]
    return rows + _rest(sums, {one.pk for one in known})


def _teams(sums: _Sums) -> list[LoadRow]:
    known = teams_in_use()
    rows = [LoadRow(one.pk, str(one.public_id), one.name, sums[one.pk]) for one in known if one.pk in sums]
    return rows + _rest(sums, {one.pk for one in known})


def _rest(sums: _Sums, known: Collection[int]) -> list[LoadRow]:
    """What has no level or team, or one that is out of use: together in a last row without a name."""
    rest = [load for pk, load in sums.items() if pk not in known]
    return [LoadRow(None, "", "", sum(rest, Load()))] if rest else []


def _people(sums: _Sums) -> list[LoadRow]:
    """Who has most comes first."""
    found = sorted((pk for pk in sums if pk is not None), key=lambda pk: -sums[pk].open)[:MOST_PEOPLE]
    people = Person.objects.only("public_id", "display_name").in_bulk(found) if found else {}
    return [
        LoadRow(pk, str(people[pk].public_id), people[pk].display_name, sums[pk])
        for pk in found
        if pk in people
    ]


def _next_due(rows: QuerySet[Ticket], found: Moments) -> list[Ticket]:
    """The open tickets whose deadline comes first from now on, with the names a row shows."""
    coming = rows.filter(ONGOING, due_order__gte=found.now, next_due_at__isnull=False)
    named = coming.select_related("status", "priority", "requester", "assignee")
    return list(named.order_by("due_order", "pk")[:NEXT_SHOWN])


def _returned(viewer: Viewer, found: Moments, team_id: int | None) -> list[Handover]:
    """The latest handovers that came back, from or to the teams that are looked at."""
    rows = visible_handovers(viewer).filter(
        state=HandoverState.RETURNED, decided_at__gte=found.returned_since
    )
    teams = {team_id} if team_id is not None else viewer.lead_team_ids
    if teams:
        rows = rows.filter(Q(from_team_id__in=sorted(teams)) | Q(to_team_id__in=sorted(teams)))
    named = rows.select_related("ticket", "from_team", "to_team")
    return list(named.order_by(F("decided_at").desc(), "-pk")[:RETURNED_SHOWN])
