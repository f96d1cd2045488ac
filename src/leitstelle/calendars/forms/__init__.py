"""Forms of the administration of service hours: what people type, and the values of the rules that come of it."""

from leitstelle.calendars.forms.hours import HoursForm, NameForm, NewCalendarForm
from leitstelle.calendars.forms.trial import TrialForm

__all__ = ["HoursForm", "NameForm", "NewCalendarForm", "TrialForm"]
