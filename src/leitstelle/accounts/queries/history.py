"""What happened to a person, an organisation or anything else agents keep, told in sentences.

Sentences come from `kernel.web.sentences`; whoever calls this has checked that the viewer sees the subject as an agent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.queries.actors import actor_name, person_acting, token_owners
from leitstelle.kernel.events import Event, Subject, events_for
from leitstelle.kernel.web.sentences import teller_of, told_codes

NEWEST = 30


@dataclass(frozen=True)
class Happening:
    """One event as people read it: when, an icon, who, and the rest of the sentence."""

    at: datetime
    icon: str
    who: str
    text: str


def history(subject: Subject, *, limit: int = NEWEST) -> list[Happening]:
    """Return the newest events of a subject that have a sentence, newest first; three statements at most."""
    rows = events_for(subject).filter(code__in=told_codes()).order_by("-pk")
    events = list(rows[:limit])
    names, owners = _names(events), token_owners(events)
    people = {pk: name for (kind, pk), name in names.items() if kind == "person"}
    return [_told(event, names, actor_name(event, people, owners)) for event in events]


def _names(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    people = {pk for event in events for pk in _people_in(event)}
    others = {event.data["other_id"] for event in events if _is_of_organisations(event)}
    found: dict[tuple[str, int], str] = {}
    if people:
        rows = Person.objects.filter(pk__in=people).values_list("pk", "display_name")
        found |= {("person", pk): name for pk, name in rows}
    if others:
        named = Organisation.objects.filter(pk__in=others).values_list("pk", "name")
        found |= {("organisation", pk): name for pk, name in named}
    return found


def _is_of_organisations(event: Event) -> bool:
    return event.subject_kind == "organisation" and "other_id" in event.data


def _people_in(event: Event) -> Iterable[int]:
    actor = person_acting(event)
    if actor is not None:
        yield actor
    if "person_id" in event.data:
        yield event.data["person_id"]
    if "other_id" in event.data and not _is_of_organisations(event):
        yield event.data["other_id"]


def _told(event: Event, names: Mapping[tuple[str, int], str], who: str) -> Happening:
    kind = "organisation" if _is_of_organisations(event) else "person"
    data: dict[str, Any] = {
        **event.data,
        "person": names.get(("person", event.data.get("person_id", 0)), ""),
        "other": names.get((kind, event.data.get("other_id", 0)), ""),
    }
    teller = teller_of(event.code)
    assert teller is not None
    return Happening(event.at, teller.icon, who, teller.words(data))
