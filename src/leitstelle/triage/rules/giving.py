"""Which person gets a ticket, and which ticket a person takes next: arithmetic on plain values, with its reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leitstelle.triage.choices import Mode, Why

SOON = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A person of the team. `load`: open tickets; `limit`: how many at most, 0 for no limit.

    `skill`: their level of the needed skill, 0 without. `last_given`: when they were given one last (aware).
    """

    person_id: int
    present: bool = True
    takes: bool = True
    load: int = 0
    limit: int = 0
    skill: int = 0
    speaks: bool = True
    on_site: bool = False
    last_given: datetime | None = None

    @property
    def has_room(self) -> bool:
        return self.limit == 0 or self.load < self.limit


@dataclass(frozen=True)
class Chosen:
    """Who gets the ticket, why, and how many open tickets they had."""

    person_id: int
    reasons: tuple[Why, ...]
    load: int


def choose(mode: Mode, people: Sequence[Candidate], *, needs_skill: bool) -> Chosen | None:
    """Return who gets a ticket; `None` where nobody is there, takes tickets and has room.

    Skill, language and site each narrow the circle unless nobody would be left; then turn or load decides. Equal
    load: whoever was given one longest ago.
    """
    circle = [one for one in people if one.present and one.takes and one.has_room]
    if mode not in (Mode.ROUND_ROBIN, Mode.LEAST_LOADED) or not circle:
        return None
    reasons: list[Why] = []
    tests: list[tuple[Why, Callable[[Candidate], bool]]] = [
        (Why.SKILL, lambda one: needs_skill and one.skill > 0),
        (Why.LANGUAGE, lambda one: one.speaks),
        (Why.SITE, lambda one: one.on_site),
    ]
    for why, fits in tests:
        fitting = [one for one in circle if fits(one)]
        # What everybody has decided nothing, but a needed skill is worth saying.
        if fitting and (len(fitting) < len(circle) or why is Why.SKILL):
            reasons.append(why)
        circle = fitting or circle
    first = min(circle, key=_by_turn if mode is Mode.ROUND_ROBIN else _by_load)
    last = Why.ONLY if len(circle) == 1 else Why.TURN if mode is Mode.ROUND_ROBIN else Why.LOAD
    return Chosen(first.person_id, (*reasons, last), first.load)


def _by_turn(one: Candidate) -> tuple[bool, float, int]:
    """Whoever was never given one first, then whoever waited longest."""
    given = one.last_given
    return given is not None, given.timestamp() if given is not None else 0.0, one.person_id


def _by_load(one: Candidate) -> tuple[int, bool, float, int]:
    return one.load, *_by_turn(one)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A ticket nobody has. `due`: its next deadline, `None` without one; `skilled`: the person has the needed skill."""

    ticket_id: int
    due: datetime | None
    priority: int
    opened: datetime
    skilled: bool = False


def in_order(tickets: Sequence[Waiting], now: datetime) -> list[tuple[Waiting, tuple[Why, ...]]]:
    """Return tickets as a person should take them, each with why it stands there.

    Overdue or due within two hours first, then by priority, then those the person knows something about, then by
    deadline and age.
    """

    def key(one: Waiting) -> tuple[object, ...]:
        far = one.due or datetime.max.replace(tzinfo=now.tzinfo)
        return not _presses(one, now), one.priority, not one.skilled, far, one.opened, one.ticket_id

    return [(one, _why(one, now)) for one in sorted(tickets, key=key)]


def _presses(one: Waiting, now: datetime) -> bool:
    return one.due is not None and one.due <= now + SOON


def _why(one: Waiting, now: datetime) -> tuple[Why, ...]:
    reasons = [Why.DUE] if one.due is not None else []
    reasons += [Why.PRIORITY]
    reasons += [Why.SKILL] if one.skilled else []
    return (*reasons, Why.AGE)
