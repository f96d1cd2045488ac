"""Service-hours arithmetic on plain values: no Django, no database, no clock of its own.

Owns frames, weeks, special days, public holidays, time zones and every sum over them. Leaves storing
calendars and their versions to `leitstelle.calendars.models`, choosing one to `leitstelle.calendars.queries`
and higher domains.
"""

from leitstelle.calendars.choices import DayKind
from leitstelle.calendars.rules.calendar import Calendar, VersionedCalendar, Week
from leitstelle.calendars.rules.days import WEEKDAYS, DayPlan, SpecialDay
from leitstelle.calendars.rules.explanation import Explanation, Step, explain
from leitstelle.calendars.rules.form import calendar_from, parse_week
from leitstelle.calendars.rules.frames import Frame, format_frames, parse_frames
from leitstelle.calendars.rules.holidays import HolidaySet
from leitstelle.calendars.rules.hours import ServiceHours
from leitstelle.calendars.rules.problems import CalendarProblem, NeverOpens

__all__ = [
    "WEEKDAYS",
    "Calendar",
    "CalendarProblem",
    "DayKind",
    "DayPlan",
    "Explanation",
    "Frame",
    "HolidaySet",
    "NeverOpens",
    "ServiceHours",
    "SpecialDay",
    "Step",
    "VersionedCalendar",
    "Week",
    "calendar_from",
    "explain",
    "format_frames",
    "parse_frames",
    "parse_week",
]
