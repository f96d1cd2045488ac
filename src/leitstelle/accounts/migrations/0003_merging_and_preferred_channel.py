"""Aliases of merged people and organisations, what a merge moved, and how people like to be reached."""

import django.db.models.deletion
import leitstelle.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_organisation_portal_name_house_invitation"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="preferred_channel",
            field=models.CharField(
                blank=True, choices=[("mail", "Mail"), ("phone", "Phone")], default="", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="accounts.organisation",
            ),
        ),
        migrations.CreateModel(
            name="MergeRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    leitstelle.kernel.ids.PublicIdField(
                        default=leitstelle.kernel.ids.uuid7, editable=False, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("organisation", "Organisation")], max_length=12
                    ),
                ),
                ("survivor_id", models.BigIntegerField()),
                ("merged_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("undo_until", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("moves", models.JSONField(default=list)),
                ("changes", models.JSONField(default=list)),
                ("left", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "indexes": [
                    models.Index(fields=["kind", "survivor_id"], name="merge_survivor"),
                    models.Index(fields=["kind", "merged_id"], name="merge_merged"),
                ],
            },
        ),
    ]
