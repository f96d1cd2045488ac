"""Which topics an event touches, and who may hear of its subject.

A topic is a short name a page listens to. Every event touches `<kind>:<id>` of its subject for agents; requesters
hear only what a mapping declared for everyone, because even the fact of an internal note is nothing for them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leitstelle.kernel.events import EventData
from leitstelle.kernel.viewer import Viewer

if TYPE_CHECKING:
    from leitstelle.kernel.events import Event

Audience = Literal["agents", "everyone"]
Mapper = Callable[["Event"], Iterable[str]]
Check = Callable[[Viewer, Sequence[int]], "set[int]"]


@dataclass(frozen=True)
class Notice:
    """What the stream needs of an event: its id, its subject, and the topics per audience."""

    id: int
    kind: str
    subject_id: int
    for_agents: frozenset[str]
    for_everyone: frozenset[str]

    def topics(self, viewer: Viewer) -> frozenset[str]:
        """Topics this viewer's hat may hear."""
        return self.for_agents | self.for_everyone if viewer.is_agent else self.for_everyone


_mappers: dict[str, list[tuple[Mapper, Audience]]] = {}
_checks: dict[str, Check] = {}


def live_topic(*events: type[EventData], audience: Audience = "agents") -> Callable[[Mapper], Mapper]:
    """Decorate `f(event) -> topics` for some event classes; `everyone` lets requesters hear those topics too."""

    def register(mapper: Mapper) -> Mapper:
        for event in events:
            known = _mappers.setdefault(event.code, [])
            if (mapper, audience) not in known:
                known.append((mapper, audience))
        return mapper

    return register


def register_live_check(kind: str, check: Check) -> None:
    """Say who may hear of subjects of a kind: `check(viewer, ids)` returns the visible ones. Without it: nobody."""
    _checks[kind] = check


def visible_ids(viewer: Viewer, kind: str, ids: Iterable[int]) -> set[int]:
    """Ids of subjects of a kind that the viewer may hear of."""
    check = _checks.get(kind)
    return check(viewer, sorted(set(ids))) if check else set()


def notice_of(event: "Event") -> Notice | None:
    """The notice of an event, None for those that nobody is told about (restricted ones)."""
    if event.restricted:
        return None
    agents = {f"{event.subject_kind}:{event.subject_id}"}
    everyone: set[str] = set()
    for mapper, audience in _mappers.get(event.code, []):
        (everyone if audience == "everyone" else agents).update(mapper(event))
    return Notice(event.pk, event.subject_kind, event.subject_id, frozenset(agents), frozenset(everyone))


def parse_topics(text: str, limit: int = 50) -> frozenset[str]:
    """Topics of a request: separated by spaces or commas, at most `limit`."""
    return frozenset(text.replace(",", " ").split()[:limit])


def subject_of(topic: str) -> tuple[str, int] | None:
    """Kind and id of a topic of the form `ticket:12`, None for other topics."""
    kind, _, number = topic.partition(":")
    return (
        (kind, int(number)) if kind and number.isascii() and number.isdigit() and len(number) < 19 else None
    )
