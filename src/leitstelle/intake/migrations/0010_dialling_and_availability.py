"""Calls by a click, sipgate's signature, and whether agents can be reached."""

import django.db.models.deletion
import leitstelle.kernel.secrets.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0009_chat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="telephonysource",
            name="public_key",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="telephonysource",
            name="dial_kind",
            field=models.CharField(
                blank=True,
                choices=[("sipgate", "Sipgate"), ("generic", "Generic")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="telephonysource",
            name="dial_address",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="telephonysource",
            name="dial_user",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="telephonysource",
            name="dial_secret",
            field=leitstelle.kernel.secrets.fields.EncryptedField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="AgentAvailability",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_away", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
    ]
