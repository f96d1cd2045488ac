"""Timing what happens to a new ticket before anybody sees it: the classifier, proposals, rules, distribution."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from leitstelle.accounts.models import Team
from leitstelle.config.bench.filling import new_mail
from leitstelle.config.bench.measuring import Figure
from leitstelle.config.bench.words import FAULTS, THINGS
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.rules.conditions import Conditions, make
from leitstelle.triage.actions.models import loaded
from leitstelle.triage.actions.proposing import propose
from leitstelle.triage.actions.rules import RuleInput, create_rule
from leitstelle.triage.actions.skills import ModeInput, save_mode
from leitstelle.triage.actions.training import train_model
from leitstelle.triage.choices import Mode, ModelState, Outcome, Trigger
from leitstelle.triage.queries.examples import words_of

TICKETS = 60
RULES = 50
CLASSIFY_BUDGET = 15.0


def measure_triage(now: datetime, report: Callable[[int, int], None]) -> Iterator[Figure]:
    """Yield training, classification, proposals, and opening a ticket without and with rules and distribution."""
    begin = time.perf_counter()
    version = train_model(now=now, report=lambda share: report(int(100 * share), 100))
    seconds = time.perf_counter() - begin
    yield Figure(f"training on {version.examples} tickets", seconds, seconds, 0, unit="s")
    plain, opened = _opened(now)
    yield _figure("open a ticket, no rules", plain)
    if version.state == ModelState.READY:
        model = loaded(version)
        texts = [words_of([ticket])[ticket.pk] for ticket in opened]
        model.tell(*texts[0])
        yield _figure("classify a ticket", [_spent(model.tell, *one) for one in texts], CLASSIFY_BUDGET)
        yield _figure("proposals for a ticket", [_spent(propose, ticket, now=now) for ticket in opened])
    _make_rules(now)
    sorted_ones, _tickets = _opened(now)
    yield _figure(f"open a ticket, {RULES} rules, given out", sorted_ones)


def _opened(now: datetime) -> tuple[list[float], list[Ticket]]:
    times, tickets = [], []
    for index in range(TICKETS):
        subject = f"{THINGS[index % len(THINGS)]} {FAULTS[index % len(FAULTS)]}"
        begin = time.perf_counter()
        tickets.append(new_mail(subject, now))
        times.append((time.perf_counter() - begin) * 1000)
    return times, tickets


def _make_rules(now: datetime) -> None:
    """Rules of which the last one fits every ticket, and a team that gives its tickets to the least loaded."""
    by = Viewer.system()
    team = Team.objects.exclude(is_default=True).order_by("pk")[0]
    words = [f"nirgends{number}" for number in range(RULES - 1)] + [", ".join(THINGS)]
    for number, word in enumerate(words):
        new = RuleInput(
            name=f"Regel {number}",
            triggers=frozenset({Trigger.OPENED}),
            conditions=Conditions(rows=(make("words", "contains", [word[:100]]),)),
            sets={Outcome.TEAM: team.pk},
        )
        create_rule(new, by=by, now=now, active=True)
    save_mode(team, ModeInput(mode=Mode.LEAST_LOADED), by=by, now=now)


def _spent(work: Callable[..., object], *args: object, **named: object) -> float:
    begin = time.perf_counter()
    work(*args, **named)
    return (time.perf_counter() - begin) * 1000


def _figure(name: str, times: Sequence[float], budget: float | None = None) -> Figure:
    ordered = sorted(times)
    return Figure(name, statistics.median(ordered), ordered[int(len(ordered) * 0.95)], 0, budget)
