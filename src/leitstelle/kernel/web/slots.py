"""Slots: named places on a page that higher domains fill, without the page knowing them.

Owns: the registry and the batch call. A filler is called once per page with all objects, never once per row,
and answers with a panel per object id. Leaves what a panel shows to the domain that fills it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from leitstelle.kernel.viewer import Viewer


class HasPk(Protocol):
    """Anything with a primary key: what a page hands to its slots."""

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True)
class Panel:
    """One piece for a slot: a Jinja2 template with its context, or data alone where the page draws it itself."""

    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 0


Filler = Callable[["Viewer", Sequence[Any]], Mapping[Any, Panel]]


@dataclass(frozen=True)
class _Filling:
    order: int
    name: str
    call: Filler


_fillings: dict[str, list[_Filling]] = {}


@dataclass(frozen=True)
class Slot:
    """A place that a page offers. The name is `<page>.<place>`, for example `ticket.sidebar`."""

    name: str


def fill(slot: str | Slot, *, order: int = 100) -> Callable[[Filler], Filler]:
    """Decorate a batch function `(viewer, objects) -> {object.pk: Panel}` that fills the slot, lower order first."""
    name = slot.name if isinstance(slot, Slot) else slot

    def register(call: Filler) -> Filler:
        filling = _Filling(order, f"{call.__module__}.{call.__qualname__}", call)
        others = [known for known in _fillings.get(name, []) if known.name != filling.name]
        _fillings[name] = sorted([*others, filling], key=lambda known: (known.order, known.name))
        return call

    return register


def collect(slot: str | Slot, viewer: "Viewer", objects: Sequence[HasPk]) -> dict[Any, list[Panel]]:
    """Call every filler of the slot once and return the panels per primary key, in order, for every object."""
    name = slot.name if isinstance(slot, Slot) else slot
    found: dict[Any, list[Panel]] = {item.pk: [] for item in objects}
    for filling in _fillings.get(name, []):
        for pk, panel in filling.call(viewer, objects).items():
            found[pk].append(panel)
    return found


def fillers(slot: str | Slot) -> list[str]:
    """Names of what fills the slot, for `leitstelle manage wiring` and its test."""
    name = slot.name if isinstance(slot, Slot) else slot
    return [filling.name for filling in _fillings.get(name, [])]
