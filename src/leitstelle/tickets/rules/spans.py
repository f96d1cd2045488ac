"""The arithmetic of days: which stretch of time a condition about a moment lets through."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leitstelle.tickets.rules.columns import Operator
from leitstelle.tickets.rules.conditions import Condition


def span(condition: Condition, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return the moments a time condition lets through, from (inclusive) and to (exclusive), aware UTC.

    Days begin at midnight in `zone`, so that "today" has 23 or 25 hours when clocks change. `None`: no bound.
    """
    value, operator = condition.value, condition.operator
    if operator is Operator.LAST_DAYS and isinstance(value, int):
        return now - timedelta(days=value), None
    if operator is Operator.OLDER_DAYS and isinstance(value, int):
        return None, now - timedelta(days=value)
    if operator is Operator.WITHIN_HOURS and isinstance(value, int):
        return now, now + timedelta(hours=value)
    if operator is Operator.OVERDUE:
        return None, now
    if operator is Operator.TODAY:
        today = now.astimezone(zone).date()
        return _midnight(today, zone), _midnight(today + timedelta(days=1), zone)
    if operator is Operator.FROM and isinstance(value, str):
        return _midnight(date.fromisoformat(value), zone), None
    if operator is Operator.BEFORE and isinstance(value, str):
        return None, _midnight(date.fromisoformat(value), zone)
    return None, None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
