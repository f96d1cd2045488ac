"""The flag beside the priority, why a priority is what it is, and an index for what lies quiet."""

from django.db import migrations, models
from django.db.models import Q, Value


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_ticket_devices")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="priority_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="ticket",
            name="priority_basis",
            field=models.JSONField(db_default=Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="ticket",
            name="is_major",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["updated_at", "id"], name="ticket_ongoing_quiet", condition=Q(is_ongoing=True)
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["due_order", "id"],
                name="ticket_major",
                condition=Q(is_ongoing=True, is_major=True),
            ),
        ),
    ]
