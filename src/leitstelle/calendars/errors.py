"""Refusals of the calendars domain, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, InvalidInput, NotFound


class KeyTaken(InvalidInput):
    """The owner has another calendar with that key."""

    code = "calendar_key_taken"
    default_message = _("There are already service hours with the key %(key)s.")


class ValidInThePast(InvalidInput):
    """A version would change what was already promised and measured."""

    code = "calendar_valid_in_the_past"
    default_message = _("New service hours cannot hold from a moment in the past.")


class NeverOpen(InvalidInput):
    """Hours without any opening from one year to the next: what is counted by them would never be due."""

    code = "calendar_never_open"
    default_message = _(
        "These service hours would never be open, and nothing counted by them would ever be due. "
        "Please enter hours for at least one weekday."
    )


class CalendarInUse(Conflict):
    """Something is still counted by these service hours; `users` says what, in words."""

    code = "calendar_in_use"
    default_message = _("These service hours are still used by: %(users)s")


class CalendarRetired(Conflict):
    """Retired service hours cannot become the default; they have to be restored first."""

    code = "calendar_retired"
    default_message = _("These service hours are retired. Please restore them first.")


class NoCalendar(NotFound):
    """Neither the organisation nor the house has default service hours."""

    code = "calendar_missing"
    default_message = _("There are no service hours yet.")
