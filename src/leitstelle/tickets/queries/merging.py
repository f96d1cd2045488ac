"""Merged tickets: who was merged into whom, what a merge would move, and which tickets it may go to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Movable, Person, movables_of
from leitstelle.kernel.db import capped_counts
from leitstelle.kernel.search import search
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Audience, ParticipantRole, PlannedState, StatusType
from leitstelle.tickets.models import ONGOING, Message, Participant, PlannedReply, Ticket, TicketMerge
from leitstelle.tickets.policies import READING_ROLES, searchable, visible_tickets
from leitstelle.tickets.queries.known import with_known_names
from leitstelle.tickets.queries.lookup import by_number
from leitstelle.tickets.rules import merging as rules

# As `movables_of` knows what follows a ticket.
MOVES_WITH = "ticket"
MESSAGES, PARTICIPANTS, PLANNED = (
    "tickets.merged_messages",
    "tickets.merged_participants",
    "tickets.merged_planned",
)
LINKS_OUT, LINKS_IN = "tickets.merged_links_out", "tickets.merged_links_in"
KIND = "ticket"
_CAP = 1000
_FOUND = 12


@dataclass(frozen=True)
class Preview:
    """What a merge would do: rows that move by name, who would read along, and what stays behind."""

    moves: list[tuple[str | Promise, int]]
    needs_choice: bool
    apart: bool
    # Requesters of the source and its readers who would come to the target, and how much they would read there.
    joining: list[Person]
    public_there: int
    public_here: int
    other_customer: bool
    held: int


def merged_below(ids: Collection[int]) -> dict[int, int]:
    """Return every ticket merged into one of these, directly or further down, with what it was merged into."""
    found: dict[int, int] = {}
    wanted = set(ids)
    while wanted:
        rows = Ticket.objects.filter(merged_into__in=wanted).values_list("pk", "merged_into_id")
        fresh = {pk: into for pk, into in rows if pk not in found}
        found |= fresh
        wanted = set(fresh)
    return found


def merged_numbers(ids: Collection[int]) -> dict[int, list[int]]:
    """Return the numbers that lead to these tickets besides their own, oldest first."""
    heads = list(Ticket.objects.filter(pk__in=ids, has_merged=True).values_list("pk", flat=True))
    below = merged_below(heads) if heads else {}
    found: dict[int, list[int]] = {}
    rows = Ticket.objects.filter(pk__in=below).order_by("number") if below else Ticket.objects.none()
    for pk, number in rows.values_list("pk", "number"):
        found.setdefault(rules.end_of(pk, below), []).append(number)
    return found


def chain_of(ticket: Ticket) -> list[Ticket]:
    """Return what the ticket was merged into, one after the other; the last one is worked on."""
    found: list[Ticket] = []
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into.pk not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
        found.append(ticket)
    return found


def into_of(ids: Iterable[int]) -> dict[int, int]:
    """Return the chains that lead away from these tickets, as `rules.merging` takes them."""
    found: dict[int, int] = {}
    wanted = set(ids)
    while wanted:
        rows = Ticket.objects.filter(pk__in=wanted, merged_into__isnull=False)
        fresh = {pk: into for pk, into in rows.values_list("pk", "merged_into_id") if pk not in found}
        found |= fresh
        wanted = set(fresh.values())
    return found


def standing_merges(ids: Collection[int]) -> dict[int, TicketMerge]:
    """Return the merges that stand, by the ticket that became an alias."""
    rows = TicketMerge.objects.filter(source__in=ids, undone_at=None)
    return {row.source_id: row for row in rows}


def written_to_alias(ticket_id: int, person_id: int | None) -> int | None:
    """Return the merged ticket somebody means who writes to the living one: where they read, if not here.

    Of several the newest; `None` for whoever reads the living one, and for strangers.
    """
    if person_id is None or _reads(ticket_id, person_id):
        return None
    below = merged_below([ticket_id])
    mine = Q(requester=person_id) | Q(
        pk__in=Participant.objects.filter(person=person_id, role__in=READING_ROLES).values("ticket_id")
    )
    return Ticket.objects.filter(mine, pk__in=below).order_by("-pk").values_list("pk", flat=True).first()


def _reads(ticket_id: int, person_id: int) -> bool:
    if Ticket.objects.filter(pk=ticket_id, requester=person_id).exists():
        return True
    return Participant.objects.filter(ticket=ticket_id, person=person_id, role__in=READING_ROLES).exists()


def readers_of(ticket: Ticket) -> list[int]:
    """Return who reads the ticket as requester: the requester first, then those who take part."""
    rows = ticket.participants.filter(role__in=READING_ROLES).order_by("added_at", "pk")
    ids = [ticket.requester_id, *rows.values_list("person_id", flat=True)]
    return list(dict.fromkeys(pk for pk in ids if pk is not None))


def party_of(ticket: Ticket) -> rules.Party:
    return rules.Party(ticket.requester_id, ticket.organisation_id)


def moving_rows(movable: Movable, source: Ticket, target: Ticket, *, apart: bool) -> "QuerySet[Any]":
    """Return which rows of the source follow a merge: its requester, and links to the target, stay behind."""
    rows = movable.rows_of(source.pk)
    if movable.key == PARTICIPANTS:
        return rows.none() if apart else rows.exclude(role=ParticipantRole.REQUESTER)
    if movable.key == PLANNED and apart:
        return rows.none()
    if movable.key == LINKS_OUT:
        return rows.exclude(target=target)
    if movable.key == LINKS_IN:
        return rows.exclude(source=target)
    return rows


def preview_of(source: Ticket, target: Ticket, *, apart: bool | None = None) -> Preview:
    """Return what merging `source` into `target` would do; `apart` as chosen, `None` for the default."""
    choice = rules.needs_choice(party_of(source), party_of(target))
    chosen = rules.apart_by_default(party_of(source), party_of(target)) if apart is None else apart and choice
    told = [one for one in movables_of(MOVES_WITH) if one.label]
    counts = capped_counts({one.key: moving_rows(one, source, target, apart=chosen) for one in told}, _CAP)
    lines: dict[str | Promise, int] = {}
    for one in told:
        if counts[one.key]:
            lines[one.label] = lines.get(one.label, 0) + counts[one.key]
    files = source.messages.aggregate(found=Count("attachments"))["found"]
    if files:
        lines[_("Files")] = files
    there = set(readers_of(target))
    joining = [pk for pk in readers_of(source) if pk not in there]
    people = Person.objects.in_bulk(joining)
    public = Message.objects.filter(audience=Audience.PUBLIC)
    waiting = PlannedReply.objects.filter(ticket=source, state=PlannedState.WAITING)
    return Preview(
        moves=list(lines.items()),
        needs_choice=choice,
        apart=chosen,
        joining=[people[pk] for pk in joining],
        public_there=public.filter(ticket=target).count(),
        public_here=public.filter(ticket=source).count(),
        other_customer=source.organisation_id != target.organisation_id,
        held=waiting.count() if chosen else 0,
    )


def targets_for(viewer: Viewer, ticket: Ticket, typed: str) -> list[Ticket]:
    """Return visible tickets this one may be merged into: by number or words, else its requester's open ones."""
    rows = visible_tickets(viewer).exclude(pk=ticket.pk).exclude(status_type=StatusType.MERGED)
    rows = rows.select_related("requester", "organisation", "assignee")
    digits = typed.removeprefix("#").strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        named = by_number(int(digits))
        found = list(rows.filter(pk=named.pk)) if named is not None else []
    elif typed:
        hits = search(typed, {KIND: searchable(viewer)}, limit=_FOUND * 2).hits
        ids = list(dict.fromkeys(hit.object_id for hit in hits))
        by_id = rows.in_bulk(ids) if ids else {}
        found = [by_id[pk] for pk in ids if pk in by_id][:_FOUND]
    elif ticket.requester_id is not None:
        own = rows.filter(ONGOING, requester_id=ticket.requester_id)
        found = list(own.order_by("-last_message_at", "-pk")[:_FOUND])
    else:
        found = []
    with_known_names(found)
    return found


def merges_of(ticket: Ticket, viewer: Viewer) -> list[TicketMerge]:
    """Return all merges of this ticket and into it, undone ones too, newest first; both tickets must be visible."""
    seen = visible_tickets(viewer).values("pk")
    rows = TicketMerge.objects.filter(Q(source=ticket) | Q(target=ticket), source__in=seen, target__in=seen)
    return list(rows.select_related("source", "target", "by", "undone_by"))


def merges_into(ticket: Ticket, viewer: Viewer) -> list[TicketMerge]:
    """Return the standing merges that led to this ticket, also further down, newest first; the sources seen only."""
    if not ticket.has_merged:
        return []
    seen = visible_tickets(viewer).filter(pk__in=merged_below([ticket.pk]))
    rows = TicketMerge.objects.filter(source__in=seen.values("pk"), undone_at=None)
    return list(rows.select_related("source", "target", "by"))


def written_since(source: Ticket, target: Ticket) -> int:
    """Return how many messages were written to the source, or to what it holds, after it had become an alias."""
    below = [source.pk, *merged_below([source.pk])]
    rows = Message.objects.filter(ticket=target, written_to__in=below)
    moved = {pk for one in TicketMerge.objects.filter(source__in=below) for pk in one.moves.get(MESSAGES, ())}
    return sum(pk not in moved for pk in rows.values_list("pk", flat=True))
