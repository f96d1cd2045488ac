"""What a ticket was at each moment, as far as agreements ask, read back from its events; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from leitstelle.sla.rules.facts import PastEvent
from leitstelle.sla.rules.precedence import Case, Moment


def history_of(
    events: Sequence[PastEvent],
    present: Case,
    *,
    opened_at: datetime,
    categories: Mapping[str, str],
) -> list[Moment]:
    """Return what the ticket was from its opening on; `present` is what it is now.

    `events` are in the order they happened in, `categories` maps the ids that events speak of to branches. A customer
    that the events do not lead to came by merging two customers: it counts from the beginning, as it does for
    everything else of theirs.
    """
    case, moments = _beginning(events, present, categories), []
    moments.append(Moment(opened_at, events[0].order if events else 0, case))
    for event in events:
        changed = _after(event, case, categories)
        if changed != case:
            case = changed
            moments.append(Moment(event.at, event.order, case))
    led_to = case.organisation
    return [
        replace(one, case=replace(one.case, organisation=present.organisation))
        if one.case.organisation == led_to
        else one
        for one in moments
    ]


def _beginning(events: Sequence[PastEvent], present: Case, categories: Mapping[str, str]) -> Case:
    first = events[0] if events and events[0].code == "ticket.opened" else None
    category = next(
        (_key(change[1], categories) for change in _changes(events, "category")), present.category
    )
    kind = next((str(change[1]) for change in _changes(events, "kind")), present.kind)
    service = next((_id(change[1]) for change in _changes(events, "service")), present.service)
    if first is None:
        return replace(present, category=category, kind=kind, service=service)
    return Case(first.data.get("organisation_id"), category, kind, first.priority, service)


def _changes(events: Sequence[PastEvent], field: str) -> list[Sequence[str]]:
    return [
        change
        for event in events
        if event.code == "ticket.classified"
        for change in event.data.get("changes", ())
        if change[0] == field
    ]


def _after(event: PastEvent, case: Case, categories: Mapping[str, str]) -> Case:
    if event.code == "ticket.requester_changed":
        return replace(case, organisation=event.data.get("organisation_id"))
    if event.code != "ticket.classified":
        return case
    case = replace(case, priority=int(event.data["priority_after"]))
    for field, _before, after in event.data.get("changes", ()):
        if field == "category":
            case = replace(case, category=_key(after, categories))
        elif field == "kind":
            case = replace(case, kind=str(after))
        elif field == "service":
            case = replace(case, service=_id(after))
    return case


def _id(code: str) -> int | None:
    return int(code) if code else None


def _key(code: str, categories: Mapping[str, str]) -> str:
    return categories.get(code, "") if code else ""
