"""The table of schedules is what domains registered."""

from leitstelle.config.schedules import SCHEDULES
from leitstelle.kernel.work.rules import Rhythm
from leitstelle.kernel.work.schedules import schedules


def words(rhythm: Rhythm) -> str:
    return f"daily at {rhythm.daily_at}" if rhythm.every is None else f"every {rhythm.every}"


def test_the_table_lists_every_schedule_with_its_rhythm() -> None:
    registered = {one.name: words(one.rhythm) for one in schedules() if not one.name.startswith("test.")}
    assert registered == SCHEDULES, "bring config/schedules.py up to date"


def test_the_table_is_in_order() -> None:
    assert list(SCHEDULES) == sorted(SCHEDULES)
