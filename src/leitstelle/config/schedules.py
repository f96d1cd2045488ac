"""Every schedule of the desk in one table, with its rhythm. Domains register them; a test compares.

Wall times are those of the house (LEITSTELLE_TIME_ZONE). `leitstelle doctor` says which fail.
"""

SCHEDULES = {
    "accounts.forget_merged_values": "daily at 03:45",
    "api.prune_idempotency": "every 1:00:00",
    "automation.old_calls": "daily at 03:51",
    "automation.old_reports": "daily at 03:50",
    "automation.stranded_reports": "every 0:02:00",
    "backup.nightly": "daily at 01:30",
    "blobs.clean": "daily at 02:40",
    "blobs.draw": "every 0:00:10",
    "blobs.forward": "every 0:00:20",
    "blobs.scan": "every 0:00:15",
    "intake.old_spam": "daily at 03:42",
    "intake.quiet_chats": "every 0:05:00",
    "intake.stranded_calls": "every 0:02:00",
    "intake.stranded_mail": "every 0:02:00",
    "intake.telephony_events": "daily at 03:55",
    "intake.unconfirmed_reports": "daily at 03:40",
    "kernel.checkpoint": "daily at 03:10",
    "kernel.prune": "every 1:00:00",
    "notifications.prune": "daily at 03:50",
    "notifications.send": "every 0:00:20",
    "outbox.retry": "every 0:00:30",
    "search.refresh": "every 0:10:00",
    "sla.alarms": "every 0:00:30",
    "sla.take_over": "every 0:01:00",
    "tickets.close_resolved": "every 0:30:00",
    "tickets.planned": "every 0:00:20",
    "tickets.prune_bulk_runs": "daily at 03:50",
    "tickets.prune_planned": "daily at 03:52",
    "tickets.wake": "every 0:01:00",
    "triage.give_waiting": "every 0:01:00",
    "triage.train": "daily at 02:20",
    "triage.watch": "every 0:01:00",
}
