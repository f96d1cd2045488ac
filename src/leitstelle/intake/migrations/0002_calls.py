"""Calls: who it was where nobody is known, and callbacks wished."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("tickets", "0005_ticket_devices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("once", models.UUIDField()),
                ("caller_name", models.CharField(blank=True, max_length=200)),
                ("caller_number", models.CharField(blank=True, max_length=60)),
                ("caller_email", models.CharField(blank=True, max_length=254)),
                ("caller_organisation", models.CharField(blank=True, max_length=200)),
                ("callback_number", models.CharField(blank=True, max_length=60)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="call", to="tickets.message"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entered_by", "once"), name="call_entered_once")
                ],
            },
        ),
    ]
