"""The index follows the journal: whatever an event touched is fetched from its source and indexed again."""

from collections.abc import Iterable, Iterator
from itertools import islice

from leitstelle.kernel.events.models import Event
from leitstelle.kernel.kept import forget
from leitstelle.kernel.search.index import bulk_load, clear, replace
from leitstelle.kernel.search.linguistics import SHADOW_VERSION
from leitstelle.kernel.search.models import SearchRow
from leitstelle.kernel.search.sources import Source, source_of, sources, touched
from leitstelle.kernel.work.cursors import lag as cursor_lag

CURSOR = "search.index"
_OBJECTS = 200


def project(events: Iterable[Event]) -> None:
    """Index again what these events touched."""
    found: dict[str, set[int]] = {}
    for event in events:
        forget((event.subject_kind,))  # written by another process, as a rule
        for kind, ids in touched(event).items():
            found.setdefault(kind, set()).update(ids)
    for kind, ids in found.items():
        source = source_of(kind)
        if source is not None:
            _index(source, sorted(ids))


def reindex(kinds: Iterable[str] | None = None) -> Iterator[int]:
    """Build the index anew, or only some kinds; yields the number of objects done so far."""
    wanted = [source for source in sources() if kinds is None or source.kind in set(kinds)]
    if kinds is None:
        clear()
    # Into an empty index by the short way; where the worker was faster, `bulk_load` takes the careful one.
    index = _load if kinds is None else _index
    done = 0
    for source in wanted:
        ids = iter(source.all_ids())
        while part := list(islice(ids, _OBJECTS)):
            index(source, part)
            done += len(part)
            yield done


def refresh_outdated(limit: int = 1000) -> int:
    """Index again what an older version of the linguistics wrote; returns how many objects."""
    outdated = SearchRow.objects.exclude(shadow_version=SHADOW_VERSION).order_by("pk")
    found: dict[str, set[int]] = {}
    for kind, object_id in outdated.values_list("kind", "object_id")[:limit]:
        found.setdefault(kind, set()).add(object_id)
    for kind, ids in found.items():
        source = source_of(kind)
        if source is not None:
            _index(source, sorted(ids))
    return sum(len(ids) for ids in found.values())


def lag() -> int:
    """How many events the index is behind."""
    return cursor_lag(CURSOR)


def _load(source: Source, ids: list[int]) -> None:
    bulk_load(source.fetch(ids))


def _index(source: Source, ids: list[int]) -> None:
    for start in range(0, len(ids), _OBJECTS):
        part = ids[start : start + _OBJECTS]
        replace(source.kind, part, source.fetch(part))
