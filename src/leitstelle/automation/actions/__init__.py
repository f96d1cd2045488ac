"""Writes of webhooks: their setting up, and taking what they report."""

from .hooks import HookInput, change_hook, create_hook, drop_former_secret, make_secret
from .reports import keep_report, replay_report, take_report

__all__ = [
    "HookInput",
    "change_hook",
    "create_hook",
    "drop_former_secret",
    "keep_report",
    "make_secret",
    "replay_report",
    "take_report",
]
