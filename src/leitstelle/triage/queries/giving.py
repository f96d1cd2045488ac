"""Who of a team could have a ticket now, and what waits for a person; as this process knows teams and absences."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.accounts.queries.viewers import agent_viewers
from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.queries import hours_in_use
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import NO_DEADLINE, ONGOING, Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.conditions import branches
from leitstelle.triage.choices import Away, Mode, Way, Why
from leitstelle.triage.models import Absence, AgentProfile, AgentSkill, Routing, Skill, TeamMode
from leitstelle.triage.rules.giving import Candidate, Waiting, in_order

WATCH_MINUTES = 60
# Waiting tickets keep nobody busy.
BUSY = (StatusType.NEW, StatusType.OPEN)
_LOOKED_AT = 50


@dataclass(frozen=True)
class TeamWay:
    """How a team's tickets find a person, as this process knows it."""

    mode: Mode = Mode.NONE
    limit: int = 0
    away: Away = Away.STAY
    watch_minutes: int = WATCH_MINUTES


@dataclass(frozen=True)
class Ways:
    """The ways of all teams; teams nobody has set up have the default."""

    by_team: dict[int, TeamWay] = field(default_factory=dict)

    def of(self, team_id: int | None) -> TeamWay:
        return self.by_team.get(team_id or 0, TeamWay())


@kept("team_mode")
def ways_in_use() -> Ways:
    """Return how each team's tickets find a person."""
    return Ways(
        {
            row.team_id: TeamWay(Mode(row.mode), row.limit, Away(row.away), row.watch_minutes)
            for row in TeamMode.objects.all()
        }
    )


@dataclass(frozen=True)
class Out:
    """One absence: from (inclusive) and to (exclusive), aware."""

    person_id: int
    begins_at: datetime
    ends_at: datetime
    deputy_id: int | None


@dataclass(frozen=True)
class Outs:
    """Absences that are not over."""

    rows: tuple[Out, ...] = ()

    def at(self, now: datetime) -> dict[int, Out]:
        """Return who is absent at a moment, by person."""
        return {one.person_id: one for one in self.rows if one.begins_at <= now < one.ends_at}


@kept("absence")
def absences_in_use() -> Outs:
    """Return all absences from yesterday on, as this process knows them."""
    rows = Absence.objects.order_by("-ends_at").values_list("person_id", "begins_at", "ends_at", "deputy_id")
    return Outs(tuple(Out(*row) for row in rows[:2000]))


def absent_now(now: datetime) -> dict[int, Out]:
    """Return who is absent now, by person."""
    return absences_in_use().at(now)


@dataclass(frozen=True)
class Needs:
    """Skills by the categories that need them."""

    by_category: dict[int, frozenset[int]] = field(default_factory=dict)

    def of(self, category_id: int | None) -> frozenset[int]:
        return self.by_category.get(category_id or 0, frozenset())


@kept("skill", "category")
def needs_in_use() -> Needs:
    """Return which skills tickets of a category need; categories count with what lies below them."""
    below = branches()
    found: dict[int, set[int]] = defaultdict(set)
    for skill_id, category_id in Skill.categories.through.objects.values_list("skill_id", "category_id"):
        for pk in below.get(category_id, frozenset({category_id})):
            found[pk].add(skill_id)
    return Needs({pk: frozenset(skills) for pk, skills in found.items()})


def candidates_for(ticket: Ticket, now: datetime) -> list[Candidate]:
    """Return the people of the ticket's team who may see it, with what speaks for them; not its requester.

    Whoever was given it before and gave it back is left out.
    """
    members = TeamMembership.objects.filter(team_id=ticket.team_id or 0).values("person_id")
    people = list(Person.objects.filter(pk__in=members, is_active=True).exclude(pk=ticket.requester_id or 0))
    viewers = agent_viewers(people)
    had = Routing.objects.filter(ticket=ticket, way=Way.DISTRIBUTED).values_list("person_id", flat=True)
    before = set(had)
    able = [pk for pk, viewer in viewers.items() if _covers(viewer, ticket) and pk not in before]
    return _known_of(able, ticket, now)


def _covers(viewer: Viewer, ticket: Ticket) -> bool:
    return any(
        grant.covers(organisation_id=ticket.organisation_id, team_id=ticket.team_id, level_id=ticket.level_id)
        for grant in viewer.grants
    )


def _known_of(people: Sequence[int], ticket: Ticket, now: datetime) -> list[Candidate]:
    profiles = {row.person_id: row for row in AgentProfile.objects.filter(person__in=people)}
    needed = needs_in_use().of(ticket.category_id)
    skills = levels_of(people, needed)
    loads, out = loads_of(people), absent_now(now)
    on_site = _on_site(people, ticket.site_id)
    limit = ways_in_use().of(ticket.team_id).limit
    found = []
    for pk in people:
        profile = profiles.get(pk) or AgentProfile(person_id=pk)
        found.append(
            Candidate(
                person_id=pk,
                present=pk not in out and is_at_work(profile, now),
                takes=profile.takes,
                load=loads.get(pk, 0),
                limit=limit if profile.limit is None else profile.limit,
                skill=skills.get(pk, 0),
                speaks=not profile.languages or ticket.language in profile.languages,
                on_site=pk in on_site,
                last_given=profile.last_given_at,
            )
        )
    return found


def is_at_work(profile: AgentProfile, now: datetime) -> bool:
    """Whether the person's own working hours are on; without any they always are."""
    if profile.calendar_id is None:
        return True
    try:
        return hours_in_use(profile.calendar_id).is_open(now)
    except NoCalendar:
        return True


def levels_of(people: Iterable[int], skills: Collection[int]) -> dict[int, int]:
    """Return the best level each person has of any of these skills."""
    if not skills:
        return {}
    rows = AgentSkill.objects.filter(person__in=list(people), skill__in=skills)
    found: dict[int, int] = {}
    for person_id, level in rows.values_list("person_id", "level"):
        found[person_id] = max(level, found.get(person_id, 0))
    return found


def loads_of(people: Iterable[int]) -> dict[int, int]:
    """Return how many open tickets people have; those that wait keep nobody busy."""
    rows = Ticket.objects.filter(ONGOING, assignee__in=list(people), status_type__in=BUSY)
    counted = rows.order_by().values("assignee").annotate(count=Count("pk"))
    return {row["assignee"]: row["count"] for row in counted}


def _on_site(people: Sequence[int], site_id: int | None) -> set[int]:
    if site_id is None:
        return set()
    rows = AgentProfile.sites.through.objects.filter(site_id=site_id, agentprofile__person__in=people)
    return set(rows.values_list("agentprofile_id", flat=True))


def limit_of(person_id: int, team_ids: Iterable[int]) -> int:
    """Return how many open tickets a person takes: their own limit, else the widest of their teams; 0 for none."""
    own = AgentProfile.objects.filter(person_id=person_id).values_list("limit", flat=True).first()
    if own is not None:
        return own
    limits = [ways_in_use().of(pk).limit for pk in team_ids]
    return max(limits) if limits and all(limits) else 0


def waiting_in(team_ids: Collection[int]) -> "QuerySet[Ticket]":
    """Return ongoing tickets of these teams that nobody has."""
    return Ticket.objects.filter(
        ONGOING, team_id__in=sorted(team_ids), assignee__isnull=True, status_type__in=BUSY
    )


@dataclass(frozen=True)
class Next:
    """A ticket to take, and why this one."""

    ticket: Ticket
    reasons: tuple[Why, ...]


def next_tickets(viewer: Viewer, now: datetime) -> list[Next]:
    """Return what waits in the viewer's own teams, the best to take first.

    Looks at the 50 due first and the 50 of the highest priority: what is best is among them.
    """
    if viewer.person_id is None or not viewer.team_ids:
        return []
    rows = visible_tickets(viewer).filter(pk__in=waiting_in(viewer.team_ids).values("pk"))
    rows = rows.exclude(requester_id=viewer.person_id)
    found = {one.pk: one for one in rows.order_by("due_order", "pk")[:_LOOKED_AT]}
    found |= {one.pk: one for one in rows.order_by("priority", "due_order", "pk")[:_LOOKED_AT]}
    needs = needs_in_use()
    own = set(AgentSkill.objects.filter(person_id=viewer.person_id).values_list("skill_id", flat=True))
    waiting = [
        Waiting(
            ticket_id=one.pk,
            due=None if one.due_order == NO_DEADLINE else one.due_order,
            priority=one.priority_id,
            opened=one.opened_at,
            skilled=bool(own & needs.of(one.category_id)),
        )
        for one in found.values()
    ]
    return [Next(found[one.ticket_id], why) for one, why in in_order(waiting, now)]
