"""Pages of the administration of service hours."""

from leitstelle.calendars.views.editing import (
    calendar_active,
    calendar_default,
    calendar_edit,
    calendar_name,
    calendar_new,
)
from leitstelle.calendars.views.reading import calendar_detail, calendar_list

__all__ = [
    "calendar_active",
    "calendar_default",
    "calendar_detail",
    "calendar_edit",
    "calendar_list",
    "calendar_name",
    "calendar_new",
]
