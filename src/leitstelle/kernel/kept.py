"""Small master data, kept per process: levels, teams, statuses, scales, agreement versions, calendars.

Nearly every page and every mail asks for the same few dozen rows. A function marked with `kept` answers from memory
until an event about one of the named kinds of subjects is recorded here or read from the journal (web processes and
the search projector follow it), and after `MASTER_DATA_SECONDS` at the latest. Nothing that decides who may see what
belongs here: rights count at once, in every process.
"""

import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.conf import settings

P = ParamSpec("P")
R = TypeVar("R")

# Arguments are ids of master data; a process that has seen more starts afresh.
_MOST = 2000


class _Value(NamedTuple):
    until: float
    value: Any


_values: dict[str, dict[tuple[Any, ...], _Value]] = {}
_by_kind: dict[str, set[str]] = {}


def kept(*kinds: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function returns until something happens to subjects of these kinds.

    For functions of hashable positional arguments whose result nobody changes. Empty results are not kept: while a
    house is being furnished, the first row counts at once.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"
        known = _values.setdefault(name, {})
        for kind in kinds:
            _by_kind.setdefault(kind, set()).add(name)

        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            seconds: float = settings.MASTER_DATA_SECONDS
            if not seconds:
                return function(*args, **kwargs)
            key = (*args, *sorted(kwargs.items()))
            found, now = known.get(key), time.monotonic()
            if found is not None and found.until > now:
                value: R = found.value
                return value
            value = function(*args, **kwargs)
            if value:
                if len(known) >= _MOST:
                    known.clear()
                known[key] = _Value(now + seconds, value)
            return value

        return inside

    return decorate


def forget(kinds: Iterable[str] | None = None) -> None:
    """Forget what depends on subjects of these kinds, or everything."""
    names = set(_values) if kinds is None else {name for kind in kinds for name in _by_kind.get(kind, ())}
    for name in names:
        _values[name].clear()
