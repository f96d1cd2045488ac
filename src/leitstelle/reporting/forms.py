"""What administrators say about the overview."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.reporting.actions import OverviewInput
from leitstelle.reporting.choices import MOST_DAYS, MOST_HOURS
from leitstelle.reporting.models import OverviewSettings

_NAMES = ("show_people", "soon_hours", "quiet_hours", "returned_days")


class OverviewForm(forms.Form):
    """What leads see of their teams."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    show_people = forms.BooleanField(
        label=_("Show the load of single persons"),
        required=False,
        help_text=_(
            "How many open tickets somebody has, so that work can be spread. Switched off, load is shown by level and "
            "team only. Rates of persons are never shown."
        ),
    )
    soon_hours = forms.IntegerField(
        label=_("“Due soon” means within (service hours)"), min_value=1, max_value=MOST_HOURS
    )
    quiet_hours = forms.IntegerField(
        label=_("“Nobody touched it” means for (service hours)"), min_value=1, max_value=MOST_HOURS
    )
    returned_days = forms.IntegerField(
        label=_("Handovers returned in the last (days)"), min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, data: Any = None, *, settings: OverviewSettings) -> None:
        names = ("version", *_NAMES)
        super().__init__(data, initial={name: getattr(settings, name) for name in names})

    def to_input(self) -> OverviewInput:
        """The input of the action."""
        return OverviewInput(**{name: self.cleaned_data[name] for name in _NAMES})
