"""Every schedule of the desk in one table, with its rhythm. Domains register them; a test compares.

Wall times are those of the house (LEITSTELLE_TIME_ZONE). `leitstelle doctor` says which fail.
"""

SCHEDULES = {
    "api.prune_idempotency": "every 1:00:00",
    "blobs.clean": "daily at 02:40",
    "intake.stranded_mail": "every 0:02:00",
    "intake.unconfirmed_reports": "daily at 03:40",
    "kernel.checkpoint": "daily at 03:10",
    "kernel.prune": "every 1:00:00",
    "outbox.retry": "every 0:00:30",
    "search.refresh": "every 0:10:00",
    "sla.alarms": "every 0:00:30",
    "tickets.close_resolved": "every 0:30:00",
    "tickets.wake": "every 0:01:00",
}
