"""The order of a ticket's level beside it: lists by level follow it, whatever ids levels have."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q


def _fill(apps: Any, _schema_editor: Any) -> None:
    level, ticket = apps.get_model("accounts", "Level"), apps.get_model("tickets", "Ticket")
    for pk, order in level.objects.values_list("pk", "order"):
        ticket.objects.filter(level_id=pk).update(level_rank=order)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_attachment_words")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="level_rank",
            field=models.PositiveSmallIntegerField(db_default=32767, default=32767),
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["level_rank", "due_order", "id"], name="ticket_rank_due", condition=Q(is_ongoing=True)
            ),
        ),
    ]
