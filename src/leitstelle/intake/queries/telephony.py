"""Reads of telephony: sources, whose telephone rings, calls at an agent, of a person, on a ticket."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from leitstelle.accounts.models import Person, TeamMembership
from leitstelle.intake.choices import PhoneDirection
from leitstelle.intake.models import CallBack, PhoneCall, TelephonyEvent, TelephonyLine, TelephonySource
from leitstelle.intake.policies import visible_phone_calls
from leitstelle.intake.rules.telephony.calls import line_key
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Message

# A call whose end nobody tells is not shown as ringing, or as spoken, for ever.
RINGS_AT_MOST = timedelta(minutes=3)
SPOKEN_AT_MOST = timedelta(hours=2)
ENTERED_WITHIN = timedelta(minutes=5)
POP_SHOWN = 3


def source_for(public_id: UUID) -> TelephonySource | None:
    """The active telephone system behind an address, with its secret."""
    return TelephonySource.objects.filter(public_id=public_id, is_active=True).first()


@dataclass(frozen=True)
class Reached:
    """Whose telephones a call is at: those mapped to an agent alone, all of them, and the team whose call it is."""

    agent_id: int | None
    people: tuple[int, ...]
    team_id: int | None
    is_mapped: bool


def reached(
    source: TelephonySource, lines: Collection[TelephonyLine], *, users: Iterable[str], own: str, country: str
) -> Reached:
    """Return whose telephones these are: by user where one is mapped, else by the number that was called."""
    by_key = {line.key: line for line in lines}
    named = [by_key[key] for key in (line_key(user, country) for user in users) if key in by_key]
    number = by_key.get(line_key(own, country)) if own else None
    found = named or ([number] if number else [])
    people = list(dict.fromkeys(line.person_id for line in found if line.person_id is not None))
    teams = [line.team_id for line in (*found, *([number] if number else [])) if line.team_id is not None]
    if not people and found:
        members = TeamMembership.objects.filter(team__in=[line.team_id for line in found if line.team_id])
        people = list(members.order_by("pk").values_list("person_id", flat=True).distinct())
        agent_id = None
    else:
        agent_id = people[0] if len(people) == 1 else None
    team_id = teams[0] if teams else source.team_id
    return Reached(agent_id, tuple(people), team_id, bool(found))


def unfinished_call(
    source: TelephonySource, *, direction: str, number_sent: str, at: datetime, within: timedelta
) -> PhoneCall | None:
    """The call that a report without an id belongs to: the newest of this number that nobody told the end of."""
    rows = PhoneCall.objects.filter(
        source=source, direction=direction, number_sent=number_sent, ended_at__isnull=True
    )
    near = rows.filter(started_at__gte=at - within, started_at__lte=at + within)
    return near.order_by("-started_at", "-pk").first()


def open_callback(number: str) -> Message | None:
    """The first message of the call-back ticket of this number that is still open."""
    if not number:
        return None
    row = CallBack.objects.filter(number=number, message__ticket__is_ongoing=True)
    found = row.select_related("message__ticket__status", "message__ticket__team").first()
    return found.message if found else None


def _listed(rows: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
    rows = rows.select_related("person", "agent", "team", "message__ticket", "source")
    return rows.defer("source__secret").prefetch_related("candidates__person__organisation")


def recent_calls(viewer: Viewer) -> QuerySet[PhoneCall]:
    """Calls the viewer may see, for lists."""
    return _listed(visible_phone_calls(viewer))


def calls_of_person(viewer: Viewer, person: Person, limit: int) -> list[PhoneCall]:
    """The latest visible calls with somebody, or with whoever shares their line; two queries."""
    rows = recent_calls(viewer).filter(Q(person=person) | Q(candidates__person=person)).distinct()
    return list(rows.order_by("-started_at", "-pk")[:limit])


def calls_on_tickets(viewer: Viewer, tickets: Collection[int]) -> dict[int, list[PhoneCall]]:
    """Calls that became a message of these tickets, newest first; one query."""
    rows = visible_phone_calls(viewer).filter(message__ticket__in=tickets)
    rows = rows.select_related("agent", "message")
    found: dict[int, list[PhoneCall]] = {}
    for call in sorted(rows, key=lambda call: (call.started_at, call.pk), reverse=True):
        if call.message is not None:
            found.setdefault(call.message.ticket_id, []).append(call)
    return found


def calls_at(viewer: Viewer, now: datetime) -> list[PhoneCall]:
    """What rings at the viewer, what they speak on, and what they just ended without entering it; newest first."""
    rings = Q(rings__person=viewer.person_id, answered_at__isnull=True, ended_at__isnull=True)
    rings &= Q(started_at__gt=now - RINGS_AT_MOST, direction=PhoneDirection.IN)
    mine = Q(agent=viewer.person_id, answered_at__isnull=False, message__isnull=True)
    lasts = Q(ended_at__isnull=True, started_at__gt=now - SPOKEN_AT_MOST)
    mine &= lasts | Q(ended_at__gt=now - ENTERED_WITHIN)
    rows = _listed(visible_phone_calls(viewer)).filter(rings | mine).distinct()
    return list(rows.order_by("-started_at", "-pk")[:POP_SHOWN])


def told_by(source: TelephonySource, limit: int) -> list[TelephonyEvent]:
    """The latest requests of a source, newest first."""
    rows = TelephonyEvent.objects.filter(source=source).select_related("call")
    return list(rows.order_by("-received_at", "-pk")[:limit])
