"""Forms about clocks: another cause of a missed target, and a period retold under other terms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import Metric
from leitstelle.sla.labels import CAUSE
from leitstelle.sla.models import Agreement
from leitstelle.sla.policies import visible_agreements


class CauseForm(forms.Form):
    """Another cause of a missed target; `clock` is its metric, for internal ones with the level."""

    clock = forms.RegexField(r"^[a-z]+(-\d{1,9})?$", max_length=30)
    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSE.items)
    reason = forms.CharField(label=_("Why"), max_length=300)

    def clean_clock(self) -> str:
        name = str(self.cleaned_data["clock"])
        if name.partition("-")[0] not in Metric.values:
            raise forms.ValidationError(_("There is no such clock."))
        return name

    def key(self) -> tuple[Metric, int | None]:
        """The clock it is about; of a valid form only."""
        name, _dash, level = self.cleaned_data["clock"].partition("-")
        return Metric(name), int(level) if level else None


class WhatIfForm(forms.Form):
    """A past period, and what is to count instead: another agreement, other service hours, or both."""

    begin = forms.DateField(
        label=_("Opened from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(label=_("up to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Customer"), required=False, empty_label=_("all customers")
    )
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label=_("Under the agreement"), required=False, empty_label=_("as it was")
    )
    calendar = forms.ModelChoiceField(
        ServiceCalendar.objects.none(),
        label=_("By the service hours"),
        required=False,
        empty_label=_("as it was"),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "organisation": visible_organisations(viewer),
            "agreement": visible_agreements(viewer),
            "calendar": visible_calendars(viewer),
        }
        for name, rows in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("begin"), cleaned.get("end")
        if begin and end and end < begin:
            self.add_error("end", _("The end has to come after the beginning."))
        if not cleaned.get("agreement") and not cleaned.get("calendar"):
            self.add_error("agreement", _("Please choose another agreement or other service hours."))
        return cleaned
