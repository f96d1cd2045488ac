import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("object_id", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
                ("audience", models.CharField(default="public", max_length=16)),
                ("ticket_id", models.BigIntegerField(null=True)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("language", models.CharField(blank=True, max_length=8)),
                ("shadow_version", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "row",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="search.searchrow",
                    ),
                ),
                ("title", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(fields=["ticket_id"], name="search_row_ticket"),
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(fields=["organisation_id"], name="search_row_organisation"),
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=models.Index(fields=["shadow_version"], name="search_row_version"),
        ),
        migrations.AddConstraint(
            model_name="searchrow",
            constraint=models.UniqueConstraint(
                fields=("object_id", "kind", "part", "audience"), name="search_row_identity"
            ),
        ),
    ]
