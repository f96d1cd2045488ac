"""What the overview of the teams shows."""

from django.db import models

from leitstelle.reporting.choices import QUIET_HOURS, RETURNED_DAYS, SOON_HOURS


class OverviewSettings(models.Model):
    """One row. Hours are service hours of the house. There are no rates of persons, whatever is set here."""

    # Off: load is shown by level and team only, as works councils may ask for.
    show_people = models.BooleanField(default=True)
    soon_hours = models.PositiveSmallIntegerField(default=SOON_HOURS)
    quiet_hours = models.PositiveSmallIntegerField(default=QUIET_HOURS)
    returned_days = models.PositiveSmallIntegerField(default=RETURNED_DAYS)
    version = models.PositiveIntegerField(default=1)
