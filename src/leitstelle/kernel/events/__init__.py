"""The journal: recording events, sealing their chain, telling subscribers.

Names are loaded on first use, because this package is imported before Django's models are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from leitstelle.kernel.events.data import Actor, EventData, Subject

if TYPE_CHECKING:
    from leitstelle.kernel.events.bulk import BulkItem, HeadMoved, bulk_record
    from leitstelle.kernel.events.heads import Standing, standing
    from leitstelle.kernel.events.journal import erase_payload, events_for, record
    from leitstelle.kernel.events.models import Event, EventHead, PayloadGone
    from leitstelle.kernel.events.subscriptions import subscribe, unsubscribe, wiring
    from leitstelle.kernel.events.units import in_unit, unit
    from leitstelle.kernel.events.verification import Problem, VerifyReport, verify, verify_subject

_HOMES = {
    "BulkItem": "bulk",
    "HeadMoved": "bulk",
    "Problem": "verification",
    "Standing": "heads",
    "VerifyReport": "verification",
    "bulk_record": "bulk",
    "verify": "verification",
    "verify_subject": "verification",
    "Event": "models",
    "EventHead": "models",
    "PayloadGone": "models",
    "erase_payload": "journal",
    "events_for": "journal",
    "in_unit": "units",
    "record": "journal",
    "standing": "heads",
    "subscribe": "subscriptions",
    "unit": "units",
    "unsubscribe": "subscriptions",
    "wiring": "subscriptions",
}

__all__ = [
    "BulkItem",
    "HeadMoved",
    "Problem",
    "Standing",
    "VerifyReport",
    "bulk_record",
    "verify",
    "verify_subject",
    "Actor",
    "Event",
    "EventData",
    "EventHead",
    "PayloadGone",
    "Subject",
    "erase_payload",
    "events_for",
    "in_unit",
    "record",
    "standing",
    "subscribe",
    "unit",
    "unsubscribe",
    "wiring",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{home}"), name)
