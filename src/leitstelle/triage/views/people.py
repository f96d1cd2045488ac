"""Who can do what and when: skills, people, teams' ways, absences."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.policies import agents, require, visible_teams
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import DomainError, InvalidInput, NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.crud import Column, Crud
from leitstelle.kernel.web.formats import day
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.triage.actions import absences as leaving
from leitstelle.triage.actions import skills as actions
from leitstelle.triage.forms.work import (
    AbsenceForm,
    AgentForm,
    ModeForm,
    OwnAbsenceForm,
    OwnWorkForm,
    SkillForm,
)
from leitstelle.triage.labels import MODE
from leitstelle.triage.models import Absence, AgentProfile, AgentSkill, Skill, TeamMode
from leitstelle.triage.policies import can_lead, can_set_own_work, visible_absences, visible_skills
from leitstelle.triage.queries.giving import WATCH_MINUTES, ways_in_use
from leitstelle.triage.queries.takeover import is_away

Data = dict[str, Any]


def _skill_of(data: Data) -> actions.SkillInput:
    return actions.SkillInput(
        name_de=data["name_de"], name_en=data["name_en"], category_ids=tuple(data["categories"])
    )


skills: Crud[Skill] = Crud(
    name="triage:skills",
    title=gettext_lazy("Skills"),
    new=gettext_lazy("New skill"),
    form=SkillForm,
    rows=lambda viewer: visible_skills(viewer).prefetch_related("categories", "people"),
    columns=[
        Column(gettext_lazy("Name"), lambda row: name_of(row)),
        Column(
            gettext_lazy("Needed for tickets of"),
            lambda row: ", ".join(name_of(one) for one in row.categories.all()),
            opt=True,
        ),
        Column(gettext_lazy("People"), lambda row: len(row.people.all()), num=True),
    ],
    allowed=can_lead,
    create=lambda viewer, data: actions.save_skill(None, _skill_of(data), by=viewer, now=timezone.now()),
    update=lambda viewer, row, data: actions.save_skill(row, _skill_of(data), by=viewer, now=timezone.now()),
    archive=lambda viewer, row: actions.delete_skill(row, by=viewer, now=timezone.now()),
    order=("name_de", "pk"),
    intro=gettext_lazy("What people are good at. Tickets of a skill’s categories go to those who have it."),
    initial=lambda row: {
        "name_de": row.name_de,
        "name_en": row.name_en,
        "categories": [one.pk for one in row.categories.all()],
    },
    archived=lambda row: False,
)


def _save_mode(viewer: Viewer, team: Team, data: Data) -> TeamMode:
    new = actions.ModeInput(**{name: value for name, value in data.items() if name != "version"})
    return actions.save_mode(team, new, by=viewer, now=timezone.now(), expected=data["version"])


def _mode_of(team: Team) -> Data:
    row = TeamMode.objects.filter(team=team).first() or TeamMode(team=team, watch_minutes=WATCH_MINUTES)
    names = ("mode", "limit", "away", "watch_minutes", "version")
    return {name: getattr(row, name) for name in names}


modes: Crud[Team] = Crud(
    name="triage:modes",
    title=gettext_lazy("Distribution"),
    new="",
    form=ModeForm,
    rows=lambda viewer: visible_teams(viewer).filter(is_active=True),
    columns=[
        Column(gettext_lazy("Team"), lambda team: team.name),
        Column(gettext_lazy("New tickets"), lambda team: MODE[ways_in_use().of(team.pk).mode]),
        Column(
            gettext_lazy("Limit per person"), lambda team: ways_in_use().of(team.pk).limit or "–", opt=True
        ),
    ],
    allowed=can_lead,
    update=_save_mode,
    order=("sort_name", "pk"),
    intro=gettext_lazy("How the tickets of each team find a person."),
    initial=_mode_of,
    archived=lambda team: False,
)


def _people(viewer: Viewer) -> "QuerySet[Person]":
    return agents() if viewer.is_agent else agents().none()


def _agent_of(person: Person) -> Data:
    row = AgentProfile.objects.filter(person=person).first()
    levels = AgentSkill.objects.filter(person=person).values_list("skill_id", "level")
    own = row or AgentProfile(person=person)
    return {
        "version": own.version,
        "takes": own.takes,
        "limit": own.limit,
        "calendar": own.calendar_id,
        "languages": own.languages,
        "sites": list(row.sites.values_list("pk", flat=True)) if row else [],
        **{f"skill-{skill_id}": level for skill_id, level in levels},
    }


def _save_agent(viewer: Viewer, person: Person, data: Data) -> AgentProfile:
    levels = {name: level for name, level in data.items() if name.startswith("skill-") and level}
    new = actions.AgentInput(
        takes=data["takes"],
        limit=data["limit"],
        calendar_id=data["calendar"],
        languages=tuple(data["languages"]),
        site_ids=tuple(data["sites"]),
        skills={int(name.removeprefix("skill-")): level for name, level in levels.items()},
    )
    return actions.save_agent(person, new, by=viewer, now=timezone.now(), expected=data["version"])


def _state(person: Person) -> str:
    return _("away") if is_away(person.pk, timezone.now()) else ""


people: Crud[Person] = Crud(
    name="triage:people",
    title=gettext_lazy("People and skills"),
    new="",
    form=AgentForm,
    rows=_people,
    columns=[
        Column(gettext_lazy("Name"), lambda person: person.display_name),
        Column(gettext_lazy("State"), _state),
    ],
    allowed=can_lead,
    update=_save_agent,
    order=("sort_name", "pk"),
    intro=gettext_lazy("What the people of the desk can do, when they work, and how many tickets they take."),
    initial=_agent_of,
    archived=lambda person: False,
)


def _enter(viewer: Viewer, data: Data) -> Absence:
    person = agents().filter(pk=data["person"]).first()
    if person is None:
        raise InvalidInput(fields={"person": InvalidInput.default_message})
    return leaving.enter_absence(person, _absence(data), by=viewer, now=timezone.now())


def _absence(data: Data) -> leaving.AbsenceInput:
    names = {"first_day", "last_day", "note"}
    return leaving.AbsenceInput(deputy_id=data["deputy"], **{name: data[name] for name in names})


def _change(viewer: Viewer, row: Absence, data: Data) -> Absence:
    if data["person"] != row.person_id:
        raise InvalidInput(fields={"person": InvalidInput.default_message})
    return leaving.change_absence(
        row, _absence(data), by=viewer, now=timezone.now(), expected=data["version"]
    )


def _initial(row: Absence) -> Data:
    names = ("version", "first_day", "last_day", "note")
    return {name: getattr(row, name) for name in names} | {"person": row.person_id, "deputy": row.deputy_id}


absences: Crud[Absence] = Crud(
    name="triage:absences",
    title=gettext_lazy("Absences"),
    new=gettext_lazy("New absence"),
    form=AbsenceForm,
    rows=lambda viewer: visible_absences(viewer).select_related("person", "deputy"),
    columns=[
        Column(gettext_lazy("Person"), lambda row: row.person.display_name),
        Column(gettext_lazy("First day"), lambda row: day(row.first_day)),
        Column(gettext_lazy("Last day"), lambda row: day(row.last_day)),
        Column(gettext_lazy("Deputy"), lambda row: row.deputy.display_name if row.deputy else "–", opt=True),
        Column(gettext_lazy("Note"), lambda row: row.note, opt=True),
    ],
    allowed=can_lead,
    create=_enter,
    update=_change,
    archive=lambda viewer, row: leaving.remove_absence(row, by=viewer, now=timezone.now()),
    order=("-first_day", "pk"),
    initial=_initial,
    archived=lambda row: False,
)


@require_http_methods(["GET", "POST"])
def own_work(request: HttpRequest) -> HttpResponse:
    """One's own absences, and whether one takes new tickets, in which languages and at which sites."""
    viewer, now = viewer_of(request), timezone.now()
    person = agents().filter(pk=viewer.person_id or 0).first()
    if person is None:
        raise NotAllowed
    require(can_set_own_work(viewer, person))
    verb, _colon, what = request.POST.get("do", "").partition(":")
    leave = OwnAbsenceForm(request.POST if verb == "leave" else None, auto_id="leave_%s")
    work = OwnWorkForm(request.POST if verb == "work" else None, initial=_agent_of(person), auto_id="work_%s")
    try:
        done = _do(verb, what, person, leave, work, viewer, now)
    except DomainError as error:
        add_domain_error(leave if verb == "leave" else work, error)
        done = ""
    if done:
        toast(request, done)
        return go(request, reverse("triage:own-work"))
    rows = visible_absences(viewer).filter(person=person, ends_at__gt=now).select_related("deputy")
    levels = dict(AgentSkill.objects.filter(person=person).values_list("skill_id", "level"))
    context = {
        "leave": leave,
        "work": work,
        "absences": list(rows),
        "skills": [(name_of(one), levels[one.pk]) for one in Skill.objects.filter(pk__in=levels)],
    }
    return page(request, "triage/own_work.html", context, status=422 if leave.errors or work.errors else 200)


def _do(
    verb: str,
    what: str,
    person: Person,
    leave: OwnAbsenceForm,
    work: OwnWorkForm,
    viewer: Viewer,
    now: datetime,
) -> str:
    if verb == "leave" and leave.is_valid():
        leaving.enter_absence(person, _absence(leave.cleaned_data), by=viewer, now=now)
        return _("Absence entered. Your colleagues see what is yours in the list to take over.")
    if verb == "work" and work.is_valid():
        data = work.cleaned_data
        actions.save_own_work(
            person,
            takes=data["takes"],
            languages=tuple(data["languages"]),
            site_ids=tuple(data["sites"]),
            by=viewer,
            now=now,
        )
        return _("Saved. It counts for the next ticket.")
    if verb == "remove":
        own = visible_absences(viewer).filter(person=person)
        row = next((one for one in own if str(one.public_id) == what), None)
        if row is not None:
            leaving.remove_absence(row, by=viewer, now=now)
        return _("Absence removed.")
    return ""
