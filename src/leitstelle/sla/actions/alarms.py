"""Recording thresholds that were reached, and pauses that were over by themselves."""

from datetime import datetime

from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions.clocks import update_clocks
from leitstelle.sla.choices import ClockState
from leitstelle.sla.events import PauseEnded, ThresholdReached
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.models import Ticket


@unit()
def leave_past_alarms_silent(now: datetime) -> None:
    """Count thresholds that passed before `now` as rung, for tickets that were brought in from elsewhere."""
    past = TicketClock.objects.filter(next_alarm_at__lte=now, state=ClockState.RUNNING)
    for clock in past.order_by("pk").iterator(chunk_size=500):
        _move_on(clock, now)


def ring_due_alarms(now: datetime, limit: int = 500) -> int:
    """Record `ThresholdReached` for running clocks that passed a threshold; returns how many clocks it looked at.

    Work is proportional to what is due: one indexed range. Each threshold rings once; of several that passed
    meanwhile only the highest, which names the one that rang before. Pauses that may last no longer end.
    """
    clocks = TicketClock.objects.filter(next_alarm_at__lte=now).select_related("ticket")
    return sum(_ring(clock, now) for clock in clocks.order_by("next_alarm_at", "pk")[:limit])


@unit()
def _ring(clock: TicketClock, now: datetime) -> int:
    if clock.state == ClockState.PAUSED:
        return _end_pause(clock.ticket, now)
    before = clock.reached_percent
    reached = _move_on(clock, now)
    if reached is None:
        return 0
    record(
        ThresholdReached(
            metric=clock.metric,
            percent=reached,
            agreement_version=clock.version_id,
            percent_before=before,
            level_id=clock.level_id,
        ),
        subject=Subject("ticket", clock.ticket_id),
        actor=Viewer.system().actor,
        at=now,
        state={"priority": clock.ticket.priority_id, "status": clock.ticket.status_id},
    )
    return 1


def _move_on(clock: TicketClock, now: datetime) -> int | None:
    """Let the clock wait for its next alarm; returns the highest that passed, `None` if another was faster."""
    moments = [(int(percent), datetime.fromisoformat(at)) for percent, at in clock.alarms]
    passed = [percent for percent, at in moments if at <= now and percent > clock.reached_percent]
    ahead = [at for _percent, at in moments if at > now]
    reached = max(passed, default=clock.reached_percent)
    row = TicketClock.objects.filter(
        pk=clock.pk, next_alarm_at=clock.next_alarm_at, reached_percent=clock.reached_percent
    )
    moved = row.update(reached_percent=reached, next_alarm_at=ahead[0] if ahead else None)
    return reached if moved and passed else None


def _end_pause(ticket: Ticket, now: datetime) -> int:
    """Compute the ticket's clocks anew: they run since the agreed end of the pause."""
    paused = TicketClock.objects.filter(ticket=ticket, state=ClockState.PAUSED)
    over = list(paused.filter(next_alarm_at__lte=now).order_by("pk").values_list("metric", flat=True))
    if not over:
        return 0
    update_clocks(ticket, now)
    record(
        PauseEnded(metrics=tuple(over)),
        subject=Subject("ticket", ticket.pk),
        actor=Viewer.system().actor,
        at=now,
        state={"priority": ticket.priority_id, "status": ticket.status_id},
    )
    return 1
