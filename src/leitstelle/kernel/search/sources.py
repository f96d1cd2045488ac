"""Who provides index rows: each domain's `searchdocs` registers a source per kind.

The projector (`projecting`) asks the source again whenever one of its events happened; a source that returns
nothing for an id has the object removed from the index.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from leitstelle.kernel.events.data import EventData
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.search.index import SearchDoc

Fetch = Callable[[Collection[int]], Iterable[SearchDoc]]
Affected = Callable[[Event], Collection[int]]
Texts = Callable[[Collection[tuple[int, int]]], "dict[tuple[int, int], Original]"]
AllIds = Callable[[], Iterable[int]]


@dataclass(frozen=True)
class Original:
    """What people read: the title of the object, and the text of the part that was found."""

    title: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """How one kind gets into the index.

    `fetch(object_ids)` yields all documents (all parts, all audiences) of those objects. `events` maps event
    classes to a function that names the objects an event touched. `texts([(object_id, part)])` returns
    the originals for the result list (what it leaves out is not shown); `all_ids()` every object, oldest first,
    for `reindex`. `bulk` says that most rows of the index are of this kind, so that its name narrows nothing down.
    """

    kind: str
    fetch: Fetch
    events: dict[type[EventData], Affected]
    texts: Texts
    all_ids: AllIds
    bulk: bool = False


_sources: dict[str, Source] = {}


def register_source(
    kind: str,
    *,
    fetch: Fetch,
    events: dict[type[EventData], Affected],
    texts: Texts,
    all_ids: AllIds,
    bulk: bool = False,
) -> Source:
    """Make `kind` findable; the last one registered for a kind counts."""
    source = Source(kind=kind, fetch=fetch, events=dict(events), texts=texts, all_ids=all_ids, bulk=bulk)
    _sources[kind] = source
    return source


def source_of(kind: str) -> Source | None:
    """The source of a kind, `None` where no installed domain provides it."""
    return _sources.get(kind)


def is_bulk(kind: str) -> bool:
    """Whether most rows of the index are of this kind."""
    return kind in _sources and _sources[kind].bulk


def sources() -> Iterator[Source]:
    """All sources, in the order of their registration."""
    yield from _sources.values()


def touched(event: Event) -> dict[str, set[int]]:
    """Which objects of which kinds an event asks to be indexed again."""
    found: dict[str, set[int]] = {}
    for source in _sources.values():
        for cls, affected in source.events.items():
            if cls.code == event.code:
                found.setdefault(source.kind, set()).update(affected(event))
    return found
