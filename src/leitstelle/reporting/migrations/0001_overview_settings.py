"""What the overview of the teams shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="OverviewSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("show_people", models.BooleanField(default=True)),
                ("soon_hours", models.PositiveSmallIntegerField(default=2)),
                ("quiet_hours", models.PositiveSmallIntegerField(default=4)),
                ("returned_days", models.PositiveSmallIntegerField(default=7)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
    ]
