"""Rows of the journal: events, the head of each subject's chain, signed checkpoints.

Rows are written by `journal` alone and changed by nobody; `erase_payload` is the exception.
"""

from typing import Any, TypeVar, overload

from django.db import models

from leitstelle.kernel.db import CurrentXid
from leitstelle.kernel.events.data import Actor, EventData, Subject, event_class

Payload = TypeVar("Payload", bound=EventData)


class PayloadGone(LookupError):
    """The payload of this event was erased on request; its place in the chain remains."""


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of one table."""

    def of(self, subject: Subject) -> "EventQuerySet":
        return self.filter(subject_kind=subject.kind, subject_id=subject.id).order_by("seq")


class Event(models.Model):
    """One fact: timeline entry, audit trail, webhook source and outbox row in one."""

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField(null=True)
    code = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    data = models.JSONField(default=dict)
    state = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    context_ticket = models.BigIntegerField(null=True)
    restricted = models.BooleanField(default=False)
    cause = models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    salt = models.CharField(max_length=32, blank=True)
    payload_digest = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True)
    txid = models.BigIntegerField(db_default=CurrentXid(), editable=False)

    # The recorder's own object of the subject while inline subscribers run; never stored.
    about: Any = None

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "seq"], name="event_subject_seq"),
        )
        indexes = (
            models.Index(fields=["txid", "id"], name="event_cursor"),
            models.Index(
                fields=["context_ticket", "id"],
                condition=models.Q(context_ticket__isnull=False),
                name="event_context_ticket",
            ),
            models.Index(fields=["code", "at"], name="event_code_at"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.subject_kind}:{self.subject_id}/{self.seq}"

    @property
    def subject(self) -> Subject:
        return Subject(self.subject_kind, self.subject_id)

    @property
    def actor(self) -> Actor:
        return Actor(self.actor_kind, self.actor_id)

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @overload
    def load(self) -> EventData: ...
    @overload
    def load(self, expected: type[Payload]) -> Payload: ...
    def load(self, expected: type[EventData] = EventData) -> EventData:
        """Return the typed payload.

        Raises `PayloadGone`, `LookupError` for a code nobody knows, and `TypeError` where the
        event is not of the `expected` class.
        """
        if self.is_erased:
            raise PayloadGone(str(self))
        cls = event_class(self.code)
        if cls is None:
            raise LookupError(f"unknown event code {self.code}")
        if not issubclass(cls, expected):
            raise TypeError(f"{self.code} is not a {expected.__name__}")
        return cls.from_stored(self.version, self.data)


class EventHead(models.Model):
    """The end of one subject's chain; moved by one conditional UPDATE per transaction.

    `checked_seq` and `checked_hash` are where it stood at the latest checkpoint.
    """

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    checked_seq = models.PositiveBigIntegerField(default=0)
    checked_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="event_head_subject"),
        )

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id}/{self.seq}"


class Checkpoint(models.Model):
    """A signed digest over all heads at one moment; shows a tail that was cut off later."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    heads = models.PositiveBigIntegerField()
    events = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    signature = models.TextField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} ({self.heads})"
