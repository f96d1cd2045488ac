"""Writes of the sla domain: agreements, clock caches, alarms."""

from leitstelle.sla.actions.agreements import (
    create_agreement,
    end_agreement,
    rename_agreement,
    restore_agreement,
)
from leitstelle.sla.actions.alarms import leave_past_alarms_silent, ring_due_alarms
from leitstelle.sla.actions.causes import correct_cause
from leitstelle.sla.actions.clocks import CLOCK_FIELDS, follow_clocks, take_over, update_clocks
from leitstelle.sla.actions.publishing import newest_number, publish_targets, publish_version
from leitstelle.sla.actions.shipped import ensure_defaults
from leitstelle.sla.actions.terms import NewAgreement, StepInput, TargetInput, VersionInput, version_input
from leitstelle.sla.actions.workarounds import give_workaround

__all__ = [
    "CLOCK_FIELDS",
    "NewAgreement",
    "StepInput",
    "TargetInput",
    "VersionInput",
    "correct_cause",
    "create_agreement",
    "end_agreement",
    "ensure_defaults",
    "follow_clocks",
    "give_workaround",
    "leave_past_alarms_silent",
    "newest_number",
    "publish_targets",
    "publish_version",
    "rename_agreement",
    "restore_agreement",
    "ring_due_alarms",
    "take_over",
    "update_clocks",
    "version_input",
]
