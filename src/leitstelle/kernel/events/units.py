"""The unit of work: one transaction that ends by sealing what was recorded in it.

Owns the boundary only; `sealing` moves the heads.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar, overload

from django.db import transaction

from leitstelle.kernel.events.models import Event
from leitstelle.kernel.events.sealing import seal
from leitstelle.kernel.kept import forget

P = ParamSpec("P")
R = TypeVar("R")


class _State(threading.local):
    # Transactions belong to a thread's connection, so the unit does as well.
    pending: list[Event] | None = None


_state = _State()


def in_unit() -> bool:
    """Whether this thread is inside a unit."""
    return _state.pending is not None


def pending_events() -> list[Event]:
    """Return the events of the unit under way that wait for sealing; raises outside of one."""
    if _state.pending is None:
        raise RuntimeError("record() outside of unit()")
    return _state.pending


@contextmanager
def _unit() -> Iterator[None]:
    if _state.pending is not None:
        with _inner_unit(_state.pending):
            yield
        return
    pending: list[Event] = []
    try:
        with transaction.atomic():
            _state.pending = pending
            yield
            # Last, so that the rows everybody shares are locked for as short as possible.
            seal(pending)
    finally:
        _state.pending = None
        # After the commit as well: another thread may have read the old rows again meanwhile.
        forget({event.subject_kind for event in pending})


@contextmanager
def _inner_unit(pending: list[Event]) -> Iterator[None]:
    """Join the outer unit under a savepoint, so that a caught error takes its events along."""
    kept = len(pending)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del pending[kept:]
        raise


@overload
def unit() -> "_UnitManager": ...
@overload
def unit(function: Callable[P, R]) -> Callable[P, R]: ...
def unit(function: Callable[P, R] | None = None) -> "Callable[P, R] | _UnitManager":
    """One transaction with its journal: `with unit():`, `@unit` or `@unit()`.

    On leaving the outermost unit the recorded events are chained, their heads moved in sorted
    order, and deliveries written; then everything is committed. A unit within a unit joins it
    (as a savepoint). Raises whatever the body raises, after rolling back.
    """
    return _UnitManager() if function is None else _UnitManager()(function)


class _UnitManager:
    """A fresh unit for each `with` and for each call of what it decorates."""

    def __enter__(self) -> None:
        self._manager = _unit()
        self._manager.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._manager.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            with _unit():
                return function(*args, **kwargs)

        return inside
