"""What levels see and may not do, and whether requesters are told of handovers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_merging_and_preferred_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="house",
            name="handover_text_de",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="house",
            name="handover_text_en",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="house",
            name="tells_handover",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="level",
            name="sees",
            field=models.CharField(
                choices=[("all", "All"), ("level", "Level"), ("team", "Team")], default="all", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="level",
            name="withheld",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
