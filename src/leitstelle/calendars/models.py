"""Service hours as rows: calendars, their immutable versions, and the days of a version that differ.

What the rows mean is `leitstelle.calendars.rules`; turning rows into values is `leitstelle.calendars.queries`.
"""

from django.db import models

from leitstelle.accounts.models import Organisation
from leitstelle.kernel.ids import PublicIdField


class ServiceCalendar(models.Model):
    """Named service hours; organisation NULL belongs to the house and serves everybody.

    `key` is stable and unique per owner; at most one calendar per owner is the default.
    """

    public_id = PublicIdField()
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="calendars"
    )
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    # Retired service hours stay with what was promised by them, and cannot be chosen any more.
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "key"), name="calendar_key_per_organisation"),
            models.UniqueConstraint(
                fields=("key",), condition=models.Q(organisation=None), name="calendar_key_of_house"
            ),
            models.UniqueConstraint(
                fields=("organisation",),
                condition=models.Q(is_default=True),
                name="calendar_default_per_organisation",
            ),
            models.UniqueConstraint(
                fields=("is_default",),
                condition=models.Q(is_default=True, organisation=None),
                name="calendar_default_of_house",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """An immutable state of a calendar, in force from `valid_from` until the next version.

    The first version holds for all time before as well; of two with the same `valid_from` the later number
    counts. `hours` and `half_day_hours` are in the form of `rules.form`; an empty `country` has no holidays.
    """

    public_id = PublicIdField()
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    tz = models.CharField(max_length=64)
    hours = models.JSONField(default=dict, blank=True)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=3, blank=True)
    municipality = models.CharField(max_length=40, blank=True)
    categories = models.JSONField(default=list, blank=True)
    half_day_hours = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("calendar_id", "valid_from", "number")
        constraints = (
            models.UniqueConstraint(fields=("calendar", "number"), name="calendar_version_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.calendar_id}/{self.number}"


class CalendarDay(models.Model):
    """A day of a version that differs from its weekday; every year where `year` is 0, closed without `hours`."""

    version = models.ForeignKey(CalendarVersion, on_delete=models.CASCADE, related_name="days")
    year = models.PositiveSmallIntegerField(default=0)
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    hours = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("year", "month", "day")
        constraints = (
            models.UniqueConstraint(fields=("version", "year", "month", "day"), name="calendar_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
