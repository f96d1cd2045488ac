"""The form of a version: its matrix of targets, warnings, pauses and steps."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Level
from leitstelle.accounts.policies import visible_levels
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Priority
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions import TargetInput, VersionInput
from leitstelle.sla.choices import PROMISED, Metric
from leitstelle.sla.forms.amounts import AmountField, Cell, MatrixRow
from leitstelle.sla.forms.steps import StepFields, initial_steps
from leitstelle.sla.labels import METRIC
from leitstelle.sla.rules.amounts import HOUR, Amount

_DAY = 24 * HOUR


class VersionForm(StepFields):
    """All that a version of an agreement says; `own` is the customer whose service hours may be chosen besides."""

    calendar = forms.ModelChoiceField(ServiceCalendar.objects.none(), label=_("Service hours"))
    warn_percent = forms.IntegerField(
        label=_("Warning"), min_value=1, max_value=98, initial=75, help_text=_("Per cent of the target")
    )
    crit_percent = forms.IntegerField(
        label=_("Critical"), min_value=2, max_value=99, initial=90, help_text=_("Per cent of the target")
    )
    pause_for_vendor = forms.BooleanField(label=_("Waiting for the manufacturer pauses"), required=False)
    pause_for_third = forms.BooleanField(label=_("Waiting for others pauses"), required=False, initial=True)
    longest_pause = AmountField(
        label=_("Longest pause"),
        help_text=_(
            "For example “14 days”, nights and weekends included; then the clock runs on. Empty: no limit."
        ),
    )
    restart_on_reopen = forms.BooleanField(
        label=_("Reopening begins a new deadline"),
        required=False,
        help_text=_("Otherwise the deadline goes on where it stood when the ticket was resolved."),
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Beginning of that day. Leave empty for now."),
    )
    takes_over = forms.BooleanField(
        label=_("Also for tickets that are open then"),
        required=False,
        help_text=_(
            "Time that was used stays used. Otherwise open tickets keep the terms they were opened under."
        ),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: Viewer, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.calendars = visible_calendars(viewer).filter(is_active=True)
        self._choices("calendar", self.calendars)
        self.priorities = list(Priority.objects.all())
        self.levels = list(
            visible_levels(viewer).select_related("scheme").filter(teams__isnull=False).distinct()
        )
        calendars = [("", _("as above")), *((str(one.pk), one.name) for one in self.calendars)]
        self._by_id = {str(one.pk): one for one in self.calendars}
        for column, label in self.columns():
            for priority in self.priorities:
                name = f"{column}-{priority.pk}"
                whole = f"{label}, P{priority.pk} {name_of(priority)}"
                self.fields[name] = AmountField(label=whole)
                self.fields[f"{name}-hours"] = forms.ChoiceField(
                    label=_("Service hours: %(what)s") % {"what": whole}, choices=calendars, required=False
                )

        self._offer_steps(viewer)

    def columns(self) -> Iterator[tuple[str, str]]:
        """Key and name of each column: the promised metrics, then one for each level with teams."""
        for metric in PROMISED:
            yield metric.value, str(METRIC[metric])
        for level in self.levels:
            yield f"level{level.pk}", name_of(level)

    @staticmethod
    def initial_of(version: VersionInput) -> dict[str, Any]:
        """What the form shows for an existing version."""
        initial: dict[str, Any] = {
            "calendar": version.calendar.pk,
            "warn_percent": version.warn_percent,
            "crit_percent": version.crit_percent,
            "pause_for_vendor": version.pause_for_vendor,
            "pause_for_third": version.pause_for_third,
            "longest_pause": _pause(version.longest_pause_seconds),
            "restart_on_reopen": version.restart_on_reopen,
            "targets": version.targets,
        }
        initial |= initial_steps(version.steps)
        for one in version.targets:
            name = f"{one.metric if one.level is None else f'level{one.level.pk}'}-{one.priority}"
            initial[name] = one.amount
            initial[f"{name}-hours"] = str(one.calendar.pk) if one.calendar else ""
        return initial

    def promised(self) -> list[MatrixRow]:
        """The matrix of what is promised to customers."""
        return self._rows([metric.value for metric in PROMISED])

    def internal(self) -> list[MatrixRow]:
        """The matrix of internal targets."""
        return self._rows([f"level{level.pk}" for level in self.levels])

    def promised_names(self) -> list[str]:
        return [str(METRIC[metric]) for metric in PROMISED]

    def level_names(self) -> list[str]:
        return [name_of(level) for level in self.levels]

    def version(self) -> VersionInput:
        """The value; of a valid form only."""
        cleaned = self.cleaned_data
        pause = cleaned["longest_pause"]
        return VersionInput(
            calendar=cleaned["calendar"],
            targets=tuple(self.targets()),
            valid_from=self._begins(),
            warn_percent=cleaned["warn_percent"],
            crit_percent=cleaned["crit_percent"],
            pause_for_vendor=cleaned["pause_for_vendor"],
            pause_for_third=cleaned["pause_for_third"],
            longest_pause_seconds=pause.in_seconds(_DAY) if pause else None,
            restart_on_reopen=cleaned["restart_on_reopen"],
            takes_over=cleaned.get("takes_over", False),
            steps=tuple(self.steps()),
        )

    def initial_targets(self) -> list[TargetInput]:
        """The targets it was filled with, before anything was typed."""
        return list(self.initial.get("targets", ()))

    def initial_calendar(self) -> ServiceCalendar | None:
        """The service hours it was filled with."""
        return self._by_id.get(str(self.initial.get("calendar", "")))

    def targets(self) -> Iterator[TargetInput]:
        """The targets that could be read so far."""
        columns: list[tuple[str, Metric, Level | None]] = [(one.value, one, None) for one in PROMISED]
        columns += [(f"level{level.pk}", Metric.INTERNAL, level) for level in self.levels]
        for column, metric, level in columns:
            for priority in self.priorities:
                amount = self.cleaned_data.get(f"{column}-{priority.pk}")
                if amount is not None:
                    hours = self._by_id.get(self.cleaned_data.get(f"{column}-{priority.pk}-hours", ""))
                    yield TargetInput(metric, priority.pk, amount, hours, level)

    def _rows(self, columns: list[str]) -> list[MatrixRow]:
        return [
            MatrixRow(
                one.pk,
                name_of(one),
                [Cell(self[f"{column}-{one.pk}"], self[f"{column}-{one.pk}-hours"]) for column in columns],
            )
            for one in self.priorities
        ]

    def _begins(self) -> datetime:
        day = self.cleaned_data.get("valid_from")
        if day is None or day == timezone.localtime(self.now).date():
            return self.now
        here = timezone.get_current_timezone()
        return datetime.combine(day, time(), tzinfo=here).astimezone(UTC)

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows


def _pause(seconds: int | None) -> Amount | None:
    if seconds is None:
        return None
    return Amount(days=seconds // _DAY) if seconds % _DAY == 0 else Amount(seconds)
