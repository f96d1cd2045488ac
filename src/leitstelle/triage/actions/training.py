"""Training a model on the desk's solved tickets, step by step visible to those who wait for it."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work.schedules import bring_forward
from leitstelle.triage.actions.models import keep, made_with, statistics
from leitstelle.triage.choices import FIELDS, SCHEDULE, SILENT_FOR, ModelState, Problem
from leitstelle.triage.errors import TrainingRuns
from leitstelle.triage.events import ModelTrained, TrainingAsked
from leitstelle.triage.models import FieldResult, ModelVersion
from leitstelle.triage.policies import can_tune
from leitstelle.triage.queries.examples import solved_examples

logger = logging.getLogger("leitstelle.triage")

KIND = "triage_model"
# Older versions keep their figures; what they learned is given up.
KEPT = 3
Report = Callable[[float], None]


@unit()
def ask_for_training(*, by: Viewer, now: datetime) -> None:
    """Let the worker train at once. Administrators. Records `TrainingAsked`; raises `NotAllowed`, `TrainingRuns`."""
    if not can_tune(by):
        raise NotAllowed()
    if running(now):
        raise TrainingRuns()
    record(TrainingAsked(), subject=Subject(KIND, 0), actor=by.actor, at=now)
    bring_forward(SCHEDULE, now)


def running(now: datetime) -> bool:
    """Return whether a training is under way."""
    alive = ModelVersion.objects.filter(state=ModelState.TRAINING, beat_at__gt=now - SILENT_FOR)
    return alive.exists()


def train_model(*, now: datetime, report: Report = lambda _share: None) -> ModelVersion:
    """Train on the solved tickets and use the result from now on; for tasks and commands.

    `report` hears the share done (0 to 1). Too little to learn from ends as a refused version that says so, and the
    one before stays in use. Records `ModelTrained`. Raises `TrainingRuns`.
    """
    version = _begin(now)
    try:
        learned = _learn(version, report)
    except Exception:
        _finish(version, None, problem=Problem.BROKEN)
        raise
    return _finish(version, learned, problem=_whole_problem(learned))


@unit()
def _begin(now: datetime) -> ModelVersion:
    if running(now):
        raise TrainingRuns()
    dead = ModelVersion.objects.filter(state=ModelState.TRAINING)
    dead.update(state=ModelState.FAILED, problem=Problem.INTERRUPTED, ended_at=now)
    number = (ModelVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    return ModelVersion.objects.create(number=number, started_at=now, beat_at=now)


def _learn(version: ModelVersion, report: Report) -> Any:
    examples = solved_examples()
    ModelVersion.objects.filter(pk=version.pk).update(examples=len(examples))
    version.examples = len(examples)
    tell = _Teller(version, report)
    return statistics().train_desk(
        [example.text for example in examples],
        [example.hints for example in examples],
        {field.value: [example.labels.get(field) for example in examples] for field in FIELDS},
        {field.value: [example.weights.get(field, 1.0) for example in examples] for field in FIELDS},
        report=tell,
    )


class _Teller:
    """Keeps progress in the row, at most once a second."""

    def __init__(self, version: ModelVersion, report: Report) -> None:
        self.version, self.report, self.last = version, report, 0.0

    def __call__(self, share: float) -> None:
        self.report(share)
        if time.monotonic() - self.last < 1:
            return
        self.last = time.monotonic()
        row = ModelVersion.objects.filter(pk=self.version.pk)
        row.update(progress=min(99, round(share * 100)), beat_at=timezone.now())


def _whole_problem(learned: Any) -> str:
    """Where no field was learned: why not, as most of them say."""
    if learned.fields:
        return ""
    problems = list(learned.problems.values())
    return str(max(problems, key=problems.count)) if problems else Problem.FEW


@unit()
def _finish(version: ModelVersion, learned: Any, *, problem: str) -> ModelVersion:
    now = timezone.now()
    version.ended_at = version.beat_at = now
    version.progress, version.problem = 100, problem
    version.state = ModelState.READY if not problem else ModelState.REFUSED
    if learned is None:
        version.state = ModelState.FAILED
    else:
        FieldResult.objects.bulk_create(_result(version, field, learned) for field in FIELDS)
    if version.state == ModelState.READY:
        version.blob, version.signature = keep(learned)
        version.made_with = made_with()
        ModelVersion.objects.filter(is_current=True).update(is_current=False)
        version.is_current = True
    version.save()
    outdated = (
        ModelVersion.objects.filter(blob__isnull=False).order_by("-number").values_list("pk", flat=True)
    )
    ModelVersion.objects.filter(pk__in=list(outdated[KEPT:])).update(blob=None)
    data = ModelTrained(
        number=version.number,
        examples=version.examples,
        fields=tuple(learned.fields) if learned else (),
        problem=problem,
    )
    record(data, subject=Subject(KIND, version.pk), actor=Viewer.system().actor, at=now)
    return version


def _result(version: ModelVersion, field: str, learned: Any) -> FieldResult:
    result = FieldResult(
        version=version,
        field=field,
        problem=learned.problems.get(field, ""),
        examples=learned.examples.get(field, 0),
        commonest=learned.commonest.get(field, 0.0),
    )
    classifier = learned.fields.get(field)
    if classifier is not None:
        quality, trial = classifier.quality, classifier.trial
        result.classes = len(classifier.labels)
        result.accuracy, result.macro_f1 = quality.accuracy, quality.macro_f1
        result.top3, result.coverage_at_90 = quality.top3, quality.coverage_at_90
        result.calibration_error = quality.calibration_error
        result.thresholds = {
            label: {str(percent): share for percent, share in limits.items()}
            for label, limits in trial.thresholds.items()
        }
        result.bands = [[band.low, band.count, band.right, round(band.said, 4)] for band in trial.bands]
        result.confusions = [list(one) for one in trial.confusions]
        result.support = {
            label: [count, trial.right.get(label, 0)] for label, count in trial.proposed.items()
        }
    return result
