"""Calls: how long a conversation took, and drafts of calls."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0002_open_tickets"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="talk_seconds",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
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
                ],
                max_length=10,
            ),
        ),
    ]
