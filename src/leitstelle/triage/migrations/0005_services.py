"""Rules set the service, proposals name it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_services"),
        ("triage", "0004_team_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.service",
            ),
        ),
        migrations.AlterField(
            model_name="fieldresult",
            name="field",
            field=models.CharField(
                choices=[
                    ("category", "Category"),
                    ("service", "Service"),
                    ("kind", "Kind"),
                    ("impact", "Impact"),
                    ("urgency", "Urgency"),
                    ("team", "Team"),
                    ("thanks", "Thanks"),
                    ("close", "Close"),
                    ("outage", "Outage"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="fieldsetting",
            name="field",
            field=models.CharField(
                choices=[
                    ("category", "Category"),
                    ("service", "Service"),
                    ("kind", "Kind"),
                    ("impact", "Impact"),
                    ("urgency", "Urgency"),
                    ("team", "Team"),
                    ("thanks", "Thanks"),
                    ("close", "Close"),
                    ("outage", "Outage"),
                ],
                max_length=10,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="matter",
            field=models.CharField(
                choices=[
                    ("category", "Category"),
                    ("service", "Service"),
                    ("kind", "Kind"),
                    ("impact", "Impact"),
                    ("urgency", "Urgency"),
                    ("team", "Team"),
                    ("thanks", "Thanks"),
                    ("close", "Close"),
                    ("outage", "Outage"),
                ],
                max_length=10,
            ),
        ),
    ]
