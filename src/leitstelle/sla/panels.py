"""Deadlines on the pages of tickets: the bar of a row, and the clocks beside a ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.accounts.models import Organisation
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.calendars.queries import hours_of_each_in_use, register_users
from leitstelle.contracts.models import CustomerContract
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import AdminSection, Link, Panel, fill, linker, register_admin_section
from leitstelle.kernel.web.formats import clock_time, day_time, duration, hours_minutes, local
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.labels import CAUSE, METRIC
from leitstelle.sla.models import Agreement, AgreementVersion, TicketClock
from leitstelle.sla.policies import can_edit_agreements, visible_agreements, visible_clocks
from leitstelle.sla.queries import REMEMBERED, ClockKey, Promise, Reading, compute_clocks, promise_in_use
from leitstelle.sla.queries.explaining import promise_sentence
from leitstelle.sla.queries.words import scope_words
from leitstelle.sla.rules.clocks import Clock, Hours, seconds_used
from leitstelle.tickets.models import Ticket

_MINUTE = timedelta(minutes=1)
# Of finished clocks the last in this order is shown.
_ORDER = {metric: place for place, metric in enumerate(Metric)}


@register_sentence("sla.threshold_reached", "clock")
def threshold(data: Mapping[str, Any]) -> str:
    """Say which part of a deadline was used up."""
    metric = str(METRIC[Metric(data["metric"])])
    if data["percent"] >= 100:
        return _("noted that the deadline has passed: %(metric)s") % {"metric": metric}
    values = {"percent": data["percent"], "metric": metric}
    return _("noted that %(percent)s %% of the deadline are used: %(metric)s") % values


@register_sentence("sla.pause_ended", "player-play")
def pause_ended(data: Mapping[str, Any]) -> str:
    """Say that clocks run again by themselves."""
    return _("noted that a pause has lasted as long as agreed")


@register_sentence("sla.workaround_given", "tool")
def workaround(data: Mapping[str, Any]) -> str:
    """Say that the requester can work again, in another way."""
    return _("gave a workaround")


@register_sentence("sla.cause_corrected", "edit")
def cause_corrected(data: Mapping[str, Any]) -> str:
    """Say what caused a missed target."""
    values = {"metric": METRIC[data["metric"]], "cause": CAUSE[data["cause"]]}
    return _("said why the deadline was missed (%(metric)s): %(cause)s") % values


@fill("inbox.due", order=10)
def due_of_rows(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Return state, wording and used share of each row's next deadline, in one query for the page."""
    clocks = visible_clocks(viewer).filter(ticket__in=[ticket.pk for ticket in tickets]).defer("alarms")
    shown: dict[int, TicketClock] = {}
    for clock in clocks:
        known = shown.get(clock.ticket_id)
        if known is None or _rank(clock) < _rank(known):
            shown[clock.ticket_id] = clock
    now = timezone.now()
    used = {clock.calendar_id for clock in shown.values() if clock.calendar_id is not None}
    hours = hours_of_each_in_use(tuple(sorted(used))) if used else {}
    return {
        pk: Panel(context=_bar(clock, hours.get(clock.calendar_id or 0), now)) for pk, clock in shown.items()
    }


def _rank(clock: TicketClock) -> tuple[int, datetime, int]:
    """Running clocks by due time, then paused ones, then finished ones."""
    states = [ClockState.RUNNING, ClockState.PAUSED]
    place = states.index(ClockState(clock.state)) if clock.state in states else 2
    return place, clock.due_at or clock.started_at, -_ORDER[Metric(clock.metric)] if place == 2 else 0


def _bar(clock: TicketClock, hours: Hours | None, now: datetime) -> dict[str, Any]:
    metric = str(METRIC[Metric(clock.metric)])
    if clock.state == ClockState.PAUSED:
        used = clock.consumed_seconds * 100 // max(1, clock.target_seconds)
        return {"state": "paused", "text": _("paused"), "percent": min(100, used), "title": metric}
    if clock.running_since is None or clock.due_at is None or hours is None:
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
        reading = compute_clocks(ticket, now, source=REMEMBERED)
        if reading.promise is None:
            continue
        context = {
            "agreement": _agreement(reading, reading.promise),
            "explain_url": reverse("sla:deadlines", args=[ticket.public_id]),
            "workaround_url": _workaround_url(ticket, reading),
            "clocks": [_drawn(str(METRIC[key.metric]), clock, now) for key, clock in _shown(reading, ticket)],
        }
        panels[ticket.pk] = Panel("sla/_clocks.html", context)
    return panels


def _agreement(reading: Reading, promise: Promise) -> str:
    """The agreement that counts, with the contract it is for."""
    name = promise.version.agreement.name
    best = next((one for one in reading.judgements if one.version == promise.version.pk), None)
    cover = best.candidate.cover if best is not None else None
    return (
        _("%(agreement)s, contract %(contract)s") % {"agreement": name, "contract": cover.label}
        if cover
        else name
    )


def _workaround_url(ticket: Ticket, reading: Reading) -> str:
    """Where to note a workaround, while the ticket waits for one."""
    clock = reading.clock(Metric.WORKAROUND)
    if clock is None or clock.stopped_at is not None:
        return ""
    return reverse("sla:workaround", args=[ticket.public_id])


@fill("report.header", order=20)
def promise_of_report(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Tell the requester in one sentence by when to expect what."""
    now, panels = timezone.now(), {}
    for ticket in tickets:
        sentence = promise_sentence(compute_clocks(ticket, now, source=REMEMBERED), now)
        if sentence:
            panels[ticket.pk] = Panel("sla/_promise.html", {"sentence": sentence})
    return panels


def _shown(reading: Reading, ticket: Ticket) -> list[tuple[ClockKey, Clock]]:
    """The clocks beside a ticket: of the internal ones only that of its level."""
    return [(key, clock) for key, clock in reading.clocks.items() if key.level in (None, ticket.level_id)]


def _drawn(name: str, clock: Clock, now: datetime) -> dict[str, Any]:
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
    used = seconds_used(clock, now)
    return {
        "name": name,
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


@register_users
def agreements_counting_by(calendar: ServiceCalendar) -> list[str]:
    """Active agreements whose newest version counts by these service hours."""
    versions = AgreementVersion.objects.filter(calendar=calendar, agreement__is_active=True)
    newest = Max("agreement__versions__number")
    rows = versions.annotate(newest=newest).filter(number=F("newest")).select_related("agreement")
    return [row.agreement.name for row in rows]


@fill("organisation.side", order=20)
def terms_of_organisation(viewer: Viewer, organisations: Sequence[Organisation]) -> dict[int, Panel]:
    """Show which agreement counts for a customer's new tickets, and by which service hours."""
    if not viewer.is_agent:
        return {}
    now, panels = timezone.now(), {}
    for organisation in organisations:
        promise = promise_in_use(organisation.pk, now)
        if promise is None:
            continue
        version = promise.version
        calendar = visible_calendars(viewer).filter(pk=version.calendar_id).first()
        context = {
            "agreement": version.agreement.name,
            "own": version.agreement.organisation_id is not None,
            "calendar": calendar,
            "open": promise.hours.is_open(now),
        }
        panels[organisation.pk] = Panel("sla/_terms.html", context)
    return panels


@fill("customer_contract.main", order=10)
def agreements_of_contract(viewer: Viewer, contracts: Sequence[CustomerContract]) -> dict[int, Panel]:
    """Show the agreements for a contract; where there are none, the customer's others count."""
    rows = visible_agreements(viewer).filter(contract__in=[one.pk for one in contracts])
    by_contract: dict[int, list[Agreement]] = {}
    for row in rows.select_related("organisation", "contract", "category", "service", "priority").order_by(
        "name", "pk"
    ):
        by_contract.setdefault(row.contract_id or 0, []).append(row)
    return {
        one.pk: Panel(
            "sla/_of_contract.html",
            {
                "rows": [(row, scope_words(row)) for row in by_contract.get(one.pk, [])],
                "contract": one,
                "can_edit": can_edit_agreements(viewer),
            },
        )
        for one in contracts
    }


register_admin_section(
    AdminSection(
        "agreements",
        gettext_lazy("Agreements"),
        "sla:agreements",
        "file-certificate",
        gettext_lazy("Time"),
        20,
        description=gettext_lazy("What is promised to whom: targets, service hours, warnings, pauses"),
    )
)


@linker("agreement")
def agreement_links(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Link]:
    """The pages of the agreements that the viewer sees."""
    rows = visible_agreements(viewer).filter(pk__in=ids)
    return {row.pk: Link(reverse("sla:agreement", args=[row.public_id]), row.name) for row in rows}
