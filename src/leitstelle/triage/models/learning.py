"""Trained models with their measured quality, settings per field, and proposals for tickets."""

from django.db import models
from django.db.models import Q

from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.ids import PublicIdField
from leitstelle.tickets.models import Message, Ticket
from leitstelle.triage.choices import Matter, ModelState, Problem, ProposalState


class ModelVersion(models.Model):
    """One training on the desk's solved tickets. `blob` holds what was learned while the version may be used.

    `signature` vouches for the content of `blob`, `made_with` for the libraries it needs. `progress` in percent.
    """

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=ModelState.choices, default=ModelState.TRAINING)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    examples = models.PositiveIntegerField(default=0)
    blob = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.CharField(max_length=200, blank=True)
    made_with = models.CharField(max_length=80, blank=True)
    is_current = models.BooleanField(default=False)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=("is_current",), condition=Q(is_current=True), name="triage_one_current_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class FieldResult(models.Model):
    """What one training achieved for one field, measured on tickets it had not learned from (shares from 0 to 1).

    `thresholds`: by value and precision (percent) the probability from which on it may decide. `bands`: probability
    (from, in percent), count, right, mean said. `confusions`: true value, proposed value, count. `support`: by value
    how often it was proposed first, and how often rightly.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="results")
    field = models.CharField(max_length=10, choices=Matter.choices)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)
    examples = models.PositiveIntegerField(default=0)
    classes = models.PositiveIntegerField(default=0)
    accuracy = models.FloatField(default=0)
    macro_f1 = models.FloatField(default=0)
    top3 = models.FloatField(default=0)
    coverage_at_90 = models.FloatField(default=0)
    calibration_error = models.FloatField(default=0)
    commonest = models.FloatField(default=0)
    thresholds = models.JSONField(default=dict)
    bands = models.JSONField(default=list)
    confusions = models.JSONField(default=list)
    support = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("version", "field"), name="triage_result_once_per_field")
        ]


class FieldSetting(models.Model):
    """What the house allows the statistics for one field; without a row the defaults count.

    `precision` (percent): so many decisions are to be right. `suggest_from` (percent): below it nothing is said.
    """

    field = models.CharField(max_length=10, choices=Matter.choices, primary_key=True)
    is_on = models.BooleanField(default=True)
    decides = models.BooleanField(default=True)
    precision = models.PositiveSmallIntegerField(default=90)
    suggest_from = models.PositiveSmallIntegerField(default=25)
    version = models.PositiveIntegerField(default=1)


class Proposal(models.Model):
    """What was proposed about one matter of a ticket, why, and what became of it.

    `options`: codes with their probability in percent, likeliest first. `evidence`: what carried the first one, with
    its weight. `proposed_before` and `right_before`: how often such a proposal was made on trial, and how often right.
    """

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=10, choices=Matter.choices)
    state = models.CharField(max_length=10, choices=ProposalState.choices)
    model = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    options = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    threshold = models.PositiveSmallIntegerField(null=True)
    proposed_before = models.PositiveIntegerField(default=0)
    right_before = models.PositiveIntegerField(default=0)
    # Set without asking, whatever became of it afterwards.
    was_decided = models.BooleanField(default=False)
    chosen = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("ticket", "matter"),
                condition=Q(message__isnull=True),
                name="triage_proposal_once_per_field",
            ),
            models.UniqueConstraint(
                fields=("message", "matter"),
                condition=Q(message__isnull=False),
                name="triage_proposal_once_per_message",
            ),
        ]
        indexes = [models.Index(fields=("matter", "created_at"), name="triage_proposal_matter")]

    @property
    def first(self) -> str:
        """The code proposed first, empty where there was none."""
        return str(self.options[0][0]) if self.options else ""

    @property
    def percent(self) -> int:
        """The probability of the first option."""
        return int(self.options[0][1]) if self.options else 0
