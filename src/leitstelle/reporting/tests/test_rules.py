"""Pure arithmetic of the overview; no database."""

from datetime import UTC, datetime, timedelta

from leitstelle.calendars.rules import Calendar
from leitstelle.calendars.rules.form import parse_week
from leitstelle.reporting.rules import Load, rolled_up, service_time_ago

OFFICE = Calendar("Europe/Berlin", parse_week("mo-fr 08:00-17:00"))
# A Monday, 10:00 in Berlin.
MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def test_service_time_ago_steps_over_nights_and_weekends() -> None:
    friday = datetime(2026, 3, 13, 14, 0, tzinfo=UTC)
    assert abs(service_time_ago(OFFICE, MONDAY, 4 * 3600) - friday) <= timedelta(seconds=2)
    assert abs(service_time_ago(OFFICE, MONDAY, 3600) - (MONDAY - timedelta(hours=1))) <= timedelta(seconds=2)


def test_hours_that_hardly_open_give_the_furthest_moment() -> None:
    rarely = Calendar("Europe/Berlin", parse_week("mo 08:00-08:01"))
    assert service_time_ago(rarely, MONDAY, 80 * 3600) == MONDAY - timedelta(days=60)


def test_load_is_rolled_up_by_key() -> None:
    parts = [("a", Load(2, overdue=1)), ("b", Load(1)), ("a", Load(3, soon=1, waiting=2))]
    assert rolled_up(parts) == {"a": Load(5, overdue=1, soon=1, waiting=2), "b": Load(1)}
