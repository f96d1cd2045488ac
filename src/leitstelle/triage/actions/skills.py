"""What people can do and when they work, what skills there are, and how teams give out their tickets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from leitstelle.accounts.models import Person, Site, Team
from leitstelle.accounts.policies import require
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.triage.choices import Away, Mode
from leitstelle.triage.errors import UnknownValue
from leitstelle.triage.events import AgentProfileChanged, SkillSaved, TeamModeChanged
from leitstelle.triage.models import AgentProfile, AgentSkill, Skill, TeamMode
from leitstelle.triage.policies import can_lead, can_set_own_work

MOST_OPEN = 999
LEVELS = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class SkillInput:
    """A skill, and the categories whose tickets need it."""

    name_de: str
    name_en: str
    category_ids: tuple[int, ...] = ()


@unit()
def save_skill(skill: Skill | None, new: SkillInput, *, by: Viewer, now: datetime) -> Skill:
    """Make or change a skill. Leads and administrators. Records `SkillSaved`; raises `InvalidInput`."""
    require(can_lead(by))
    names = {"name_de": new.name_de.strip(), "name_en": new.name_en.strip()}
    if not all(names.values()):
        raise InvalidInput()
    known = set(Category.objects.filter(pk__in=new.category_ids).values_list("pk", flat=True))
    if known != set(new.category_ids):
        raise UnknownValue(fields={"categories": UnknownValue.default_message})
    if skill is None:
        skill = Skill.objects.create(**names)
    else:
        Skill.objects.filter(pk=skill.pk).update(**names, version=F("version") + 1)
        skill.refresh_from_db()
    skill.categories.set(sorted(known))
    record(
        SkillSaved(categories=tuple(sorted(known))),
        subject=Subject("skill", skill.pk),
        actor=by.actor,
        at=now,
    )
    return skill


@unit()
def delete_skill(skill: Skill, *, by: Viewer, now: datetime) -> None:
    """Delete a skill; nobody has it any more. Leads and administrators. Records `SkillSaved` without categories."""
    require(can_lead(by))
    record(SkillSaved(categories=()), subject=Subject("skill", skill.pk), actor=by.actor, at=now)
    skill.delete()


@dataclass(frozen=True, kw_only=True)
class ModeInput:
    """How a team's tickets find a person."""

    mode: Mode
    limit: int = 0
    away: Away = Away.STAY
    watch_minutes: int = 60


@unit()
def save_mode(
    team: Team, new: ModeInput, *, by: Viewer, now: datetime, expected: int | None = None
) -> TeamMode:
    """Say how a team gives out its tickets. Leads and administrators. Records `TeamModeChanged`.

    Counts for tickets that come from now on, and for what waits. Raises `InvalidInput`, `Conflict`.
    """
    require(can_lead(by))
    if not 0 <= new.limit <= MOST_OPEN:
        raise InvalidInput(fields={"limit": InvalidInput.default_message})
    if not 0 <= new.watch_minutes <= 100_000:
        raise InvalidInput(fields={"watch_minutes": InvalidInput.default_message})
    values: dict[str, Any] = {
        "mode": new.mode,
        "limit": new.limit,
        "away": new.away,
        "watch_minutes": new.watch_minutes,
    }
    row, made = TeamMode.objects.get_or_create(team=team, defaults=values)
    if not made:
        seen = row.version if expected is None else expected
        changed = TeamMode.objects.filter(pk=row.pk, version=seen).update(**values, version=F("version") + 1)
        if not changed:
            raise Conflict()
        row.refresh_from_db()
    record(TeamModeChanged(**values), subject=Subject("team_mode", team.pk), actor=by.actor, at=now)
    return row


@dataclass(frozen=True, kw_only=True)
class AgentInput:
    """What a person can do. `skills`: level (1 to 3) by skill. `limit`: `None` as the team says.

    `calendar_id`: their working hours, `None` for any time. No languages means that language never decides.
    """

    takes: bool = True
    limit: int | None = None
    calendar_id: int | None = None
    languages: tuple[str, ...] = ()
    site_ids: tuple[int, ...] = ()
    skills: Mapping[int, int] = field(default_factory=dict)


@unit()
def save_agent(
    person: Person, new: AgentInput, *, by: Viewer, now: datetime, expected: int | None = None
) -> AgentProfile:
    """Say what a person can do. Leads and administrators. Records `AgentProfileChanged`.

    Raises `InvalidInput`, `UnknownValue`, `Conflict`.
    """
    require(can_lead(by))
    return _save(person, new, by=by, now=now, expected=expected)


@unit()
def save_own_work(
    person: Person,
    *,
    takes: bool,
    languages: tuple[str, ...],
    site_ids: tuple[int, ...],
    by: Viewer,
    now: datetime,
) -> AgentProfile:
    """Say of oneself whether one takes new tickets, and which languages and sites. Records `AgentProfileChanged`.

    Limit, working hours and skills are a lead's to say, and stay. Raises `InvalidInput`, `UnknownValue`.
    """
    require(can_set_own_work(by, person))
    row = AgentProfile.objects.filter(person=person).first() or AgentProfile(person=person)
    skills = dict(AgentSkill.objects.filter(person=person).values_list("skill_id", "level"))
    new = AgentInput(
        takes=takes,
        limit=row.limit,
        calendar_id=row.calendar_id,
        languages=languages,
        site_ids=site_ids,
        skills=skills,
    )
    return _save(person, new, by=by, now=now, expected=None)


def _save(
    person: Person, new: AgentInput, *, by: Viewer, now: datetime, expected: int | None
) -> AgentProfile:
    _check(new)
    row, _made = AgentProfile.objects.get_or_create(person=person)
    before = _state(row)
    seen = row.version if expected is None else expected
    values = {
        "takes": new.takes,
        "limit": new.limit,
        "calendar_id": new.calendar_id,
        "languages": sorted(set(new.languages)),
    }
    if not AgentProfile.objects.filter(pk=row.pk, version=seen).update(**values, version=F("version") + 1):
        raise Conflict()
    row.refresh_from_db()
    row.sites.set(new.site_ids)
    AgentSkill.objects.filter(person=person).exclude(skill__in=new.skills).delete()
    for skill_id, level in new.skills.items():
        AgentSkill.objects.update_or_create(person=person, skill_id=skill_id, defaults={"level": level})
    after = _state(row)
    fields = tuple(sorted(key for key in after if after[key] != before[key]))
    if fields:
        data = AgentProfileChanged(fields=fields)
        record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)
    return row


def _check(new: AgentInput) -> None:
    if new.limit is not None and not 0 <= new.limit <= MOST_OPEN:
        raise InvalidInput(fields={"limit": InvalidInput.default_message})
    if set(new.languages) - {code for code, _name in settings.LANGUAGES}:
        raise UnknownValue(fields={"languages": UnknownValue.default_message})
    if new.calendar_id is not None and not ServiceCalendar.objects.filter(pk=new.calendar_id).exists():
        raise UnknownValue(fields={"calendar": UnknownValue.default_message})
    if Site.objects.filter(pk__in=new.site_ids).count() != len(set(new.site_ids)):
        raise UnknownValue(fields={"sites": UnknownValue.default_message})
    if Skill.objects.filter(pk__in=new.skills).count() != len(new.skills):
        raise UnknownValue(fields={"skills": UnknownValue.default_message})
    if any(level not in LEVELS for level in new.skills.values()):
        raise InvalidInput(fields={"skills": InvalidInput.default_message})


def _state(row: AgentProfile) -> dict[str, Any]:
    return {
        "takes": row.takes,
        "limit": row.limit,
        "calendar": row.calendar_id,
        "languages": row.languages,
        "sites": sorted(row.sites.values_list("pk", flat=True)),
        "skills": dict(AgentSkill.objects.filter(person_id=row.pk).values_list("skill_id", "level")),
    }
