"""Clocks that are known already get their alarms in the new form; what has rung stays silent."""

from django.db import migrations

_BATCH = 1000
_FIELDS = ("alarms", "reached_percent", "next_alarm_at", "calendar_id")


def fill(apps, schema_editor):
    TicketClock = apps.get_model("sla", "TicketClock")
    clocks = TicketClock.objects.select_related("version").order_by("pk").iterator(chunk_size=_BATCH)
    batch = []
    for clock in clocks:
        percents = (clock.version.warn_percent, clock.version.crit_percent, 100)
        moments = (clock.warn_at, clock.crit_at, clock.due_at)
        pairs = [(percent, at) for percent, at in zip(percents, moments, strict=True) if at is not None]
        clock.reached_percent = percents[clock.reached_step - 1] if clock.reached_step else 0
        ahead = [at for percent, at in pairs if percent > clock.reached_percent]
        clock.alarms = [[percent, at.isoformat()] for percent, at in pairs]
        clock.next_alarm_at = ahead[0] if ahead and clock.state == "running" else None
        clock.calendar_id = clock.version.calendar_id
        batch.append(clock)
        if len(batch) == _BATCH:
            TicketClock.objects.bulk_update(batch, _FIELDS)
            batch = []
    TicketClock.objects.bulk_update(batch, _FIELDS)


class Migration(migrations.Migration):
    dependencies = [("sla", "0002_scopes_and_metrics")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
