"""What people corrected about mail, and spam kept apart."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_mail_sources"),
        ("tickets", "0010_text_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="sort_spam",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="inboundmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("processed", "Processed"),
                    ("quarantined", "Quarantined"),
                    ("discarded", "Discarded"),
                    ("spam", "Spam"),
                ],
                default="accepted",
                max_length=11,
            ),
        ),
        migrations.CreateModel(
            name="MailCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("moved", "Moved"),
                            ("own_ticket", "Own Ticket"),
                            ("not_person", "Not Person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sender", models.CharField(blank=True, db_index=True, max_length=254)),
                ("ids", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "after",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="intake.inboundmail",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
    ]
