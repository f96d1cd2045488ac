"""Deadlines on the pages of tickets: the bar of a row, and the clocks beside a ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from leitstelle.calendars.queries import hours_in_use
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, fill
from leitstelle.kernel.web.formats import clock_time, day_time, duration, hours_minutes, local
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.labels import METRIC
from leitstelle.sla.models import TicketClock
from leitstelle.sla.policies import visible_clocks
from leitstelle.sla.queries import compute_clocks
from leitstelle.sla.rules.clocks import Clock, Hours
from leitstelle.tickets.models import Ticket

_MINUTE = timedelta(minutes=1)
# Response first: until somebody has answered, that is the deadline to watch.
_ORDER = {Metric.RESPONSE: 0, Metric.RESOLUTION: 1}


@register_sentence("sla.threshold_reached", "clock")
def threshold(data: Mapping[str, Any]) -> str:
    """Say which part of a deadline was used up."""
    metric = str(METRIC[Metric(data["metric"])])
    if data["percent"] >= 100:
        return _("noted that the deadline has passed: %(metric)s") % {"metric": metric}
    values = {"percent": data["percent"], "metric": metric}
    return _("noted that %(percent)s %% of the deadline are used: %(metric)s") % values


@fill("inbox.due", order=10)
def due_of_rows(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Return state, wording and used share of each row's next deadline, in one query for the page."""
    clocks = (
        visible_clocks(viewer).filter(ticket__in=[ticket.pk for ticket in tickets]).select_related("version")
    )
    shown: dict[int, TicketClock] = {}
    for clock in clocks:
        known = shown.get(clock.ticket_id)
        if known is None or _rank(clock) < _rank(known):
            shown[clock.ticket_id] = clock
    now = timezone.now()
    hours = {pk: hours_in_use(pk) for pk in {clock.version.calendar_id for clock in shown.values()}}
    return {
        pk: Panel(context=_bar(clock, hours[clock.version.calendar_id], now)) for pk, clock in shown.items()
    }


def _rank(clock: TicketClock) -> tuple[int, datetime, int]:
    """Running clocks by due time, then paused ones, then finished ones."""
    states = [ClockState.RUNNING, ClockState.PAUSED]
    place = states.index(ClockState(clock.state)) if clock.state in states else 2
    return place, clock.due_at or clock.started_at, -_ORDER[Metric(clock.metric)] if place == 2 else 0


def _bar(clock: TicketClock, hours: Hours, now: datetime) -> dict[str, Any]:
    metric = str(METRIC[Metric(clock.metric)])
    if clock.state == ClockState.PAUSED:
        used = clock.consumed_seconds * 100 // max(1, clock.target_seconds)
        return {"state": "paused", "text": _("paused"), "percent": min(100, used), "title": metric}
    if clock.running_since is None or clock.due_at is None:
        text = _("missed") if clock.breached_at else _("kept")
        return {
            "state": "over" if clock.breached_at else "met",
            "text": text,
            "percent": 100,
            "title": metric,
        }
    title = _("%(metric)s due %(when)s") % {"metric": metric, "when": day_time(clock.due_at)}
    used_seconds = clock.consumed_seconds + hours.worked(clock.running_since, now)
    percent = int(used_seconds * 100 / max(1, clock.target_seconds))
    return {
        "state": _state(used_seconds, clock.target_seconds, clock.crit_at, clock.warn_at, now),
        "text": _left(used_seconds, clock.target_seconds),
        "percent": max(0, min(100, percent)),
        "title": title,
    }


def _state(
    used: float, target: int, crit_at: datetime | None, warn_at: datetime | None, now: datetime
) -> str:
    if used > target:
        return "over"
    if crit_at is not None and crit_at <= now:
        return "crit"
    return "warn" if warn_at is not None and warn_at <= now else "calm"


def _left(used: float, target: int) -> str:
    """Service time that is left, or how much too much of it was used."""
    if used > target:
        return _("overdue %(time)s") % {"time": hours_minutes(used - target)}
    return _("%(time)s left") % {"time": hours_minutes(target - used)}


@fill("ticket.sidebar", order=10)
def clocks_of_ticket(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Show every clock of a ticket with its pauses, and how its deadline comes about."""
    if not viewer.is_agent:
        return {}
    now = timezone.now()
    panels = {}
    for ticket in tickets:
        promise, clocks = compute_clocks(ticket, now)
        if promise is None:
            continue
        context = {
            "agreement": promise.version.agreement.name,
            "clocks": [_drawn(metric, clock, promise.hours, now) for metric, clock in clocks.items()],
        }
        panels[ticket.pk] = Panel("sla/_clocks.html", context)
    return panels


def _drawn(metric: Metric, clock: Clock, hours: Hours, now: datetime) -> dict[str, Any]:
    """Lay a clock out on its track: from its start to its end or deadline, in wall time."""
    end = max(clock.stopped_at or clock.due_at or now, now if clock.stopped_at is None else clock.started_at)
    whole = max((end - clock.started_at).total_seconds(), 1)
    parts = []
    for stretch in clock.stretches:
        until = min(stretch.end or now, end)
        share = max(0.0, (until - stretch.begin).total_seconds()) * 100 / whole
        kind = "met" if clock.state is ClockState.MET and not clock.breached_at else "run"
        parts.append((kind if stretch.runs else "pause", share))
    paused = sum(
        ((stretch.end or now) - stretch.begin for stretch in clock.stretches if not stretch.runs), timedelta()
    )
    running = clock.running_since is not None
    used = clock.consumed_seconds + (hours.worked(clock.running_since, now) if clock.running_since else 0.0)
    return {
        "name": METRIC[metric],
        "state": _clock_state(clock, used, now),
        "text": _clock_text(clock, used),
        "parts": parts,
        "now": (now - clock.started_at).total_seconds() * 100 / whole if running else None,
        "start": _moment(clock.started_at, now),
        # Shorter pauses would read "0:00".
        "note": _("%(time)s paused") % {"time": duration(paused)} if paused >= _MINUTE else "",
        "due": _("due %(when)s") % {"when": _moment(clock.due_at, now)}
        if clock.due_at
        else _("target %(time)s") % {"time": duration(clock.target_seconds)},
    }


def _clock_state(clock: Clock, used: float, now: datetime) -> str:
    if clock.state is ClockState.PAUSED:
        return "paused"
    if clock.running_since is not None:
        return _state(used, clock.target_seconds, clock.crit_at, clock.warn_at, now)
    return "over" if clock.breached_at else "met"


def _clock_text(clock: Clock, used: float) -> str:
    if clock.state is ClockState.PAUSED:
        return _("paused")
    if clock.running_since is not None:
        return _left(used, clock.target_seconds)
    if clock.state is ClockState.LEFT:
        return _("without deadline")
    used_text = hours_minutes(clock.consumed_seconds)
    return (_("missed, after %(time)s") if clock.breached_at else _("after %(time)s")) % {"time": used_text}


def _moment(value: datetime, now: datetime) -> str:
    """The time alone for today, with its day otherwise."""
    return clock_time(value) if local(value).date() == local(now).date() else day_time(value)
