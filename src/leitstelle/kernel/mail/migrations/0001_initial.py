import django.db.models.deletion
import leitstelle.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("blobs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxMail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    leitstelle.kernel.ids.PublicIdField(
                        default=leitstelle.kernel.ids.uuid7, editable=False, unique=True
                    ),
                ),
                ("transport", models.CharField(default="default", max_length=120)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("hold_reason", models.CharField(blank=True, max_length=20)),
                ("message_id", models.CharField(max_length=300, unique=True)),
                ("sender", models.CharField(max_length=320)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("automatic", models.BooleanField(default=False)),
                ("subject_kind", models.CharField(blank=True, max_length=40)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(null=True)),
                ("next_try", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                ("data_started", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "raw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutboxRecipient",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=320)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("smtp_code", models.PositiveSmallIntegerField(null=True)),
                ("response", models.TextField(blank=True)),
                ("at", models.DateTimeField(null=True)),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="outbox.outboxmail",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(fields=["state", "created_at"], name="outbox_state"),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(fields=["subject_kind", "subject_id"], name="outbox_subject"),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("automatic", True)), fields=["created_at"], name="outbox_automatic"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(
                condition=models.Q(("next_try__isnull", False)), fields=["next_try"], name="outbox_next_try"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxrecipient",
            index=models.Index(fields=["address", "state"], name="outbox_recipient_address"),
        ),
        migrations.AddConstraint(
            model_name="outboxrecipient",
            constraint=models.UniqueConstraint(fields=("mail", "address"), name="outbox_recipient_once"),
        ),
    ]
