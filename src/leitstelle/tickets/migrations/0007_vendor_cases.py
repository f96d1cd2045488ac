"""Cases at vendors beside a ticket, and the list columns that show them and a ticket passed to and fro."""

import django.db.models.deletion
import leitstelle.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0002_retired"),
        ("contracts", "0001_vendors_and_contracts"),
        ("tickets", "0006_major_and_priority_basis"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="is_ping_pong",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ticket",
            name="vendor_state",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.CreateModel(
            name="VendorCase",
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
                ("subject", models.CharField(max_length=300)),
                ("mail_to", models.CharField(blank=True, max_length=254)),
                ("external_number", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("ours", "Ours"),
                            ("solved", "Solved"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("is_ongoing", models.BooleanField(default=True)),
                ("opened_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("response_seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("resolution_seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("pauses", models.JSONField(default=list)),
                ("delivery_failed", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calendars.servicecalendar",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contracts.underpinningcontract",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vendor_cases",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.vendor"
                    ),
                ),
            ],
            options={
                "ordering": ("opened_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="VendorMessage",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="vendor_message",
                        serialize=False,
                        to="tickets.message",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="tickets.vendorcase",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="vendorcase",
            index=models.Index(fields=["vendor", "-opened_at"], name="vendor_case_newest"),
        ),
        migrations.AddIndex(
            model_name="vendorcase",
            index=models.Index(
                condition=models.Q(("external_number", ""), _negated=True),
                fields=["vendor", "external_number"],
                name="vendor_case_number",
            ),
        ),
    ]
