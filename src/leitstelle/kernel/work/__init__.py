"""Background work: deliveries, schedules, worker, clock lease and journal cursors."""
