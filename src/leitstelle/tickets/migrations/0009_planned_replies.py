"""Answers that wait to be sent, and drafts of forwarding."""

import django.db.models.deletion
import leitstelle.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blobs", "0001_initial"),
        ("tickets", "0008_levels_and_handovers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="mode",
            field=models.CharField(
                choices=[
                    ("reply", "Reply"),
                    ("note", "Note"),
                    ("handover", "Handover"),
                    ("new", "New"),
                    ("call", "Call"),
                    ("forward", "Forward"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="PlannedReply",
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
                ("text", models.TextField(blank=True)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("is_forward", models.BooleanField(default=False)),
                ("recipients", models.JSONField(default=list)),
                ("after", models.CharField(blank=True, max_length=40)),
                ("due_at", models.DateTimeField()),
                ("is_scheduled", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("held", "Held"),
                            ("sent", "Sent"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "forwarded",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.message",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlannedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("filename", models.CharField(max_length=255)),
                ("content_type", models.CharField(max_length=120)),
                ("size", models.BigIntegerField()),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
                    ),
                ),
                (
                    "planned",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="tickets.plannedreply",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="plannedreply",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="planned_reply_due"
            ),
        ),
    ]
