"""How the deadlines of a ticket come about, in sentences and as a drawing: stretches, pauses and who caused them,
holidays by name, other targets, what is left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from leitstelle.accounts.models import Person
from leitstelle.calendars.labels import DAY_KINDS
from leitstelle.calendars.queries import default_calendar, hours_in_use
from leitstelle.calendars.rules import DayKind, ServiceHours, VersionedCalendar, format_frames
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Priority
from leitstelle.kernel.web.formats import clock_time, day_time, hours_minutes, local, long_day
from leitstelle.sla.choices import ClockState, Metric, Verdict
from leitstelle.sla.labels import CAUSE, METRIC
from leitstelle.sla.models import Agreement, CorrectedCause
from leitstelle.sla.queries.clocks import ClockKey, Reading
from leitstelle.sla.queries.words import amount_words, why_words
from leitstelle.sla.rules.causes import main_cause, shares
from leitstelle.sla.rules.clocks import Clock, Stretch, TargetChange, seconds_used
from leitstelle.sla.rules.facts import PastEvent
from leitstelle.tickets.queries import statuses

WIDTH, LONGEST = 1000, timedelta(days=120)


@dataclass(frozen=True)
class Line:
    """One step from the opening to the deadline: symbol, moment, sentence, remark."""

    icon: str
    at: datetime
    text: str
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """A part of the drawing: what it is (`open`, `run`, `pause`), where it begins and how long it is, of 1000."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class Told:
    """One clock, told: name, a sentence, the steps, and the drawing with its marks (position, words)."""

    name: str
    state: str
    sentence: str
    lines: list[Line]
    bars: list[Bar]
    marks: list[tuple[int, str]]
    missed: "Missed | None" = None


@dataclass(frozen=True)
class Missed:
    """Why a target was missed: service time by cause, the computed cause, and what somebody said instead."""

    key: str
    shares: list[tuple[str, str]]
    cause: str
    corrected: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Considered:
    """An agreement, what was decided about it, and whether it applies."""

    agreement: Agreement
    name: str
    why: str
    applies: bool


def told_clocks(
    reading: Reading,
    levels: Mapping[int, str],
    now: datetime,
    corrected: Mapping[ClockKey, CorrectedCause] | None = None,
) -> list[Told]:
    """Return every clock of a reading in words.

    `levels` names the support levels, `corrected` are causes that people said.
    """
    people = _people(reading.events)
    names = {status.key: name_of(status) for status in statuses()}
    teller = _Teller({event.order: event for event in reading.events}, people, names, now, corrected or {})
    return [teller.tell(key, clock, levels) for key, clock in reading.clocks.items()]


def considered(reading: Reading, visible: Mapping[int, Agreement]) -> list[Considered]:
    """Return every agreement of the reading with its verdict; only visible ones are named and linked."""
    return [
        Considered(
            visible[one.candidate.agreement],
            one.candidate.name,
            why_words(one),
            one.verdict is Verdict.APPLIES,
        )
        for one in reading.judgements
        if one.candidate.agreement in visible
    ]


def promise_sentence(reading: Reading, now: datetime) -> str:
    """One plain sentence for the requester about what comes next; empty where nothing is promised or all is done."""
    response = reading.clock(Metric.RESPONSE)
    if response is not None and response.due_at is not None and response.due_at > now:
        return _("You will have an answer by %(when)s at the latest.") % {"when": _when(response.due_at)}
    resolution = reading.clock(Metric.RESOLUTION)
    if resolution is None:
        return ""
    if resolution.state is ClockState.PAUSED:
        return _("The time until the solution stands still while we wait.")
    if resolution.due_at is None:
        return ""
    if resolution.due_at <= now:
        return _("This takes longer than we promised. We are still working on it.")
    return _("We want to have it solved by %(when)s.") % {"when": _when(resolution.due_at)}


def _when(moment: datetime) -> str:
    return _("%(day)s, %(time)s") % {"day": long_day(moment), "time": clock_time(moment)}


def _people(events: tuple[PastEvent, ...]) -> dict[str, str]:
    ids = {one.actor[1] for one in events if one.actor[0] == "person" and one.actor[1].isdigit()}
    rows = Person.objects.filter(pk__in=[int(one) for one in ids]) if ids else ()
    return {str(row.pk): row.display_name for row in rows}


@dataclass(frozen=True)
class _Teller:
    """Turns clocks into words; knows the events, the people behind them and the names of the statuses."""

    events: Mapping[int, PastEvent]
    people: Mapping[str, str]
    statuses: Mapping[str, str]
    now: datetime
    corrected: Mapping[ClockKey, CorrectedCause]

    def tell(self, key: ClockKey, clock: Clock, levels: Mapping[int, str]) -> Told:
        name = str(METRIC[key.metric])
        if key.level is not None:
            name = _("Internal: %(level)s") % {"level": levels.get(key.level, "")}
        bars, marks = self._drawing(clock)
        return Told(
            name,
            self._state(clock),
            self._sentence(clock),
            self._lines(clock),
            bars,
            marks,
            self._missed(key, clock),
        )

    def _missed(self, key: ClockKey, clock: Clock) -> Missed | None:
        if clock.breached_at is None:
            return None
        found = shares(clock, list(self.events.values()), hours_in_use(default_calendar().pk), self.now)
        said, cause = self.corrected.get(key), main_cause(found)
        return Missed(
            key.metric.value if key.level is None else f"{key.metric.value}-{key.level}",
            [(str(CAUSE[one]), _hours(seconds)) for one, seconds in found.items()],
            str(CAUSE[cause]) if cause is not None else "",
            str(CAUSE[said.cause]) if said is not None else "",
            said.reason if said is not None else "",
        )

    def _state(self, clock: Clock) -> str:
        if clock.state is ClockState.PAUSED:
            return "paused"
        if clock.breached_at is not None:
            return "over"
        return "calm" if clock.state is ClockState.RUNNING else "met"

    def _sentence(self, clock: Clock) -> str:
        used = seconds_used(clock, self.now)
        values = {"target": amount_words(clock.target_seconds), "used": _hours(used)}
        if clock.state is ClockState.LEFT:
            return _("This clock counts no more.")
        if clock.state is ClockState.MET:
            kept = _("Kept: %(used)s of %(target)s of service time were used.")
            missed = _("Missed: %(used)s of service time were used, %(target)s were promised.")
            return (missed if clock.breached_at else kept) % values
        if clock.due_at is None:
            text = (
                _("Paused: %(used)s of %(target)s of service time are used; the time left is kept.") % values
            )
            if clock.resumes_at is not None:
                text += " " + _("It runs on by itself on %(when)s.") % {"when": day_time(clock.resumes_at)}
            return text
        values |= {"due": day_time(clock.due_at), "left": _hours(abs(clock.target_seconds - used))}
        if used > clock.target_seconds:
            return (
                _("Overdue since %(due)s: %(target)s of service time were promised, %(used)s are used.")
                % values
            )
        return (
            _("Due %(due)s: %(target)s of service time, of which %(used)s are used and %(left)s left.")
            % values
        )

    def _lines(self, clock: Clock) -> list[Line]:
        lines = [line for stretch in clock.stretches for line in self._stretch(stretch)]
        lines += [self._change(change) for change in clock.changes]
        if clock.breached_at is not None:
            lines.append(Line("alert-octagon", clock.breached_at, _("The target is used up")))
        if clock.stopped_at is not None:
            lines.append(Line("check", clock.stopped_at, _("The clock stands")))
        if clock.due_at is not None and clock.due_at > self.now:
            lines += [
                Line("coffee", at, text)
                for at, text in _closed_days(clock.hours, max(self.now, clock.started_at), clock.due_at)
            ]
            lines.append(Line("flag", clock.due_at, _("Deadline")))
        return sorted(lines, key=lambda line: line.at)

    def _stretch(self, stretch: Stretch) -> Iterator[Line]:
        end = stretch.end or self.now
        why = self._why(stretch.what, stretch.fact)
        if end <= stretch.begin:
            return
        if not stretch.runs:
            until = day_time(end) if stretch.end else _("now")
            note = _("until %(until)s") % {"until": until}
            yield Line("player-pause", stretch.begin, _("Paused: %(why)s") % {"why": why}, note)
            return
        note = _("%(time)s of service time counted") % {"time": _hours(stretch.worked)}
        yield Line("player-play", stretch.begin, why, note)
        for at, text in _closed_days(stretch.hours, stretch.begin, end):
            yield Line("coffee", at, text)

    def _change(self, change: TargetChange) -> Line:
        before = amount_words(change.before) if change.before is not None else _("nothing promised")
        after = amount_words(change.after) if change.after is not None else _("nothing promised")
        text = _("Other target: %(after)s instead of %(before)s") % {"after": after, "before": before}
        return Line("history", change.at, text, self._why(change.what, change.fact))

    def _why(self, what: str, fact: int) -> str:
        """What happened, and who did it."""
        event = self.events.get(fact)
        words = {
            "opened": _("opened"),
            "answered": _("answered"),
            "priority": self._priority(event),
            "agreement": _("another agreement counts"),
            "arrived": _("came to this level"),
            "moved_on": _("went on"),
            "became_kind": _("became an incident"),
            "left_kind": _("is no incident any more"),
            "workaround": _("workaround given"),
            "pause_over": _("the pause lasted as long as agreed"),
        }.get(what) or self.statuses.get(what, what)
        who = self.people.get(event.actor[1], "") if event is not None and event.actor[0] == "person" else ""
        return f"{words} ({who})" if who and what != "pause_over" else words

    def _priority(self, event: PastEvent | None) -> str:
        rank = int(event.data.get("priority_after") or event.priority) if event is not None else 0
        row = Priority.objects.filter(pk=rank).first() if rank else None
        return _("priority %(name)s") % {"name": f"P{rank} {name_of(row)}" if row else ""}

    def _drawing(self, clock: Clock) -> tuple[list[Bar], list[tuple[int, str]]]:
        """Service hours below, running and paused stretches above, from the start to deadline, end or now."""
        begin = clock.stretches[0].begin if clock.stretches else clock.started_at
        end = max(clock.stopped_at or clock.due_at or self.now, begin + timedelta(minutes=1))
        if clock.stopped_at is None:
            end = max(end, self.now)
        begin = max(begin, end - LONGEST)
        whole = end - begin

        def place(at: datetime) -> int:
            return max(0, min(WIDTH, round((at - begin) * WIDTH / whole)))

        def bar(kind: str, start: datetime, stop: datetime) -> Bar:
            return Bar(kind, place(start), max(1, place(stop) - place(start)))

        bars = []
        if isinstance(clock.hours, ServiceHours):
            bars = [bar("open", start, stop) for start, stop in clock.hours.opening_spans(begin, end)]
        for stretch in clock.stretches:
            stop = stretch.end or self.now
            if stop > max(begin, stretch.begin):
                bars.append(bar("run" if stretch.runs else "pause", max(begin, stretch.begin), stop))
        marks = [(place(begin), day_time(begin))]
        if clock.stopped_at is None and begin < self.now < end:
            marks.append((place(self.now), _("now")))
        marks.append((WIDTH, day_time(end)))
        return bars, marks


def _hours(seconds: float) -> str:
    return _("%(count)s h") % {"count": hours_minutes(seconds)}


def _closed_days(hours: object, begin: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Holidays, half days and company days between two moments, by name."""
    if not isinstance(hours, VersionedCalendar):
        return
    at = begin
    while at <= end and at - begin < LONGEST:
        calendar = hours.at(at)
        day = calendar.local_date(at)
        plan = calendar.plan(day)
        if plan.kind is not DayKind.WEEKDAY and format_frames(plan.frames) != "00:00–24:00":
            name = plan.name or str(DAY_KINDS[plan.kind])
            open_then = format_frames(plan.frames)
            yield at, f"{name}: {open_then}" if open_then else _("Closed: %(name)s") % {"name": name}
        at = _next_day(at)


def _next_day(at: datetime) -> datetime:
    """Noon of the next local day: no clock change moves it to another one."""
    here = local(at)
    return (
        (here + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0).astimezone(at.tzinfo)
    )
