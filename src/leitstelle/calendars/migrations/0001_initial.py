import django.db.models.deletion
from django.db import migrations, models

import leitstelle.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceCalendar",
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
                ("key", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendars",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
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
                ("number", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                ("tz", models.CharField(max_length=64)),
                ("hours", models.JSONField(blank=True, default=dict)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("subdivision", models.CharField(blank=True, max_length=3)),
                ("municipality", models.CharField(blank=True, max_length=40)),
                ("categories", models.JSONField(blank=True, default=list)),
                ("half_day_hours", models.JSONField(blank=True, default=list)),
                ("created_at", models.DateTimeField()),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="calendars.servicecalendar",
                    ),
                ),
            ],
            options={
                "ordering": ("calendar_id", "valid_from", "number"),
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(default=0)),
                ("month", models.PositiveSmallIntegerField()),
                ("day", models.PositiveSmallIntegerField()),
                ("name", models.CharField(blank=True, max_length=120)),
                ("kind", models.CharField(max_length=12)),
                ("hours", models.JSONField(blank=True, default=list)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="calendars.calendarversion",
                    ),
                ),
            ],
            options={
                "ordering": ("year", "month", "day"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "year", "month", "day"), name="calendar_day_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="servicecalendar",
            constraint=models.UniqueConstraint(
                fields=("organisation", "key"), name="calendar_key_per_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecalendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organisation", None)), fields=("key",), name="calendar_key_of_house"
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecalendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("organisation",),
                name="calendar_default_per_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecalendar",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("organisation", None)),
                fields=("is_default",),
                name="calendar_default_of_house",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(
                fields=("calendar", "number"), name="calendar_version_number_once"
            ),
        ),
    ]
