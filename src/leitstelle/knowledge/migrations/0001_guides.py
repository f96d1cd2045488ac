"""Guides with their versions."""

import django.db.models.deletion
import leitstelle.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Guide",
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
                ("key", models.CharField(max_length=40, unique=True)),
                ("title_de", models.CharField(max_length=300)),
                ("title_en", models.CharField(max_length=300)),
                ("draft", models.TextField()),
                ("published", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("helped", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("key",),
            },
        ),
        migrations.CreateModel(
            name="GuideVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("source", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "guide",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="knowledge.guide",
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("guide", "number"), name="guide_version_once")
                ],
            },
        ),
    ]
