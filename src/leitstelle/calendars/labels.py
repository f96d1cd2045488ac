"""Translated names of weekdays, kinds of days and holidays, and of everything that can be wrong with service hours."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from leitstelle.calendars.choices import DayKind

WEEKDAYS: Mapping[str, StrPromise] = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
DAY_KINDS: Mapping[DayKind, StrPromise] = {
    DayKind.WEEKDAY: _("Weekday"),
    DayKind.HOLIDAY: _("Holiday"),
    DayKind.HALF_DAY: _("Half day"),
    DayKind.COMPANY_DAY: _("Company day"),
}
COUNTRIES: Mapping[str, StrPromise] = {"DE": _("Germany"), "AT": _("Austria"), "CH": _("Switzerland")}
CATEGORIES: Mapping[str, StrPromise] = {
    "bank": _("Austria: bank holidays"),
    "protestant": _("Austria: Protestant holidays"),
    "half_day": _("Switzerland: half days"),
    "de_facto": _("Switzerland: days commonly taken off"),
    "optional": _("Switzerland: optional holidays"),
}
PROBLEMS: Mapping[str, StrPromise] = {
    "time_format": _("“%(text)s” is not a time of day. Please write it as 08:00, at most 48:00."),
    "frame_format": _("“%(text)s” is not a time range. Please write it as 08:00–17:00."),
    "frame_empty": _("%(text)s has no length. Leave the day empty if it is closed."),
    "frame_backwards": _("%(text)s ends before it begins. Past midnight, write it as 22:00–30:00."),
    "frame_start": _("%(text)s has to begin before 24:00. Please put it on the next day."),
    "frame_long": _("%(text)s is longer than 24 hours."),
    "frames_overlap": _("%(first)s and %(second)s overlap."),
    "zone_unknown": _("“%(zone)s” is not a known time zone."),
    "given_twice": _("%(text)s is given twice."),
    "date_format": _("“%(text)s” is not a date. Please write it as 24.12.2026, or 24.12. for every year."),
    "yearly_format": _("“%(text)s” is not a day of the year. Please write it as 24.12."),
    "moment_format": _("“%(text)s” is not a date with a time."),
    "seconds_negative": _("The service time must not be negative."),
    "never_opens": _("These service hours never open."),
    "too_far": _("There is less service time than that within the next %(years)s years."),
    "country_unknown": _("Holidays of “%(country)s” are not known."),
    "subdivision_unknown": _("“%(subdivision)s” is not a part of %(country)s."),
    "municipality_unknown": _("“%(municipality)s” has no holidays of its own."),
    "category_unknown": _("These holidays do not exist in the chosen country."),
}
