"""Telephone systems, what they told, and their calls."""

import django.db.models.deletion
import leitstelle.kernel.ids
import leitstelle.kernel.secrets.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_merging_and_preferred_channel"),
        ("intake", "0004_mail_server"),
        ("tickets", "0007_vendor_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TelephonySource",
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
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("generic", "Generic"),
                            ("sipgate", "Sipgate"),
                            ("placetel", "Placetel"),
                            ("threecx", "Threecx"),
                        ],
                        default="generic",
                        max_length=10,
                    ),
                ),
                ("secret", leitstelle.kernel.secrets.fields.EncryptedField(blank=True, default="")),
                ("secret_at", models.DateTimeField(blank=True, null=True)),
                ("missed_tickets", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="PhoneCall",
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
                ("external_id", models.CharField(max_length=120)),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("number_sent", models.CharField(blank=True, max_length=80)),
                ("own_number", models.CharField(blank=True, max_length=80)),
                ("started_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("cause", models.CharField(blank=True, max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answered", "Answered"),
                            ("missed", "Missed"),
                            ("voicemail", "Voicemail"),
                            ("not_reached", "Not Reached"),
                            ("forwarded", "Forwarded"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="phone_calls",
                        to="tickets.message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="intake.telephonysource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PhoneCallPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="intake.phonecall",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("call", "person"), name="phone_candidate_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneRinging",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rings",
                        to="intake.phonecall",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("call", "person"), name="phone_ringing_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TelephonyLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="intake.telephonysource",
                    ),
                ),
            ],
            options={
                "ordering": ("key",),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="telephony_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person__isnull", False), ("team__isnull", False), _connector="OR"
                        ),
                        name="telephony_line_of_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TelephonyEvent",
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
                ("key", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField()),
                ("method", models.CharField(max_length=8)),
                ("content_type", models.CharField(blank=True, max_length=120)),
                ("query", models.TextField(blank=True)),
                ("body", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("kept", "Kept"),
                            ("applied", "Applied"),
                            ("repeated", "Repeated"),
                            ("ignored", "Ignored"),
                            ("malformed", "Malformed"),
                            ("refused", "Refused"),
                        ],
                        default="kept",
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="intake.phonecall",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="intake.telephonysource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["source", "-received_at", "-id"], name="telephony_event_recent"),
                    models.Index(fields=["state", "received_at"], name="telephony_event_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="telephony_event_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(fields=["-started_at", "-id"], name="phone_call_recent"),
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(fields=["number", "-started_at"], name="phone_call_number"),
        ),
        migrations.AddIndex(
            model_name="phonecall",
            index=models.Index(fields=["person", "-started_at"], name="phone_call_person"),
        ),
        migrations.AddConstraint(
            model_name="phonecall",
            constraint=models.UniqueConstraint(fields=("source", "external_id"), name="phone_call_once"),
        ),
    ]
