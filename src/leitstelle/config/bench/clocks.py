"""Timing the clock process: what a run costs while very many clocks are open and hardly any is due."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.models import Level
from leitstelle.config.bench.filling import CHUNK, Report, light_tickets
from leitstelle.config.bench.measuring import Figure
from leitstelle.kernel.db import load_rows, refresh_statistics
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.models import AgreementVersion, TicketClock
from leitstelle.sla.tasks import begin_versions, ring
from leitstelle.tickets.models import Ticket

FEW = 10_000
# So many thresholds pass within one run where any do: a busy half minute.
DUE = 100
LEVELS = 50
REPEATS = 40
BUSY_REPEATS = 5
# What a run may cost more than with `FEW` clocks, in parts and in milliseconds: measurements scatter.
_PARTS, _SCATTER = 1.5, 5.0
_COLUMNS = (
    "ticket_id",
    "metric",
    "level_id",
    "version_id",
    "state",
    "target_seconds",
    "consumed_seconds",
    "calendar_id",
    "started_at",
    "running_since",
    "due_at",
    "missed",
    "alarms",
    "reached_percent",
    "next_alarm_at",
)


def measure_clocks(count: int, now: datetime, report: Report) -> Iterator[Figure]:
    """Yield what a run of the clock process costs with `FEW` and with `count` open clocks. Fills what is missing."""
    idle: dict[int, Figure] = {}
    for size in sorted({min(FEW, count), count}):
        _fill(size, now, report)
        for name, measured, repeats in (("nothing", _idle, REPEATS), (f"{DUE} clocks", _busy, BUSY_REPEATS)):
            times, statements = _timed(measured, now, repeats)
            first = idle.get(repeats)
            figure = Figure(
                f"clocks: {name} due of {size}",
                statistics.median(times),
                max(times),
                statements,
                None if first is None else first.p95 * _PARTS + _SCATTER,
            )
            idle.setdefault(repeats, figure)
            yield figure


def _timed(measured: Callable[[datetime], float], now: datetime, repeats: int) -> tuple[list[float], int]:
    """Milliseconds of each run, and the most statements one of them took."""
    times, most = [], 0
    for turn in range(repeats):
        statements = 0

        def count(execute: Callable[..., object], *args: object) -> object:
            nonlocal statements
            statements += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            times.append(measured(now + timedelta(seconds=30 * turn)))
        most = max(most, statements)
    return times, most


def _idle(now: datetime) -> float:
    """One run of the process while nothing is due."""
    begin = time.perf_counter()
    ring(now)
    begin_versions(now)
    return (time.perf_counter() - begin) * 1000


def _busy(now: datetime) -> float:
    """One run in which `DUE` clocks pass a threshold."""
    moment, later = now - timedelta(seconds=1), now + timedelta(days=400)
    alarms = [[75, moment.isoformat()], [90, later.isoformat()]]
    open_clocks = TicketClock.objects.filter(next_alarm_at__gt=now).order_by("-next_alarm_at")
    chosen = list(open_clocks.values_list("pk", flat=True)[:DUE])
    due = TicketClock.objects.filter(pk__in=chosen)
    due.update(alarms=alarms, reached_percent=0, next_alarm_at=moment)
    return _idle(now)


def _fill(size: int, now: datetime, report: Report) -> None:
    """Open clocks until there are `size` of them; each ticket has one per metric and level, due within a year.

    What they belong to does not matter to the process: many levels spare us many tickets.
    """
    version = AgreementVersion.objects.order_by("pk")[0]
    kinds: list[tuple[str, int | None]] = [(one.value, None) for one in Metric if one is not Metric.INTERNAL]
    kinds += [(Metric.INTERNAL.value, pk) for pk in _levels(now)]
    there = TicketClock.objects.filter(next_alarm_at__isnull=False).count()
    chance = random.Random(11)
    while there < size:
        # On SQLite each row would otherwise be a transaction of its own.
        with transaction.atomic():
            last = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            light_tickets(min(CHUNK, (size - there) // len(kinds) + 1), now=now)
            fresh = Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
            pairs = [(pk, *kind) for pk in fresh for kind in kinds][: size - there]
            load_rows(TicketClock, _COLUMNS, (_row(version, chance, now, *pair) for pair in pairs))
        there += len(pairs)
        report(there, size)
    refresh_statistics()


def _levels(now: datetime) -> list[int]:
    """The levels of a scheme with very many, made once."""
    if Level.objects.count() < LEVELS:
        levels = [accounts.LevelInput(name_de=f"Ebene {number}") for number in range(1, LEVELS + 1)]
        new = accounts.SchemeInput(name_de="Viele Ebenen", levels=levels)
        accounts.create_level_scheme(new, by=Viewer.system(), now=now)
    return list(Level.objects.order_by("pk").values_list("pk", flat=True))


def _row(
    version: AgreementVersion,
    chance: random.Random,
    now: datetime,
    ticket_id: int,
    metric: str,
    level_id: int | None,
) -> tuple[object, ...]:
    due = now + timedelta(hours=24, minutes=chance.randrange(365 * 24 * 60))
    warn = due - timedelta(hours=2)
    alarms = [[75, warn.isoformat()], [90, (due - timedelta(hours=1)).isoformat()], [100, due.isoformat()]]
    state = ClockState.RUNNING.value
    began = now - timedelta(hours=1)
    calendar = version.calendar_id
    return (
        ticket_id,
        metric,
        level_id,
        version.pk,
        state,
        28800,
        0,
        calendar,
        began,
        began,
        due,
        0,
        alarms,
        0,
        warn,
    )
