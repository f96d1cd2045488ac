"""Services: what people use, and a matrix for one of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_mail_signature"),
        ("catalog", "0004_cells_of_versions_and_modifiers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Service",
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
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("name_de", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="prioritymatrixversion",
            name="matrix_number_of_house",
        ),
        migrations.RemoveConstraint(
            model_name="prioritymatrixversion",
            name="matrix_number_of_customer",
        ),
        migrations.AddField(
            model_name="service",
            name="categories",
            field=models.ManyToManyField(blank=True, related_name="+", to="catalog.category"),
        ),
        migrations.AddField(
            model_name="service",
            name="organisations",
            field=models.ManyToManyField(blank=True, related_name="+", to="accounts.organisation"),
        ),
        migrations.AddField(
            model_name="prioritymatrixversion",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.service",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritymatrixversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("category__isnull", True), ("organisation__isnull", True), ("service__isnull", True)
                ),
                fields=("number",),
                name="matrix_number_of_house",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritymatrixversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("category__isnull", True), ("organisation__isnull", False), ("service__isnull", True)
                ),
                fields=("organisation", "number"),
                name="matrix_number_of_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritymatrixversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", True), ("service__isnull", False)),
                fields=("service", "number"),
                name="matrix_number_of_service",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritymatrixversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation__isnull", False), ("service__isnull", False)),
                fields=("organisation", "service", "number"),
                name="matrix_number_of_their_service",
            ),
        ),
        migrations.AddConstraint(
            model_name="prioritymatrixversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("category__isnull", True), ("service__isnull", True), _connector="OR"),
                name="matrix_of_branch_or_service",
            ),
        ),
    ]
