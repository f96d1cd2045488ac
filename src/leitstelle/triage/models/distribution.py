"""How teams give their tickets to people, what people can do, and who watches what nobody has taken."""

from django.db import models
from django.db.models import Q

from leitstelle.accounts.models import Person, Site, Team
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models import Ticket
from leitstelle.triage.choices import Away, Mode


class TeamMode(models.Model):
    """How a team's tickets find a person. `limit` open tickets per person, 0 for none; `turn` counts what was given.

    After `watch_minutes` of service time without anybody the team's leads are told; 0 tells nobody.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.NONE)
    limit = models.PositiveSmallIntegerField(default=0)
    away = models.CharField(max_length=8, choices=Away.choices, default=Away.STAY)
    watch_minutes = models.PositiveIntegerField(default=60)
    turn = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)


class Skill(models.Model):
    """Something people are good at, needed for tickets of its categories and of what lies below them."""

    public_id = PublicIdField()
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    categories = models.ManyToManyField(Category, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name_de", "id")

    def __str__(self) -> str:
        return self.name_en


class AgentProfile(models.Model):
    """What distribution knows of a person. Without a row: takes tickets at any time, no limit of their own.

    `limit` NULL: as the team says. `last_given_at` orders turns.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    takes = models.BooleanField(default=True)
    limit = models.PositiveSmallIntegerField(null=True, blank=True)
    calendar = models.ForeignKey(
        ServiceCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    languages = models.JSONField(default=list, blank=True)
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    last_given_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)


class AgentSkill(models.Model):
    """A skill of a person; `level` from 1 (basics) to 3 (expert)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="people")
    level = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "skill"), name="agent_skill_once")]


class Unassigned(models.Model):
    """A ticket that nobody had when it was looked at last. `check_at`: when it is looked at next, NULL once told."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField()
    check_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("check_at",), name="unassigned_check", condition=Q(check_at__isnull=False)),
            models.Index(fields=("told_at",), name="unassigned_told", condition=Q(told_at__isnull=False)),
        ]


class Absence(models.Model):
    """Days on which a person does not work, first and last included, and who stands in for them."""

    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    # The same as moments: midnights in the person's zone, `ends_at` exclusive.
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    deputy = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    # When leads and deputy were told that it began.
    told_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("first_day", "id")
        indexes = [models.Index(fields=("ends_at",), name="absence_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="absence_has_days")
        ]
