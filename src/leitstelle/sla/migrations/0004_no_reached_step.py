"""The alarms say themselves which was the last."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_alarms_of_known_clocks")]
    operations = [migrations.RemoveField("ticketclock", "reached_step")]
