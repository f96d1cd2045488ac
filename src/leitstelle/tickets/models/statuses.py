"""Statuses and transitions as data; the code knows only their types and verbs."""

from django.db import models

from leitstelle.tickets.choices import ClockEffect, StatusType, Verb


class Status(models.Model):
    """A status people see; `type` is what the code knows of it."""

    key = models.SlugField(max_length=40, primary_key=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    type = models.CharField(max_length=10, choices=StatusType.choices)
    response_clock = models.CharField(max_length=10, choices=ClockEffect.choices, default=ClockEffect.RUN)
    resolution_clock = models.CharField(max_length=10, choices=ClockEffect.choices, default=ClockEffect.RUN)
    needs_reason = models.BooleanField(default=False)
    needs_until = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.key


class Transition(models.Model):
    """An allowed step between two statuses: which verb takes it and which roles may."""

    from_status = models.ForeignKey(Status, on_delete=models.CASCADE, related_name="leaving")
    to_status = models.ForeignKey(Status, on_delete=models.CASCADE, related_name="arriving")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    by_requester = models.BooleanField(default=False)
    by_agent = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("from_status", "to_status", "verb"), name="transition_once")
        ]
