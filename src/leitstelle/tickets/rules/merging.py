"""Merging tickets: why it is refused, and whether both sides are kept apart; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MergeProblem(StrEnum):
    """Why two tickets cannot be merged."""

    ITSELF = "merge_with_itself"
    MERGED_AWAY = "merged_away"
    CIRCULAR = "merge_circular"


@dataclass(frozen=True)
class Party:
    """Whose ticket it is: ids of the requester and the customer."""

    requester_id: int | None
    organisation_id: int | None


def apart_by_default(source: Party, target: Party) -> bool:
    """Whether the requesters do not read each other's words unless somebody says so.

    The same person, and people of one customer, read the same conversation; strangers never do by themselves.
    """
    if source.requester_id is None or source.requester_id == target.requester_id:
        return False
    return source.organisation_id is None or source.organisation_id != target.organisation_id


def needs_choice(source: Party, target: Party) -> bool:
    """Whether there is anything to choose: nobody is kept apart from themselves."""
    return source.requester_id is not None and source.requester_id != target.requester_id


def problem(source: int, target: int, into: Mapping[int, int]) -> MergeProblem | None:
    """Say why `source` cannot be merged into `target`; `into` says which tickets were merged into which."""
    if source == target:
        return MergeProblem.ITSELF
    if source in into:
        return MergeProblem.MERGED_AWAY
    if target in into:
        return MergeProblem.CIRCULAR if end_of(target, into) == source else MergeProblem.MERGED_AWAY
    return None


def end_of(ticket: int, into: Mapping[int, int]) -> int:
    """Follow the chain of merges to the ticket that is still worked on."""
    seen = {ticket}
    while ticket in into and into[ticket] not in seen:
        ticket = into[ticket]
        seen.add(ticket)
    return ticket


def circle_of(ticket: int, into: Mapping[int, int], apart: Mapping[int, bool]) -> int | None:
    """Whose readers alone read what is written to a merged ticket: the first kept apart, `None` where none was.

    `apart` says of each merged ticket whether its merge keeps both sides apart.
    """
    seen: set[int] = set()
    while ticket in into and ticket not in seen:
        if apart.get(ticket):
            return ticket
        seen.add(ticket)
        ticket = into[ticket]
    return None
