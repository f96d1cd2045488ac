"""Errors that say "try the same again": a lock not obtained, a deadlock, a lost serialisation.

They roll a transaction back through no fault of its own. Nothing below a whole unit may be
repeated: `retry_transient` goes around `unit()`, never inside.
"""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connections

P = ParamSpec("P")
R = TypeVar("R")

# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_SQLITE_WORDS = ("database is locked", "database table is locked", "database is busy", "locking protocol")


def is_transient(error: BaseException) -> bool:
    """Whether running the transaction again may well succeed."""
    if not isinstance(error, DatabaseError):
        return False
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in _SQLSTATES or any(words in str(error) for words in _SQLITE_WORDS)


def retry_transient(function: Callable[P, R], *, tries: int = 4, pause: float = 0.05) -> Callable[P, R]:
    """Wrap a function that is one whole transaction: up to `tries` runs, pauses (seconds) growing.

    Inside a transaction it does nothing: there only the outermost caller can repeat.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, tries):
            try:
                return function(*args, **kwargs)
            except DatabaseError as error:
                if not is_transient(error) or connections["default"].in_atomic_block:
                    raise
                time.sleep(pause * 2**attempt * random.uniform(0.5, 1.5))
        return function(*args, **kwargs)

    return wrapped
