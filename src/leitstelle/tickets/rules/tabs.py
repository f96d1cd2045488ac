"""The tabs of open tickets: which one gives way, and what their order is after a move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MOST_TABS = 12


@dataclass(frozen=True)
class Tab:
    """What the rules need of a tab; `id` is that of its row."""

    id: int
    seen_at: datetime
    is_pinned: bool


def giving_way(tabs: Sequence[Tab], most: int = MOST_TABS) -> list[int]:
    """Return the ids of the tabs to close so that one more fits: those not looked at for longest, never pinned ones.

    Empty while there is room. Where all are pinned nothing gives way, and the row grows.
    """
    surplus = len(tabs) + 1 - most
    if surplus <= 0:
        return []
    loose = sorted((tab for tab in tabs if not tab.is_pinned), key=lambda tab: (tab.seen_at, tab.id))
    return [tab.id for tab in loose[:surplus]]


def moved(ids: Sequence[int], moving: int, to: int) -> list[int]:
    """Return the ids in their new order: `moving` at place `to`, counted from 0; beyond the ends is at the end."""
    rest = [one for one in ids if one != moving]
    place = min(max(to, 0), len(rest))
    return [*rest[:place], moving, *rest[place:]] if moving in ids else rest


def neighbour(count: int, at: int | None, step: int) -> int | None:
    """Return the place of the tab before (step -1) or after (1) the one at `at`, in a circle; `None` if there is none.

    From a page that is no tab (`at` is `None`) the first tab comes after, the last one before.
    """
    if count == 0 or (count == 1 and at is not None):
        return None
    if at is None:
        return 0 if step > 0 else count - 1
    return (at + step) % count
