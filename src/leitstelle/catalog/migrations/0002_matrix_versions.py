"""Versions of the priority matrix; its cells get to know theirs."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_merging_and_preferred_channel"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriorityMatrixVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                ("is_planned", models.BooleanField(default=False)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
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
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(organisation__isnull=True, category__isnull=True),
                        fields=("number",),
                        name="matrix_number_of_house",
                    ),
                    models.UniqueConstraint(
                        condition=Q(organisation__isnull=True, category__isnull=False),
                        fields=("category", "number"),
                        name="matrix_number_of_branch",
                    ),
                    models.UniqueConstraint(
                        condition=Q(organisation__isnull=False, category__isnull=True),
                        fields=("organisation", "number"),
                        name="matrix_number_of_customer",
                    ),
                    models.UniqueConstraint(
                        condition=Q(organisation__isnull=False, category__isnull=False),
                        fields=("organisation", "category", "number"),
                        name="matrix_number_of_both",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="prioritycell",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cells",
                to="catalog.prioritymatrixversion",
            ),
        ),
    ]
