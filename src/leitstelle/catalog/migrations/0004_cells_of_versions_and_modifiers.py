"""Cells belong to a version alone; and what raises priorities beyond the matrix."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_merging_and_preferred_channel"),
        ("catalog", "0003_give_matrices_versions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="prioritycell", name="matrix_cell_per_organisation"),
        migrations.RemoveConstraint(model_name="prioritycell", name="matrix_cell_of_the_house"),
        migrations.RemoveField(model_name="prioritycell", name="organisation"),
        migrations.AlterField(
            model_name="prioritycell",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cells",
                to="catalog.prioritymatrixversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritycell",
            constraint=models.UniqueConstraint(
                fields=("version", "impact", "urgency"), name="matrix_cell_per_version"
            ),
        ),
        migrations.CreateModel(
            name="PriorityModifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name_de", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=80)),
                ("order", models.PositiveSmallIntegerField()),
                ("for_vip", models.BooleanField(default=False)),
                ("steps", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "cap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.priority"
                    ),
                ),
                ("categories", models.ManyToManyField(blank=True, related_name="+", to="catalog.category")),
                (
                    "floor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.priority",
                    ),
                ),
                ("impacts", models.ManyToManyField(blank=True, related_name="+", to="catalog.impact")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                ("urgencies", models.ManyToManyField(blank=True, related_name="+", to="catalog.urgency")),
            ],
            options={
                "ordering": ("order", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(steps__gt=0, floor__isnull=True) | Q(steps=0, floor__isnull=False),
                        name="modifier_steps_or_floor",
                    )
                ],
            },
        ),
    ]
