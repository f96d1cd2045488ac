"""Handovers, drafts, the tabs of open tickets, and what levels may solve."""

from django.db import models

from leitstelle.accounts.models import Level, Person, Team
from leitstelle.catalog.models import Category
from leitstelle.tickets.choices import DraftMode, HandoverState
from leitstelle.tickets.models.tickets import Ticket


class Handover(models.Model):
    """Passing a ticket on: why, what was tried, what was found; the receiver accepts or returns it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="handovers")
    from_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_level = models.ForeignKey(Level, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    tried = models.TextField()
    findings = models.TextField(blank=True)
    # What was ticked of the list of usual steps (`TriedStep`), and the note that carries files.
    steps = models.JSONField(default=list, blank=True)
    note = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=HandoverState.choices, default=HandoverState.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    return_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("offered_at", "id")
        indexes = [models.Index(fields=("ticket", "offered_at"), name="handover_ticket")]


class Draft(models.Model):
    """Text somebody has typed but not sent; kept on the server so that nothing is lost."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=10, choices=DraftMode.choices)
    # "ticket id:mode"; NULLs never collide in a unique index, so the place is spelt out.
    place = models.CharField(max_length=40)
    text = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "place"), name="draft_once_per_place")]


class OpenTicket(models.Model):
    """A tab: a ticket that a person has open, wherever they sign in. Not visible any more means not shown."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="open_tickets")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="open_by")
    position = models.PositiveIntegerField(default=0)
    is_pinned = models.BooleanField(default=False)
    # Until when the person has seen the ticket; a later change marks the tab.
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "ticket"), name="open_ticket_once")]


class LevelCategory(models.Model):
    """A branch of categories that a level may solve; a level without any row solves everything."""

    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="solves")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("level", "category"), name="level_category_once")]
