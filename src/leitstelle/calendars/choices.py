"""Codes of the calendars domain. Without Django, as the rules and the command line use them."""

from enum import StrEnum


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    WEEKDAY = "weekday"
    HOLIDAY = "holiday"
    HALF_DAY = "half_day"
    COMPANY_DAY = "company_day"
