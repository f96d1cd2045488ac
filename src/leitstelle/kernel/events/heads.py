"""Whether something happened to master data since it was read, in one small statement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from leitstelle.kernel.db import count_and_sum
from leitstelle.kernel.events.models import EventHead

Standing = tuple[int, int]


def standing(kinds: Iterable[str], single: Mapping[str, Iterable[int]] | None = None) -> Standing:
    """Return how many subjects of these kinds have a history, and how many events those are together.

    It differs after every event that was committed, whoever recorded it; what this process records itself it is told
    of by `kernel.kept` already before the commit. `single` names subjects of further kinds, by kind, where the
    kind as a whole is too large.
    """
    either: list[Mapping[str, Sequence[Any]]] = [{"subject_kind": tuple(kinds)}]
    for kind, ids in (single or {}).items():
        if found := tuple(ids):
            either.append({"subject_kind": (kind,), "subject_id": found})
    return count_and_sum(EventHead, "seq", either)
