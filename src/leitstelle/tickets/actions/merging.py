"""Two tickets become one, and two again: everything is re-parented, nothing is copied, and it can always be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from leitstelle.accounts.models import movable, movables_of
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import change, record_on
from leitstelle.tickets.choices import (
    Audience,
    Direction,
    MergeVerb,
    ParticipantRole,
    StatusType,
)
from leitstelle.tickets.errors import AlreadyUndone, MergeCircular, MergedAway, MergeOfOne, MergeRefused
from leitstelle.tickets.events import StatusChanged, TicketsMerged, TicketsUnmerged
from leitstelle.tickets.models import Draft, Message, Participant, Status, Ticket, TicketMerge, VendorCase
from leitstelle.tickets.policies import READING_ROLES, can_merge
from leitstelle.tickets.queries.merging import (
    MESSAGES,
    MOVES_WITH,
    chain_of,
    into_of,
    merged_below,
    moving_rows,
    party_of,
)
from leitstelle.tickets.rules import merging as rules
from leitstelle.tickets.rules import vendor as vendor_rules

LONGEST_REASON = 500
DRAFTS = "tickets.merged_drafts"
_ERRORS = {
    rules.MergeProblem.ITSELF: MergeOfOne,
    rules.MergeProblem.MERGED_AWAY: MergedAway,
    rules.MergeProblem.CIRCULAR: MergeCircular,
}
# What the source was, to be that again.
_WAS = ("status_id", "status_type", "status_reason", "wait_until")

Obstacle = Callable[[Ticket, bool], str]
_obstacles: list[Obstacle] = []


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """What was decided looking at both: whether their requesters stay apart (`None`: as is usual), why, and the
    versions of their status the person saw."""

    apart: bool | None = None
    reason: str = ""
    source_version: int | None = None
    target_version: int | None = None


def register_obstacle(obstacle: Obstacle) -> Obstacle:
    """Let a higher domain say why a ticket cannot be merged now (source, kept apart); empty where it can."""
    if obstacle not in _obstacles:
        _obstacles.append(obstacle)
    return obstacle


@unit()
def merge_tickets(
    source: Ticket, target: Ticket, plan: MergePlan, *, by: Viewer, now: datetime
) -> TicketMerge:
    """Move everything of `source` to `target`; the source leaves all clocks and lives on as an alias. Agents of both.

    Nobody is told by mail. Requesters of both read each other's words only where the plan says so. Records
    `TicketsMerged` on both and `StatusChanged` on the source. Raises `NotAllowed`, `MergeOfOne`, `MergedAway`,
    `MergeCircular`, `MergeRefused`, `TicketChanged`.
    """
    if not can_merge(by, source, target):
        raise NotAllowed()
    _lock((source, target), now)
    found = rules.problem(source.pk, target.pk, into_of((source.pk, target.pk)))
    if found is not None:
        raise _ERRORS[found](number=source.number, other=target.number)
    # The target's status is not touched, but who looked at another one decided on something else.
    change(target, "status", plan.target_version, now=now, has_merged=True)
    apart = _apart(source, target, plan)
    for obstacle in _obstacles:
        if why := obstacle(source, apart):
            raise MergeRefused(message=why)
    merge = TicketMerge(source=source, target=target, at=now, by_id=by.person_id, is_apart=apart)
    merge.reason = plan.reason.strip()[:LONGEST_REASON]
    merge.was = {name: _stored(getattr(source, name)) for name in _WAS}
    merge.moves = _move_all(source, target, apart)
    merge.made = {"participant": None if apart else _join(source, target, now), **_failed(source, target)}
    if apart:
        merge.made["apart"] = _keep_apart(source, target, merge.moves.get(MESSAGES, []))
    merge.save()
    recount(source)
    recount(target)
    _set_status(
        source, _merged_status(), plan.source_version, MergeVerb.MERGE, by=by, now=now, into=target.pk
    )
    for ticket in (source, target):
        data = TicketsMerged(merge_id=merge.pk, source_id=source.pk, target_id=target.pk, apart=apart)
        record_on(ticket, data, by=by, at=now)
    return merge


@unit()
def undo_merge(merge: TicketMerge, *, by: Viewer, now: datetime) -> TicketMerge:
    """Give the source back what the merge moved, wherever later merges took it, and what was written to it since.

    Who might have merged; at any time. What came to the target by itself stays there, and what people moved
    elsewhere since stays where they moved it. Records `TicketsUnmerged` on all and `StatusChanged` on the source.
    Raises `NotAllowed`, `AlreadyUndone`.
    """
    source = Ticket.objects.get(pk=merge.source_id)
    hops = chain_of(source)
    if not hops or not can_merge(by, source, hops[-1]):
        raise AlreadyUndone() if not hops else NotAllowed()
    _lock((source, *hops), now)
    mine = TicketMerge.objects.filter(pk=merge.pk, undone_at=None)
    if not mine.update(undone_at=now, undone_by_id=by.person_id) or source.merged_into_id != merge.target_id:
        raise AlreadyUndone()
    merge.refresh_from_db()
    back = _give_back(merge, source, hops)
    _free_words(source, hops)
    _take_off(merge, hops)
    for ticket in (*hops, source):
        recount(ticket)
        below = Ticket.objects.filter(merged_into=ticket.pk).exclude(pk=source.pk)
        Ticket.objects.filter(pk=ticket.pk).update(has_merged=below.exists())
    status = Status.objects.get(pk=merge.was["status_id"])
    _set_status(source, status, None, MergeVerb.UNMERGE, by=by, now=now, into=None, was=merge.was)
    for ticket in (source, *hops):
        data = TicketsUnmerged(
            merge_id=merge.pk, source_id=source.pk, target_id=merge.target_id, messages=back
        )
        record_on(ticket, data, by=by, at=now)
    return merge


def recount(ticket: Ticket) -> None:
    """Bring the list columns up to date with the messages and vendors' cases that are there now."""
    rows = Message.objects.filter(ticket=ticket.pk)
    public = rows.filter(audience=Audience.PUBLIC)
    latest = rows.aggregate(at=Max("at"))["at"]
    theirs = public.filter(direction=Direction.INBOUND, automatic_kind="").aggregate(at=Max("at"))["at"]
    ours = public.filter(direction=Direction.OUTBOUND, author_is_agent=True).aggregate(at=Max("at"))["at"]
    states = VendorCase.objects.filter(ticket=ticket.pk).values_list("state", flat=True)
    values = {
        "message_count": rows.count(),
        "last_message_at": max(latest or ticket.opened_at, ticket.opened_at),
        "last_requester_message_at": theirs,
        "last_agent_message_at": ours,
        "vendor_state": vendor_rules.shown_state(states),
    }
    Ticket.objects.filter(pk=ticket.pk).update(**values)
    for name, value in values.items():
        setattr(ticket, name, value)


def _lock(tickets: tuple[Ticket, ...], now: datetime) -> None:
    """Keep others from writing to any of them until the unit ends, always in the same order."""
    for ticket in sorted(tickets, key=lambda one: one.pk):
        Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    for ticket in tickets:
        ticket.refresh_from_db()


def _apart(source: Ticket, target: Ticket, plan: MergePlan) -> bool:
    ours, theirs = party_of(source), party_of(target)
    if plan.apart is None:
        return rules.apart_by_default(ours, theirs)
    return plan.apart and rules.needs_choice(ours, theirs)


def _move_all(source: Ticket, target: Ticket, apart: bool) -> dict[str, list[int]]:
    moved = {}
    for one in movables_of(MOVES_WITH):
        ids = list(moving_rows(one, source, target, apart=apart).values_list("pk", flat=True))
        if gone := one.move(source.pk, target.pk, only=ids):
            moved[one.key] = gone
    if drafts := _move_drafts(source.pk, target.pk, None):
        moved[DRAFTS] = drafts
    return moved


def _move_drafts(from_id: int, to_id: int, only: list[int] | None) -> list[int]:
    """A draft's place names its ticket; where its person has one for the same place already, it stays."""
    rows = Draft.objects.filter(ticket=from_id)
    moved = []
    for draft in rows if only is None else rows.filter(pk__in=only):
        place = f"{to_id}:{draft.place.partition(':')[2]}"
        if not Draft.objects.filter(person=draft.person_id, place=place).exists():
            Draft.objects.filter(pk=draft.pk).update(ticket=to_id, place=place)
            moved.append(draft.pk)
    return moved


def _join(source: Ticket, target: Ticket, now: datetime) -> int | None:
    """The source's requester reads along from now on; returns the row made for it."""
    person = source.requester_id
    if person is None or person == target.requester_id:
        return None
    if Participant.objects.filter(ticket=target, person=person, role__in=READING_ROLES).exists():
        return None
    row = Participant.objects.create(
        ticket=target, person_id=person, role=ParticipantRole.AFFECTED, added_at=now
    )
    return row.pk


def _failed(source: Ticket, target: Ticket) -> dict[str, bool]:
    """What did not reach somebody is still to be seen."""
    if not source.delivery_failed or target.delivery_failed:
        return {}
    Ticket.objects.filter(pk=target.pk).update(delivery_failed=True)
    return {"delivery_failed": True}


def _keep_apart(source: Ticket, target: Ticket, moved: list[int]) -> list[int]:
    """Let the source's words be read by its own readers only; returns the messages that are kept apart now."""
    rows = Message.objects.filter(ticket=target, pk__in=moved, apart_of=None)
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        chunk = Message.objects.filter(pk__in=ids[start : start + 500])
        chunk.update(apart_of=source)
        chunk.filter(written_to=None).update(written_to=source)
    return ids


def _give_back(merge: TicketMerge, source: Ticket, hops: list[Ticket]) -> int:
    """Return rows that still are where the merge or later ones took them; how many messages came back."""
    for key, ids in reversed(merge.moves.items()):
        known = movable(key)
        for hop in hops:
            if key == DRAFTS:
                _move_drafts(hop.pk, source.pk, ids)
            elif known is not None:
                known.move(hop.pk, source.pk, only=ids)
    # Written to the source, or to what was merged into it before, after it had become an alias.
    theirs = [source.pk, *merged_below([source.pk])]
    places = [hop.pk for hop in hops]
    Message.objects.filter(ticket__in=places, written_to__in=theirs).update(ticket=source)
    return Message.objects.filter(ticket=source).count()


def _free_words(source: Ticket, hops: list[Ticket]) -> None:
    """Words on their own ticket belong to it again; those of tickets still merged into it stay theirs."""
    below = merged_below([source.pk])
    rows = Message.objects.filter(ticket=source)
    rows.exclude(Q(written_to=None) | Q(written_to__in=below)).update(written_to=None)
    rows.exclude(Q(apart_of=None) | Q(apart_of__in=below)).update(apart_of=None)


def _take_off(merge: TicketMerge, hops: list[Ticket]) -> None:
    """Remove what the merge itself had put on the target."""
    if merge.made.get("participant") is not None:
        places = [hop.pk for hop in hops]
        Participant.objects.filter(pk=merge.made["participant"], ticket__in=places).delete()
    if merge.made.get("delivery_failed"):
        Ticket.objects.filter(pk=merge.target_id).update(delivery_failed=False)


def _merged_status() -> Status:
    return Status.objects.filter(type=StatusType.MERGED).order_by("-is_active", "order")[:1].get()


def _set_status(
    ticket: Ticket,
    status: Status,
    expected: int | None,
    verb: MergeVerb,
    *,
    by: Viewer,
    now: datetime,
    into: int | None,
    was: dict[str, Any] | None = None,
) -> None:
    before, before_type = str(ticket.status_id), ticket.status_type
    columns = {name: _read(name, value) for name, value in (was or {}).items()}
    values: dict[str, Any] = {"status_reason": "", "wait_until": None, **columns}
    values |= {"status_id": status.pk, "status_type": status.type, "merged_into_id": into}
    change(ticket, "status", expected, now=now, **values)
    ticket.status = status
    until = ticket.wait_until
    data = StatusChanged(
        verb=verb,
        before=before,
        after=str(status.pk),
        before_type=before_type,
        after_type=status.type,
        response_clock=status.response_clock,
        resolution_clock=status.resolution_clock,
        wait_until=until.isoformat() if until else None,
    )
    record_on(ticket, data, by=by, at=now)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "wait_until" and value is not None else value
