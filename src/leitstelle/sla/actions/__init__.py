"""Writes of the sla domain: clock caches, alarms, shipped agreement."""

from leitstelle.sla.actions.agreements import ensure_defaults
from leitstelle.sla.actions.clocks import leave_past_alarms_silent, ring_due_alarms, update_clocks

__all__ = ["ensure_defaults", "leave_past_alarms_silent", "ring_due_alarms", "update_clocks"]
