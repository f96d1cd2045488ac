"""Time zones as stretches of constant offset, and the rule for wall times that do not exist or exist twice.

**The rule.** A moment is judged by what the clock on the wall shows at it. So a frame 01:00-02:30 ends, on
the night the clock jumps from 02:00 to 03:00, at the jump; a frame 02:30-06:00 begins at it; a frame
02:00-03:00 does not happen. On the night an hour is repeated, a frame 02:00-03:00 is open for two hours, and
a frame that ends at 02:30 is open whenever the clock shows less: up to the first 02:30, and again from the
second 02:00 to the second 02:30. Elapsed time is always counted in UTC, never as a difference of wall times.

Moments are integers here: microseconds since 1970 in UTC, or the same of the local wall time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leitstelle.calendars.rules.problems import CalendarProblem

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
LAST_YEAR = 9998
_TICK = timedelta(microseconds=1)

Segment = tuple[int, int, int]
"""From (UTC), up to (UTC), offset to add for the wall time."""


def zone(key: str) -> ZoneInfo:
    """The IANA zone of that name; raises `CalendarProblem("zone_unknown")`."""
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarProblem("zone_unknown", zone=key) from error


def to_ticks(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment; raises `CalendarProblem` for a naive one."""
    if moment.tzinfo is None:
        raise CalendarProblem("moment_zone", text=moment.isoformat())
    return (moment - EPOCH) // _TICK


def to_moment(ticks: int) -> datetime:
    return EPOCH + timedelta(microseconds=ticks)


def segments(key: str, begin: int, end: int) -> Iterator[Segment]:
    """The stretches of constant offset that cover `begin` to `end` (UTC), in order, at most a year each."""
    for year in range(to_moment(begin).year, min(to_moment(end).year, LAST_YEAR) + 1):
        for segment in _segments_of_year(key, year):
            if segment[1] > begin and segment[0] < end:
                yield segment


def wall_ticks(key: str, ticks: int) -> int:
    """What the clock on the wall shows at a moment."""
    return ticks + _offset(zone(key), ticks // SECOND) * SECOND


def first_showing(key: str, wall: int) -> int:
    """The first moment at which the clock shows that wall time; for one it skips, the moment of the jump."""
    for begin, end, offset in segments(key, wall - 2 * DAY, wall + 3 * DAY):
        moment = max(begin, wall - offset)
        if moment < end:
            return moment
    raise OverflowError(wall)


def _offset(tz: ZoneInfo, seconds: int) -> int:
    offset = (EPOCH + timedelta(seconds=seconds)).astimezone(tz).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


@lru_cache(maxsize=2048)
def _segments_of_year(key: str, year: int) -> tuple[Segment, ...]:
    """Found by looking at each UTC midnight and halving where it differs: zoneinfo lists no changes."""
    tz = zone(key)
    begin = to_ticks(datetime(year, 1, 1, tzinfo=UTC)) // SECOND
    end = to_ticks(datetime(year + 1, 1, 1, tzinfo=UTC)) // SECOND
    result: list[Segment] = []
    start, offset = begin, _offset(tz, begin)
    for midnight in range(begin + 86_400, end + 1, 86_400):
        if _offset(tz, midnight) != offset:
            change = _change_between(tz, midnight - 86_400, midnight)
            result.append((start * SECOND, change * SECOND, offset * SECOND))
            start, offset = change, _offset(tz, midnight)
    result.append((start * SECOND, end * SECOND, offset * SECOND))
    return tuple(segment for segment in result if segment[0] < segment[1])


def _change_between(tz: ZoneInfo, low: int, high: int) -> int:
    """The first second with the offset that holds at `high`, where `low` has another."""
    before = _offset(tz, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(tz, middle) == before:
            low = middle
        else:
            high = middle
    return high
