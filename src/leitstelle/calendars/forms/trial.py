"""The box to try service hours: a start and a duration of service time."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.calendars.rules.zones import first_showing, to_moment, to_ticks

_DURATION = re.compile(
    r"(\d{1,3})(?:[.,](\d{1,2})|:([0-5]\d))?\s*(?:h|Std\.?|Stunden|hours?)?", re.IGNORECASE
)


class TrialForm(forms.Form):
    """Start in wall time of the service hours, duration as „4“, „1,5“ or „0:30“ hours."""

    start = forms.CharField(
        label=pgettext_lazy("date and time", "Start"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )
    duration = forms.CharField(label=_("Service time in hours"), max_length=20, initial="4")

    def __init__(self, *args: Any, tz: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tz = tz

    def clean_start(self) -> datetime:
        """In UTC; a wall time that the clock skips is the moment of the jump."""
        try:
            typed = datetime.fromisoformat(self.cleaned_data["start"].strip())
            wall = to_ticks(typed.replace(tzinfo=UTC))
            return to_moment(first_showing(self.tz, wall))
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Please choose a date and a time.")) from error

    def clean_duration(self) -> int:
        """In seconds."""
        found = _DURATION.fullmatch(self.cleaned_data["duration"].strip())
        if found is None:
            raise forms.ValidationError(_("Please write hours below 1000, such as 4, 1.5 or 0:30."))
        fraction = float(f"0.{found[2]}") * 3600 if found[2] else int(found[3] or 0) * 60
        return round(int(found[1]) * 3600 + fraction)
