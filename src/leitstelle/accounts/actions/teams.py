"""Teams, their members and leads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.actions.versions import change_row, refuse_stale, touch
from leitstelle.accounts.errors import TeamHasWork
from leitstelle.accounts.events import TeamChanged, TeamCreated, TeamMembersChanged
from leitstelle.accounts.models import Level, Person, Team, TeamMembership
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import EventData, Subject, record, unit
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

# How much work is with a team, told by the domains that own the work.
_work: list[Callable[[Team], int]] = []


def register_team_work(count: Callable[[Team], int]) -> Callable[[Team], int]:
    """Let a higher domain say how much is with a team, so that nothing is stranded there."""
    if count not in _work:
        _work.append(count)
    return count


@dataclass(frozen=True, kw_only=True)
class TeamInput:
    """What is known of a team. `is_default` is where tickets without another rule arrive."""

    name: str
    level: Level
    description: str = ""
    is_default: bool = False
    is_active: bool = True

    def columns(self) -> dict[str, Any]:
        """The values of the row. Raises `InvalidInput` without a name."""
        name = rules.clean_name(self.name, limit=120)
        if not name:
            raise InvalidInput(fields={"name": labels.MISSING_NAME})
        return {
            "name": name,
            "sort_name": sort_key(name)[:120],
            "level_id": self.level.pk,
            "description": rules.clean_name(self.description, limit=300),
            "is_default": self.is_default and self.is_active,
            "is_active": self.is_active,
        }


@dataclass(frozen=True, kw_only=True)
class TeamPeople:
    """Who is to be in a team; leads are members too."""

    members: Sequence[Person]
    leads: Sequence[Person] = ()


@unit
def create_team(
    new: TeamInput,
    *,
    by: Viewer,
    now: datetime,
    members: Sequence[Person] = (),
    leads: Sequence[Person] = (),
) -> Team:
    """Store a team with its people; leads are members too. Administrators only.

    Events `team.created`, `team.members_changed`. Raises `NotAllowed`, `InvalidInput`.
    """
    policies.require(policies.can_administer(by))
    columns = new.columns()
    _only_one_default(columns, None)
    try:
        with transaction.atomic():
            team = Team.objects.create(**columns, created_at=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"name": labels.NAME_TAKEN}) from error
    _record(TeamCreated(level_id=team.level_id), team, by=by, now=now)
    if members or leads:
        set_team_members(team, members, leads=leads, by=by, now=now)
    return team


@unit
def edit_team(
    team: Team,
    new: TeamInput,
    *,
    version: int,
    by: Viewer,
    now: datetime,
    people: TeamPeople | None = None,
) -> Team:
    """Change a team, and its people where given; `version` is the one the editor saw. Administrators only.

    Events `team.changed`, `team.members_changed`. Raises `NotAllowed`, `Conflict`, `InvalidInput`;
    `TeamHasWork` where it is to go while work is with it.
    """
    policies.require(policies.can_administer(by))
    columns = new.columns()
    _refuse_stranding(team, columns)
    if people is not None:
        _refuse_stale_people(team, people, version)
    _only_one_default(columns, team)
    try:
        with transaction.atomic():
            changed = change_row(team, columns, version=version)
    except IntegrityError as error:
        raise InvalidInput(fields={"name": labels.NAME_TAKEN}) from error
    if changed:
        _record(TeamChanged(fields=changed), team, by=by, now=now)
    if people is not None:
        set_team_members(team, people.members, leads=people.leads, by=by, now=now)
    return team


def _refuse_stranding(team: Team, columns: dict[str, Any]) -> None:
    """A team that goes, or moves to another level, must not leave tickets where nobody looks for them."""
    if team.is_active and (not columns["is_active"] or columns["level_id"] != team.level_id):
        count = sum(count(team) for count in _work)
        if count:
            field = "is_active" if not columns["is_active"] else "level"
            raise TeamHasWork(fields={field: TeamHasWork.default_message}, count=count)


def _refuse_stale_people(team: Team, people: TeamPeople, version: int) -> None:
    team.refresh_from_db()
    theirs = list(team.memberships.values_list("person__display_name", flat=True))
    ours = {person.display_name for person in (*people.members, *people.leads)}
    refuse_stale(team, version=version, name="members", theirs=theirs, ours=ours)


def _only_one_default(columns: dict[str, Any], team: Team | None) -> None:
    if columns["is_default"]:
        Team.objects.filter(is_default=True).exclude(pk=team.pk if team else 0).update(is_default=False)


@unit
def set_team_members(
    team: Team, members: Iterable[Person], *, by: Viewer, now: datetime, leads: Iterable[Person] = ()
) -> Team:
    """Make these people the team; leads are members too. Administrators only.

    Membership gives no right by itself: what people see is a matter of their roles. Event
    `team.members_changed`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    leading = {person.pk for person in leads}
    wanted = {person.pk: person.pk in leading for person in members} | dict.fromkeys(leading, True)
    before = dict(team.memberships.values_list("person_id", "is_lead"))
    if before == wanted:
        return team
    team.memberships.exclude(person_id__in=wanted).delete()
    for person_id, is_lead in sorted(wanted.items()):
        TeamMembership.objects.update_or_create(team=team, person_id=person_id, defaults={"is_lead": is_lead})
    touch(team)
    data = TeamMembersChanged(members=tuple(sorted(wanted)), leads=tuple(sorted(leading)))
    _record(data, team, by=by, now=now)
    return team


def _record(data: EventData, team: Team, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("team", team.pk), actor=by.actor, at=now)
