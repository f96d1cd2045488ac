"""What is ticked and attached in a handover, and which categories a level may solve."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_rights_of_levels"),
        ("catalog", "0004_cells_of_versions_and_modifiers"),
        ("tickets", "0007_vendor_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="note",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tickets.message",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="steps",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name="LevelCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.category"
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="solves",
                        to="accounts.level",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("level", "category"), name="level_category_once")
                ],
            },
        ),
    ]
