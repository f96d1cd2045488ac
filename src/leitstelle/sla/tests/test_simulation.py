"""Random lives of tickets: the arithmetic of clocks against counting every minute.

Around every change of the clock, on holidays and half days, by hours past midnight, by hours whose version or zone
changes meanwhile, under agreements that take over. `make soak` tries 10 000.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from leitstelle.calendars.rules import Calendar, Frame, HolidaySet, VersionedCalendar
from leitstelle.calendars.tests.simulation import clock_changes, simulate
from leitstelle.sla.choices import Metric
from leitstelle.sla.models import AgreementVersion
from leitstelle.sla.queries.clocks import ClockKey, clocks_under
from leitstelle.sla.queries.promises import Aim, Promise
from leitstelle.sla.rules.clocks import seconds_used
from leitstelle.sla.rules.facts import PastEvent
from leitstelle.sla.rules.history import history_of
from leitstelle.sla.rules.precedence import Candidate, Case, Scope, VersionTimes, governing
from leitstelle.sla.tests.simulation import MINUTE, Counted, Opening, Rules, count

DAYS, AHEAD = 6, 12
FIRST, SECOND = 1, 2
LEVELS = (None, FIRST, SECOND)
CUSTOMER = 7

OFFICE = Calendar(
    "Europe/Berlin",
    tuple((Frame(480, 720), Frame(780, 1020)) if day < 5 else () for day in range(7)),
    holidays=HolidaySet("DE", "BY", "", ("catholic",), (Frame(480, 720),)),
)
NIGHT = Calendar("Australia/Lord_Howe", tuple((Frame(1320, 1800),) for _ in range(7)))
ALWAYS = Calendar("Europe/Berlin", tuple((Frame(0, 1440),) for _ in range(7)))
WINDOWS = tuple(
    (change - timedelta(days=2)).replace(hour=6, minute=0)
    for zone in ("Europe/Berlin", "Australia/Lord_Howe")
    for change in clock_changes(zone, 2026, 2027)
) + (
    datetime(2026, 12, 22, 7, tzinfo=UTC),
    datetime(2026, 12, 30, 7, tzinfo=UTC),
    datetime(2027, 3, 25, 7, tzinfo=UTC),
)


@cache
def _open(calendar_name: str, start: datetime) -> tuple[bool, ...]:
    calendar = {"office": OFFICE, "night": NIGHT, "always": ALWAYS}[calendar_name]
    return simulate(calendar, start, (DAYS + AHEAD) * 1440).open


def hours_of(name: str, start: datetime) -> VersionedCalendar:
    """The hours as the product reads them; "moved" changes from the office to the night shift on the third day."""
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    if name == "moved":
        return VersionedCalendar(((beginning, OFFICE), (start + timedelta(days=2, hours=3), NIGHT)))
    return VersionedCalendar(((beginning, {"office": OFFICE, "night": NIGHT, "always": ALWAYS}[name]),))


def opening_of(name: str, start: datetime) -> Opening:
    """The same, minute by minute."""

    def opening(moment: datetime) -> bool:
        kind = name
        if name == "moved":
            kind = "office" if moment < start + timedelta(days=2, hours=3) else "night"
        return _open(kind, start)[(moment - start) // MINUTE]

    return opening


KEYS = [ClockKey(metric) for metric in Metric if metric is not Metric.INTERNAL]
KEYS += [ClockKey(Metric.INTERNAL, level) for level in (FIRST, SECOND)]
NAMES = ("office", "night", "always", "moved")
STATUSES = {
    "in_progress": ("run", "run"),
    "waiting_requester": ("pause", "pause"),
    "waiting_vendor": ("run", "agreement"),
    "waiting_third": ("agreement", "agreement"),
    "resolved": ("stop", "stop"),
    "rejected": ("leave", "leave"),
}


HAPPENINGS = (
    *("status",) * 3,
    *("answer", "priority", "kind", "customer", "level", "workaround"),
)


@st.composite
def versions(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """The terms of one version as plain values."""
    targets = {
        (key.metric, rank, key.level): draw(st.sampled_from((30, 60, 240, 700, 1500)))
        for key in KEYS
        for rank in (1, 2)
        if draw(st.integers(0, 5))
    }
    return {
        "number": number,
        "targets": targets,
        "hours": draw(st.sampled_from(NAMES)),
        "own_hours": {pair: draw(st.sampled_from(NAMES)) for pair in targets if draw(st.integers(0, 3)) == 0},
        "vendor": draw(st.booleans()),
        "third": draw(st.booleans()),
        "longest": draw(st.none() | st.sampled_from((120, 900, 2000))),
        "restarts": draw(st.booleans()),
    }


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """A ticket's history, three agreements, and the moment it is looked at."""
    start = draw(st.sampled_from(WINDOWS))
    moments = sorted(draw(st.lists(st.integers(0, DAYS * 1440), max_size=12)))
    opened_at = start + draw(st.integers(0, 600)) * MINUTE
    first: dict[str, Any] = {
        "is_response": draw(st.booleans()),
        "kind": draw(st.sampled_from(("incident", "request"))),
    }
    first["organisation_id"] = draw(st.sampled_from((None, CUSTOMER)))
    level = draw(st.sampled_from(LEVELS))
    kind, rank = first["kind"], draw(st.integers(1, 2))
    events = [PastEvent("ticket.opened", first, opened_at, 0, rank, level)]
    for order, minute in enumerate(moments, start=1):
        at = max(start + minute * MINUTE, opened_at)
        what = draw(st.sampled_from(HAPPENINGS))
        code = "ticket.status_changed"
        data: dict[str, Any] = {}
        if what == "status":
            status = draw(st.sampled_from(sorted(STATUSES)))
            data = {
                "after": status,
                "response_clock": STATUSES[status][0],
                "resolution_clock": STATUSES[status][1],
            }
        elif what == "answer":
            code, data = "ticket.message_added", {"is_response": True}
        elif what in ("priority", "kind"):
            changes: list[tuple[str, Any, str]] = []
            code = "ticket.classified"
            if what == "priority":
                rank = draw(st.integers(1, 2))
            else:
                other = draw(st.sampled_from(("incident", "request")))
                changes, kind = ([("kind", kind, other)] if other != kind else []), other
            data = {"priority_after": rank, "changes": changes}
        elif what == "customer":
            code, data = (
                "ticket.requester_changed",
                {"organisation_id": draw(st.sampled_from((None, CUSTOMER)))},
            )
        elif what == "level":
            code, level = "ticket.handed_over", draw(st.sampled_from(LEVELS))
        else:
            code = "sla.workaround_given"
        events.append(PastEvent(code, data, at, order, rank, level))
    return {
        "start": start,
        "events": events,
        "now": max(events[-1].at, start + draw(st.integers(0, DAYS * 1440)) * MINUTE),
        "begins": start + draw(st.integers(1, DAYS * 1440)) * MINUTE,
        "takes_over": draw(st.booleans()),
        "versions": [draw(versions(number)) for number in (1, 2, 3, 4)],
    }


def compare(life: dict[str, Any]) -> None:
    """Every clock of the life equals its counted twin."""
    start, events, now = life["start"], life["events"], life["now"]
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    candidates = [
        Candidate(
            1,
            "House",
            Scope(),
            (VersionTimes(1, beginning), VersionTimes(2, life["begins"], life["takes_over"])),
        ),
        Candidate(2, "Requests", Scope(kind="request"), (VersionTimes(3, beginning),)),
        Candidate(3, "Customer", Scope(organisation=CUSTOMER), (VersionTimes(4, beginning),)),
    ]
    promises = {one["number"]: _promise(one, start) for one in life["versions"]}
    rules = {one["number"]: _rules(one, start) for one in life["versions"]}
    opened_at = events[0].at
    last = _last_case(events)
    history = history_of(events, last, opened_at=opened_at, categories={})
    rows = governing(candidates, history, opened_at=opened_at, now=now)
    ruled = tuple((row, promises[row.version] if row.version else None) for row in rows)
    clocks = clocks_under(ruled, list(events), now)

    def rules_at(moment: datetime, facts: dict[str, object]) -> Rules:
        if facts["organisation"] == CUSTOMER:
            return rules[4]
        if facts["kind"] == "request":
            return rules[3]
        begun = life["begins"] <= opened_at or (life["takes_over"] and life["begins"] <= moment)
        return rules[2 if begun else 1]

    note(f"{start} now {now} begins {life['begins']} {life['takes_over']}")
    for event in events:
        note(f"{event.at} {event.code} {event.data} {event.priority} {event.level}")
    for key in KEYS:
        counted = count(key.metric, key.level, events, rules_at, now)
        clock = clocks.get(key)
        if counted.state == "none" or counted.target is None:
            assert clock is None, key
            continue
        assert clock is not None, key
        assert clock.state.value == counted.state, key
        assert clock.target_seconds == counted.target * 60, key
        assert round(seconds_used(clock, now)) == counted.used * 60, key
        assert (clock.breached_at is not None) == counted.broken, key
        assert clock.missed == counted.missed, key
        if clock.due_at is not None and not counted.broken and counted.used < counted.target:
            assert clock.due_at == _due(counted, now, start) or _due(counted, now, start) is None, key


def _last_case(events: list[PastEvent]) -> Case:
    organisation = next(
        one.data["organisation_id"] for one in reversed(events) if "organisation_id" in one.data
    )
    kinds = [change[2] for one in events for change in one.data.get("changes", ())]
    return Case(organisation, "", kinds[-1] if kinds else events[0].data["kind"], events[-1].priority)


def _due(counted: Counted, now: datetime, start: datetime) -> datetime | None:
    """The first minute at which the rest is used up; nothing where that is after what was simulated."""
    assert counted.target is not None
    assert counted.opening is not None
    left, moment = counted.target - counted.used, now
    while moment < start + timedelta(days=DAYS + AHEAD):
        left -= counted.opening(moment)
        moment += MINUTE
        if left == 0:
            return moment
    return None


def _promise(plain: dict[str, Any], start: datetime) -> Promise:
    calendars = {place: hours_of(name, start) for place, name in enumerate(NAMES)}
    version = AgreementVersion(
        pk=plain["number"],
        calendar_id=NAMES.index(plain["hours"]),
        pause_for_vendor=plain["vendor"],
        pause_for_third=plain["third"],
        longest_pause_seconds=plain["longest"] * 60 if plain["longest"] else None,
        restart_on_reopen=plain["restarts"],
    )
    aims = tuple(
        Aim(
            metric,
            rank,
            level,
            minutes * 60,
            None,
            NAMES.index(plain["own_hours"].get((metric, rank, level), plain["hours"])),
        )
        for (metric, rank, level), minutes in plain["targets"].items()
    )
    return Promise(version, calendars[version.calendar_id], aims, calendars, {})


def _rules(plain: dict[str, Any], start: datetime) -> Rules:
    return Rules(
        plain["targets"],
        opening_of(plain["hours"], start),
        {key: opening_of(name, start) for key, name in plain["own_hours"].items()},
        plain["vendor"],
        plain["third"],
        plain["longest"],
        plain["restarts"],
    )


# Shrinking such lives takes longer than reading one.
HOW: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": tuple(HealthCheck),
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
    "report_multiple_bugs": False,
}


@given(lives())
@settings(max_examples=500, **HOW)
def test_clocks_equal_a_simulation_minute_by_minute(life: dict[str, Any]) -> None:
    compare(life)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@given(lives())
@settings(max_examples=10_000, **HOW)
def test_ten_thousand_lives(life: dict[str, Any]) -> None:
    compare(life)
