"""Links from a subject to its page: lets mails, search hits and timelines of lower domains point upwards.

Owns: the registry per subject kind. Leaves the address, the words and the visibility check to the domain.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leitstelle.kernel.events import Subject
    from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True)
class Link:
    """An address (path without host) and plain text for it."""

    url: str
    label: str


Linker = Callable[["Viewer", Sequence[int]], Mapping[int, Link]]

_linkers: dict[str, list[Linker]] = defaultdict(list)


def linker(kind: str) -> Callable[[Linker], Linker]:
    """Decorate a batch function `(viewer, ids) -> {id: Link}`; ids the viewer may not see are left out.

    Several domains may point at one kind (workspace and portal); the first registered counts.
    """

    def register(call: Linker) -> Linker:
        if call not in _linkers[kind]:
            _linkers[kind].append(call)
        return call

    return register


def links(subjects: "Iterable[Subject]", viewer: "Viewer") -> "dict[Subject, Link]":
    """Links of many subjects, one call per kind; without a link: no linker, or not visible to the viewer."""
    wanted: dict[str, dict[int, Subject]] = defaultdict(dict)
    for subject in subjects:
        wanted[subject.kind][subject.id] = subject
    found: dict[Subject, Link] = {}
    for kind, by_id in wanted.items():
        for call in _linkers.get(kind, []):
            for subject_id, target in call(viewer, sorted(by_id)).items():
                found.setdefault(by_id[subject_id], target)
    return found


def link(subject: "Subject", viewer: "Viewer") -> Link | None:
    """Link of one subject, or None."""
    return links([subject], viewer).get(subject)
