"""Checking the journal: every chain, every payload, every head, every erasure, the checkpoints.

Reads page by page while others write; what looks broken is looked at again by itself before it
is reported, so that an event recorded meanwhile is no false alarm.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from leitstelle.kernel.events import chain, checkpoints
from leitstelle.kernel.events.data import Subject
from leitstelle.kernel.events.journal import PayloadErased
from leitstelle.kernel.events.models import Event, EventHead, EventQuerySet
from leitstelle.kernel.events.sealing import hash_of

Progress = Callable[[int], None]

SUBJECTS_A_PAGE = 500
LOOKS = 5


@dataclass(frozen=True)
class Problem:
    """One broken place; `seq` is 0 where a whole chain or the checkpoints are meant."""

    reason: str
    subject: Subject | None = None
    seq: int = 0
    event_id: int | None = None

    def __str__(self) -> str:
        where = f"{self.subject.kind}:{self.subject.id} event {self.seq}: " if self.subject else ""
        return where + self.reason


@dataclass
class VerifyReport:
    """What was read and what is wrong; `problems` holds the first break of each chain."""

    events: int = 0
    subjects: int = 0
    erased: int = 0
    checkpoints: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def first(self) -> Problem | None:
        return self.problems[0] if self.problems else None


def verify(progress: Progress | None = None, *, most: int = 100) -> VerifyReport:
    """Check the whole journal; stops after `most` problems. `progress(events so far)` per page."""
    report = VerifyReport()
    for subject, head, events in _chains():
        chain_report = _check(subject, head, events)
        if chain_report.problems:
            chain_report = _look_again(subject)
        _add(report, chain_report)
        if progress is not None and report.subjects % SUBJECTS_A_PAGE == 0:
            progress(report.events)
        if len(report.problems) >= most:
            return report
    report.checkpoints = checkpoints.count()
    report.problems += [Problem(reason) for reason in checkpoints.problems()]
    if progress is not None:
        progress(report.events)
    return report


def verify_subject(subject: Subject) -> VerifyReport:
    """Check one chain."""
    return _look_again(subject)


def _add(report: VerifyReport, part: VerifyReport) -> None:
    report.events += part.events
    report.subjects += part.subjects
    report.erased += part.erased
    report.problems += part.problems


def _chains() -> Iterator[tuple[Subject, EventHead | None, Iterable[Event]]]:
    kinds = {*checkpoints.subject_kinds(), *Event.objects.values_list("subject_kind", flat=True).distinct()}
    for kind in sorted(kinds):
        yield from _chains_of(kind)


def _chains_of(kind: str) -> Iterator[tuple[Subject, EventHead | None, Iterable[Event]]]:
    heads_of_kind = EventHead.objects.filter(subject_kind=kind).order_by("subject_id")
    events_of_kind = Event.objects.filter(subject_kind=kind).order_by("subject_id", "seq")
    heads = list(heads_of_kind[:SUBJECTS_A_PAGE])
    low: int | None = None
    while True:
        full = len(heads) == SUBJECTS_A_PAGE
        events = events_of_kind if low is None else events_of_kind.filter(subject_id__gt=low)
        if full:
            events = events.filter(subject_id__lte=heads[-1].subject_id)
        yield from _paired(kind, heads, events)
        if not full:
            return
        low = heads[-1].subject_id
        heads = list(heads_of_kind.filter(subject_id__gt=low)[:SUBJECTS_A_PAGE])


def _paired(
    kind: str, heads: list[EventHead], events: EventQuerySet
) -> Iterator[tuple[Subject, EventHead | None, Iterable[Event]]]:
    """Pair the heads of a page with their events; a chain without head or without events counts too."""
    waiting = {head.subject_id: head for head in heads}
    for subject_id, chain_events in groupby(events.iterator(2000), key=lambda event: event.subject_id):
        yield Subject(kind, subject_id), waiting.pop(subject_id, None), chain_events
    for subject_id, head in waiting.items():
        yield Subject(kind, subject_id), head, ()


def _look_again(subject: Subject) -> VerifyReport:
    """Check one chain between two equal looks at its head."""
    heads = EventHead.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    report = VerifyReport()
    for _ in range(LOOKS):
        before = heads.first()
        report = _check(subject, before, Event.objects.of(subject).iterator(2000))
        after = heads.first()
        if (before and (before.seq, before.hash)) == (after and (after.seq, after.hash)):
            break
    return report


def _check(subject: Subject, head: EventHead | None, events: Iterable[Event]) -> VerifyReport:
    """Walk one chain; the report holds at most one problem, the first."""
    report = VerifyReport(subjects=1)
    walk = _Walk(head)
    for event in events:
        report.events += 1
        report.erased += event.is_erased
        reason = walk.step(event) if not report.problems else ""
        if reason:
            report.problems.append(Problem(reason, subject, walk.seq, event.pk))
    if not report.problems and (reason := walk.end()):
        report.problems.append(Problem(reason, subject, walk.seq))
    return report


class _Walk:
    """The state of walking along one chain."""

    def __init__(self, head: EventHead | None) -> None:
        self.seq, self.hash = 0, chain.GENESIS
        self.head = head
        self.erased: set[int] = set()
        self.recorded_erasures: set[int] = set()

    def step(self, event: Event) -> str:
        """Return what is wrong with the next event, or nothing."""
        self.seq += 1
        if event.seq is None:
            return "was never sealed"
        if event.seq != self.seq:
            return f"is missing (the next one there is number {event.seq})"
        if event.prev_hash != self.hash:
            return "does not follow the event before it"
        if event.hash != hash_of(event):
            return "was changed (hash)"
        if reason := self._payload(event):
            return reason
        self.hash = event.hash
        if self.head and self.seq == self.head.checked_seq and self.hash != self.head.checked_hash:
            return "differs from what the latest checkpoint signed"
        return ""

    def _payload(self, event: Event) -> str:
        if event.is_erased:
            self.erased.add(self.seq)
            return "claims to be erased but still has a payload" if event.data or event.salt else ""
        if event.payload_digest != chain.payload_digest(event.salt, event.data):
            return "was changed (payload)"
        if event.code == PayloadErased.code:
            self.recorded_erasures.update(event.load(PayloadErased).seqs)
        return ""

    def end(self) -> str:
        """Return what is wrong with the chain as a whole, or nothing."""
        if unrecorded := self.erased - self.recorded_erasures:
            self.seq = min(unrecorded)
            return "was emptied without a recorded erasure"
        if undone := self.recorded_erasures - self.erased:
            self.seq = min(undone)
            return "was erased, but has a payload again"
        if self.head is None:
            return "chain has no head"
        if (self.head.seq, self.head.hash) != (self.seq, self.hash):
            return f"head stands at {self.head.seq}, the chain ends here: the tail was cut or changed"
        if self.head.checked_seq > self.seq:
            return f"chain ends here, the latest checkpoint signed {self.head.checked_seq} events"
        return ""
