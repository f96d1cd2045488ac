"""How good the proposals are: on trial, and in the life of the desk week by week."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leitstelle.kernel.web.formats import local
from leitstelle.kernel.work.models import ScheduleRow, ScheduleState
from leitstelle.tickets.choices import StatusType
from leitstelle.triage.choices import FIELDS, SCHEDULE, SILENT_FOR, Matter, ModelState
from leitstelle.triage.labels import MATTER, PROBLEM
from leitstelle.triage.models import FieldResult, ModelVersion, Proposal
from leitstelle.triage.queries.models import current_model, reins, results_of
from leitstelle.triage.queries.words import value_name
from leitstelle.triage.rules.deciding import LEAST_FOR_A_FIELD, Rein

WEEKS = 12
# What a solved ticket has in the end, as the codes of proposals have it.
_FINAL = {
    Matter.CATEGORY: "ticket__category_id",
    Matter.SERVICE: "ticket__service_id",
    Matter.KIND: "ticket__kind",
    Matter.IMPACT: "ticket__impact_id",
    Matter.URGENCY: "ticket__urgency_id",
    Matter.TEAM: "ticket__team__public_id",
}
_MOST = 20_000


@dataclass
class Week:
    """Proposals for tickets that came in a week (`monday`, house time) and are solved by now.

    A proposal was right when the solved ticket has the value proposed first. `decided` were set without asking.
    """

    monday: date
    count: int = 0
    right: int = 0
    decided: int = 0
    decided_right: int = 0

    @property
    def accuracy(self) -> int | None:
        """Percent of all first proposals that were right."""
        return round(100 * self.right / self.count) if self.count else None

    @property
    def precision(self) -> int | None:
        """Percent of the decisions that were right."""
        return round(100 * self.decided_right / self.decided) if self.decided else None

    @property
    def coverage(self) -> int | None:
        """Percent of the tickets that were decided without asking."""
        return round(100 * self.decided / self.count) if self.count else None


def live_weeks(now: datetime) -> dict[Matter, list[Week]]:
    """Return the last weeks by field, oldest first; one statement."""
    since = local(now).date() - timedelta(days=local(now).weekday(), weeks=WEEKS - 1)
    begin = now - timedelta(weeks=WEEKS)
    rows = Proposal.objects.filter(
        matter__in=FIELDS,
        created_at__gte=begin,
        ticket__status_type__in=(StatusType.RESOLVED, StatusType.CLOSED),
    ).order_by("-pk")
    found: dict[Matter, dict[date, Week]] = defaultdict(dict)
    lines = rows.values_list("matter", "created_at", "options", "was_decided", *_FINAL.values())
    for matter, at, options, decided, *values in lines[:_MOST]:
        field = Matter(matter)
        day = local(at).date()
        monday = max(since, day - timedelta(days=day.weekday()))
        week = found[field].setdefault(monday, Week(monday))
        truth = str(values[list(_FINAL).index(field)] or "")
        hit = bool(options) and str(options[0][0]) == truth
        week.count += 1
        week.right += hit
        if decided:
            week.decided += 1
            week.decided_right += hit
    return {field: [weeks[day] for day in sorted(weeks)] for field, weeks in found.items()}


@dataclass(frozen=True)
class FieldFigures:
    """Everything the page tells about one field: the trial of the model in use, and the weeks since."""

    field: Matter
    name: str
    result: FieldResult | None
    problem: str
    confusions: list[tuple[str, str, int]]
    bands: list[tuple[str, int, int, int]]
    decidable: int | None
    weeks: list[Week]


def field_figures(now: datetime) -> list[FieldFigures]:
    """Return the figures of every field; values by their names."""
    version = current_model()
    latest = version or ModelVersion.objects.exclude(state=ModelState.TRAINING).first()
    results = results_of(latest) if latest is not None else {}
    weeks, allowed = live_weeks(now), reins()
    return [_figures(field, results.get(field), weeks.get(field, []), allowed[field]) for field in FIELDS]


def _figures(field: Matter, result: FieldResult | None, weeks: list[Week], rein: Rein) -> FieldFigures:
    learned = result is not None and not result.problem
    return FieldFigures(
        field=field,
        name=str(MATTER[field]),
        result=result if learned else None,
        problem=problem_words(result.problem, result.examples) if result is not None else "",
        confusions=[
            (value_name(field, truth), value_name(field, said), count)
            for truth, said, count in (result.confusions[:6] if result is not None else [])
        ],
        bands=[
            (f"{low}–{low + 10} %", count, round(100 * right / count), round(100 * said))
            for low, count, right, said in (result.bands if result is not None else [])
        ],
        decidable=_decidable(result, rein) if result is not None and learned else None,
        weeks=weeks,
    )


def _decidable(result: FieldResult, rein: Rein) -> int:
    """How many values are known well enough to be decided at the precision chosen."""
    limits = result.thresholds.values()
    return sum(value.get(str(rein.precision)) is not None for value in limits)


def problem_words(problem: str, examples: int) -> str:
    """Say why nothing was learned, empty where something was."""
    if not problem:
        return ""
    return str(PROBLEM[problem]) % {"count": examples, "least": LEAST_FOR_A_FIELD}


@dataclass(frozen=True)
class Training:
    """The model in use, the last training and whether one waits or runs (`progress` in percent)."""

    current: ModelVersion | None
    last: ModelVersion | None
    waits: bool
    progress: int | None
    problem: str

    @property
    def busy(self) -> bool:
        """Whether the page should look again."""
        return self.waits or self.progress is not None


def training_now(now: datetime) -> Training:
    """Return how the training stands; three statements."""
    last = ModelVersion.objects.first()
    runs = last is not None and last.state == ModelState.TRAINING and now - last.beat_at < SILENT_FOR
    row = ScheduleRow.objects.filter(name=SCHEDULE).first()
    waits = row is not None and not runs and (row.state != ScheduleState.IDLE or row.next_due <= now)
    return Training(
        current=current_model(),
        last=last,
        waits=waits,
        progress=last.progress if last is not None and runs else None,
        problem=problem_words(last.problem, last.examples) if last is not None and not runs else "",
    )
