"""Who can be reached now: everybody who cannot, with why; whoever is not named can."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.intake.choices import Availability
from leitstelle.intake.labels import AVAILABILITY
from leitstelle.intake.models import AgentAvailability, PhoneCall
from leitstelle.intake.queries.telephony import SPOKEN_AT_MOST
from leitstelle.intake.rules.telephony.availability import Signs, availability
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer
from leitstelle.triage.queries.giving import absent_now

COLLEAGUES_SHOWN = 60
TALKS_READ = 500


@kept("availability")
def _chosen() -> tuple[Mapping[int, tuple[bool, datetime]]]:
    """What agents chose by hand; in a tuple, as empty results are not kept."""
    rows = AgentAvailability.objects.values_list("person_id", "is_away", "changed_at")
    return ({pk: (is_away, changed_at) for pk, is_away, changed_at in rows},)


def not_available(now: datetime) -> dict[int, Availability]:
    """Return who cannot be reached at `now` (aware), by person, as this process knows it."""
    speaks, spoke = _at_the_telephone(now)
    chosen, absent = _chosen()[0], absent_now(now)
    found = {}
    for pk in {*speaks, *spoke, *absent, *(pk for pk, (is_away, _at) in chosen.items() if is_away)}:
        is_away, chosen_at = chosen.get(pk, (False, None))
        signs = Signs(
            is_absent=pk in absent,
            is_away=is_away,
            chosen_at=chosen_at,
            speaks_since=speaks.get(pk),
            spoke_until=spoke.get(pk),
        )
        found[pk] = availability(signs, now)
    return {pk: state for pk, state in found.items() if state is not Availability.AVAILABLE}


def _at_the_telephone(now: datetime) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """Since when agents speak, and when those who do not ended their latest call that is not entered."""
    speaks: dict[int, datetime] = {}
    spoke: dict[int, datetime] = {}
    for one in _talks()[0]:
        if one.ended_at is None and one.started_at > now - SPOKEN_AT_MOST:
            speaks[one.agent_id] = one.answered_at
        elif one.ended_at is not None:
            spoke[one.agent_id] = max(one.ended_at, spoke.get(one.agent_id, one.ended_at))
    return speaks, spoke


class _Talk(NamedTuple):
    agent_id: int
    started_at: datetime
    answered_at: datetime
    ended_at: datetime | None


@kept("phone_call")
def _talks() -> tuple[tuple[_Talk, ...]]:
    """The latest calls that last or were not entered yet; in a tuple, as empty results are not kept."""
    rows = PhoneCall.objects.filter(agent__isnull=False, answered_at__isnull=False)
    rows = rows.filter(Q(ended_at__isnull=True) | Q(message__isnull=True)).order_by("-started_at", "-pk")
    columns = ("agent_id", "started_at", "answered_at", "ended_at")
    return (tuple(_Talk(*row) for row in rows.values_list(*columns)[:TALKS_READ]),)


def state_of(person_id: int | None, now: datetime) -> Availability:
    """Return how one agent can be reached now."""
    return not_available(now).get(person_id or 0, Availability.AVAILABLE)


def words_for_unavailable(now: datetime) -> Mapping[int, str]:
    """Return who cannot be reached now with the word for why, in the language of the reader."""
    return {pk: str(AVAILABILITY[state]) for pk, state in not_available(now).items()}


def colleagues_of(viewer: Viewer, now: datetime) -> list[tuple[Person, Availability]]:
    """Return the people of the viewer's teams with how they can be reached, those who can first; two statements."""
    rows = Person.objects.filter(memberships__team__in=_teams_of(viewer), is_active=True).exclude(
        pk=viewer.person_id or 0
    )
    states = not_available(now)
    people = rows.distinct().order_by("sort_name", "pk")[:COLLEAGUES_SHOWN]
    found = [(one, states.get(one.pk, Availability.AVAILABLE)) for one in people]
    return sorted(found, key=lambda pair: pair[1] is not Availability.AVAILABLE)


def _teams_of(viewer: Viewer) -> Collection[int]:
    return sorted({*viewer.team_ids, *viewer.lead_team_ids})


@kept("team")
def _members() -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for team_id, person_id in TeamMembership.objects.values_list("team_id", "person_id"):
        found.setdefault(team_id, set()).add(person_id)
    return {team_id: frozenset(people) for team_id, people in found.items()}


def reached_in_teams(now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many of each team can be reached now, and how many work in it."""
    away = not_available(now)
    return {team_id: (len(people - away.keys()), len(people)) for team_id, people in _members().items()}
