"""Background work: deliveries, schedules, workers, the clock's lease, cursors over the journal.

Names are loaded on first use, because this package is imported before Django's models are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from leitstelle.kernel.work.errors import GiveUp, LostClaim, RetryLater

if TYPE_CHECKING:
    from leitstelle.kernel.work.cursors import (
        Batch,
        Position,
        events_after,
        follow_journal,
        journal_end,
        move_cursor,
        position_of,
        projection,
    )
    from leitstelle.kernel.work.deliveries import retry_failed
    from leitstelle.kernel.work.models import ClockLease, Delivery, DeliveryState, ScheduleRow, WorkerBeat
    from leitstelle.kernel.work.running import drain, run_due
    from leitstelle.kernel.work.schedules import schedule, unschedule
    from leitstelle.kernel.work.services import register_service
    from leitstelle.kernel.work.worker import run_clock, run_worker

_HOMES = {
    "Batch": "cursors",
    "ClockLease": "models",
    "Delivery": "models",
    "DeliveryState": "models",
    "Position": "cursors",
    "ScheduleRow": "models",
    "WorkerBeat": "models",
    "drain": "running",
    "events_after": "cursors",
    "follow_journal": "cursors",
    "journal_end": "cursors",
    "move_cursor": "cursors",
    "position_of": "cursors",
    "projection": "cursors",
    "register_service": "services",
    "retry_failed": "deliveries",
    "run_clock": "worker",
    "run_due": "running",
    "run_worker": "worker",
    "schedule": "schedules",
    "unschedule": "schedules",
}

__all__ = [
    "Batch",
    "ClockLease",
    "Delivery",
    "DeliveryState",
    "GiveUp",
    "LostClaim",
    "Position",
    "RetryLater",
    "ScheduleRow",
    "WorkerBeat",
    "drain",
    "events_after",
    "follow_journal",
    "journal_end",
    "move_cursor",
    "position_of",
    "projection",
    "register_service",
    "retry_failed",
    "run_clock",
    "run_due",
    "run_worker",
    "schedule",
    "unschedule",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{home}"), name)
