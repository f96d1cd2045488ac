"""The journal as one viewer may follow it: which events, and what of them.

Owns the cut; ids of rows become public ids here, in a fixed number of statements for a batch. What a viewer does
not see is left out, and an event that only shows that something hidden happened as well.
"""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from leitstelle.accounts.models import ApiToken, Level, Person, Team
from leitstelle.accounts.policies import (
    can_administer,
    visible_organisations,
    visible_people,
    visible_teams,
)
from leitstelle.catalog.models import Category, Service
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work.cursors import Position, events_after, journal_end, position_of
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.policies import visible_audiences, visible_messages, visible_tickets

SCANNED = 500
LATEST = "latest"
_BIGGEST = 2**63 - 1
_PEOPLE = (
    "person_id",
    "before_person",
    "after_person",
    "from_person",
    "to_person",
    "requester_id",
    "assignee",
)
_TEAMS = ("before_team", "after_team", "from_team", "to_team", "team")
_LEVELS = ("from_level", "to_level", "level")
_TICKETS = ("target_id", "source_id")
_ORGANISATIONS = ("organisation_id", "parent_id")
# Rows that the API itself addresses by number.
_NUMBERS = ("handover_id", "contact_point_id")
# What requesters hear of in the portal, and what of it.
_FOR_REQUESTERS = {
    "ticket.opened": ("channel", "kind", "message_id"),
    "ticket.message_added": ("message_id", "direction", "channel", "audience", "by_agent", "automatic_kind"),
    "ticket.status_changed": ("verb", "before", "after", "before_type", "after_type", "resolution_code"),
    "ticket.assigned": ("after_person",),
}
# Who may sign in, and how, is for administrators.
_OF_ACCESS = (
    "person.api_token",
    "person.role",
    "person.password",
    "person.sign",
    "person.invit",
    "person.account",
)


@dataclass(frozen=True)
class Told:
    """One event with what the viewer may know of it."""

    event: Event
    subject_id: UUID
    actor_id: UUID | None
    data: dict[str, Any]
    state: dict[str, Any] | None


@dataclass(frozen=True)
class Stretch:
    """A piece of the journal; `after` is where to go on, `more` whether there is something to go on with now."""

    told: list[Told]
    after: str
    more: bool


def follow(viewer: Viewer, after: str, limit: int) -> Stretch:
    """Return the next events behind a position that an earlier call gave out (empty: from the start).

    `latest` gives the present end and nothing else. Raises `InvalidInput` for a position nobody gave out.
    """
    if after == LATEST:
        return Stretch([], _pack(journal_end()), more=False)
    position = _unpack(after)
    scanned = events_after(position, SCANNED)
    told = tell(scanned, viewer)
    cut = told[:limit]
    last = cut[-1].event if len(told) > limit else scanned[-1] if scanned else None
    end = position_of(last) if last is not None else position
    return Stretch(cut, _pack(end), more=len(told) > limit or len(scanned) == SCANNED)


def tell(events: Sequence[Event], viewer: Viewer) -> list[Told]:
    """Return those of the events that the viewer may know of, each as far as they may."""
    subjects = _subjects(events, viewer)
    known = [
        event
        for event in events
        if (event.subject_kind, event.subject_id) in subjects and _may_know(event, viewer)
    ]
    names = _names(known, viewer)
    return [_told(event, subjects[event.subject_kind, event.subject_id], names, viewer) for event in known]


def codes_for(viewer: Viewer) -> tuple[str, ...] | None:
    """Return the codes of ticket events the viewer hears of, `None` for all."""
    return None if viewer.is_agent else tuple(_FOR_REQUESTERS)


def _pack(position: Position) -> str:
    text = f"{position.txid}.{position.event_id}"
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _unpack(after: str) -> Position:
    if not after:
        return Position()
    try:
        padded = after + "=" * (-len(after) % 4)
        txid, _, event_id = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(".")
        )
        if not (txid.isdecimal() and event_id.isdecimal() and max(len(txid), len(event_id)) < 20):
            raise ValueError("no position of ours")
        position = Position(int(txid), int(event_id))
        if max(position.txid, position.event_id) > _BIGGEST:
            raise ValueError("beyond any journal")
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(fields={"after": InvalidInput.default_message}) from error
    return position


def _subjects(events: Iterable[Event], viewer: Viewer) -> dict[tuple[str, int], UUID]:
    """Public ids of the subjects the viewer sees, one statement per kind."""
    wanted: dict[str, set[int]] = {}
    for event in events:
        wanted.setdefault(event.subject_kind, set()).add(event.subject_id)
    seen: dict[str, Any] = {"ticket": visible_tickets}
    if viewer.is_agent:
        seen |= {"person": visible_people, "organisation": visible_organisations, "team": visible_teams}
    return {
        (kind, pk): public_id
        for kind, ids in wanted.items()
        if kind in seen
        for pk, public_id in seen[kind](viewer).filter(pk__in=ids).values_list("pk", "public_id")
    }


def _may_know(event: Event, viewer: Viewer) -> bool:
    if event.restricted:
        return False
    if event.code == "ticket.message_added" and event.data.get("audience", Audience.PUBLIC) not in (
        visible_audiences(viewer)
    ):
        return False
    if not viewer.is_agent:
        return event.code in _FOR_REQUESTERS
    return can_administer(viewer) or not event.code.startswith(_OF_ACCESS)


@dataclass
class _Names:
    """Public ids and keys of the rows a batch of events names; what is missing is not told."""

    people: dict[int, UUID] = field(default_factory=dict)
    tokens: dict[int, UUID] = field(default_factory=dict)
    teams: dict[int, UUID] = field(default_factory=dict)
    levels: dict[int, str] = field(default_factory=dict)
    organisations: dict[int, UUID] = field(default_factory=dict)
    messages: dict[int, UUID] = field(default_factory=dict)
    tickets: dict[int, UUID] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    services: dict[int, str] = field(default_factory=dict)


def _names(events: Sequence[Event], viewer: Viewer) -> _Names:
    people: set[int] = set()
    tokens: set[int] = set()
    messages: set[int] = set()
    tickets: set[int] = set()
    categories: set[int] = set()
    services: set[int] = set()
    for event in events:
        if event.actor_id.isdecimal():
            (tokens if event.actor_kind == "token" else people).add(int(event.actor_id))
        for values in (event.data, event.state):
            people |= _ids(values, _PEOPLE)
            messages |= _ids(values, ("message_id",))
            tickets |= _ids(values, _TICKETS)
        if event.code == "ticket.requester_changed":
            people |= _ids(event.data, ("before", "after"))
        categories |= _changed_ids(event.data, "category")
        services |= _changed_ids(event.data, "service")
    return _Names(
        people=_public(Person.objects.all(), people),
        tokens=_token_owners(tokens),
        teams=_public(Team.objects.all(), None) if events else {},
        levels=dict(Level.objects.values_list("pk", "key")) if events else {},
        organisations=_public(visible_organisations(viewer), _all_ids(events, _ORGANISATIONS)),
        messages=_public(visible_messages(viewer), messages),
        tickets=_public(visible_tickets(viewer), tickets),
        categories=dict(Category.objects.filter(pk__in=categories).values_list("pk", "key"))
        if categories
        else {},
        services=dict(Service.objects.filter(pk__in=services).values_list("pk", "key")) if services else {},
    )


def _public(rows: Any, ids: set[int] | None) -> dict[int, UUID]:
    if ids is None:
        return dict(rows.values_list("pk", "public_id"))
    return dict(rows.filter(pk__in=ids).values_list("pk", "public_id")) if ids else {}


def _token_owners(ids: set[int]) -> dict[int, UUID]:
    if not ids:
        return {}
    return dict(ApiToken.objects.filter(pk__in=ids).values_list("pk", "person__public_id"))


def _ids(values: dict[str, Any], names: Sequence[str]) -> set[int]:
    found = (values.get(name) for name in names)
    return {value for value in found if isinstance(value, int) and not isinstance(value, bool)}


def _all_ids(events: Iterable[Event], names: Sequence[str]) -> set[int]:
    return {pk for event in events for pk in _ids(event.data, names)}


def _changed_ids(data: dict[str, Any], field_name: str) -> set[int]:
    changed = (row for row in data.get("changes", ()) if row[0] == field_name)
    return {int(value) for row in changed for value in row[1:] if str(value).isdecimal()}


def _told(event: Event, subject_id: UUID, names: _Names, viewer: Viewer) -> Told:
    data = _data(event, names)
    if not viewer.is_agent:
        data = {name: data[name] for name in _FOR_REQUESTERS[event.code] if name in data}
    return Told(
        event=event,
        subject_id=subject_id,
        actor_id=_actor(event, names),
        data=data,
        state={name: _value(name, value, names) for name, value in event.state.items()}
        if viewer.is_agent
        else None,
    )


def _actor(event: Event, names: _Names) -> UUID | None:
    if not event.actor_id.isdecimal():
        return None
    pk = int(event.actor_id)
    known = names.tokens if event.actor_kind == "token" else names.people
    return known.get(pk) if event.actor_kind in ("person", "token") else None


def _data(event: Event, names: _Names) -> dict[str, Any]:
    """The payload with public ids; ids of rows that nobody can ask for are left out."""
    told: dict[str, Any] = {}
    for name, value in event.data.items():
        if name == "changes":
            told[name] = [_change(row, names) for row in value]
        elif event.code == "ticket.requester_changed" and name in ("before", "after"):
            told[name] = names.people.get(value)
        elif _is_tellable(name, value):
            told[name] = _value(name, value, names)
    return told


def _is_tellable(name: str, value: Any) -> bool:
    """Whether a value says something outside: every code, and of the ids those that can be translated."""
    if name.endswith(("_id", "_ids")) and value is not None:
        return name in (*_PEOPLE, *_ORGANISATIONS, *_NUMBERS, "message_id", *_TICKETS)
    return not (isinstance(value, list) and any(isinstance(item, int) for item in value))


def _value(name: str, value: Any, names: _Names) -> Any:
    if value is None:
        return None
    for keys, known in (
        (_PEOPLE, names.people),
        (_TEAMS, names.teams),
        (_LEVELS, names.levels),
        (_ORGANISATIONS, names.organisations),
        (("message_id",), names.messages),
        (_TICKETS, names.tickets),
    ):
        if name in keys:
            return known.get(value)
    return value


def _change(row: Sequence[str], names: _Names) -> dict[str, str]:
    field_name, before, after = row
    known = {"category": names.categories, "service": names.services}.get(field_name)
    if known is not None:
        before, after = (known.get(int(key), "") if key.isdecimal() else "" for key in (before, after))
    return {"field": field_name, "before": before, "after": after}
