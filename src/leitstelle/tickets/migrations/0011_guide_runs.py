"""Runs of guides on tickets."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0001_guides"),
        ("tickets", "0010_text_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuideRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answers", models.JSONField(blank=True, default=dict)),
                ("done", models.JSONField(blank=True, default=list)),
                ("is_complete", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "guide",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="knowledge.guide"
                    ),
                ),
                (
                    "guide_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="knowledge.guideversion",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guide_runs",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ("started_at", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "guide"), name="guide_run_once_per_ticket")
                ],
            },
        ),
    ]
