"""The matrix of kinds and channels, for a person and for a role; and a person's rhythm."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.actions import MyChoices
from leitstelle.notifications.choices import Kind, MailChoice
from leitstelle.notifications.labels import KIND, MAIL, PORTAL_KIND, WEEKDAYS
from leitstelle.notifications.models import Rhythm
from leitstelle.notifications.rules.claims import Choice

MINUTES = (5, 15, 30, 60, 120)


class MatrixForm(forms.Form):
    """A row per kind: shown in the product, and when by mail."""

    def __init__(
        self,
        data: Any = None,
        *,
        kinds: Sequence[Kind],
        chosen: Mapping[str, Choice],
        in_portal: bool = False,
    ) -> None:
        super().__init__(data)
        self.kinds = list(kinds)
        for kind in self.kinds:
            name = str(PORTAL_KIND.get(kind, KIND[kind]) if in_portal else KIND[kind])
            self.fields[f"in_{kind}"] = forms.BooleanField(
                required=False, initial=chosen[kind].in_product, label=name
            )
            self.fields[f"mail_{kind}"] = forms.ChoiceField(
                choices=[(code, MAIL[code]) for code in MailChoice], initial=chosen[kind].mail, label=name
            )

    def rows(self) -> list[tuple[str, BoundField, BoundField]]:
        """Name, switch and choice of each kind, for the table."""
        return [
            (str(self.fields[f"in_{kind}"].label), self[f"in_{kind}"], self[f"mail_{kind}"])
            for kind in self.kinds
        ]

    def to_choices(self) -> dict[str, Choice]:
        """What was chosen, by kind."""
        return {
            kind: Choice(self.cleaned_data[f"in_{kind}"], self.cleaned_data[f"mail_{kind}"])
            for kind in self.kinds
        }


class PreferencesForm(MatrixForm):
    """One's own matrix and rhythm. Times are wall time of the person's zone."""

    quiet_begin = forms.TimeField(label=_("No mail from"), required=False)
    quiet_end = forms.TimeField(label=_("until"), required=False)
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("Days without mail"),
        required=False,
        coerce=int,
        choices=[(day, name) for day, name in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
    )
    calendar = forms.ModelChoiceField(
        label=_("Holidays"),
        required=False,
        queryset=ServiceCalendar.objects.none(),
        empty_label=_("No holidays"),
        help_text=_("On the holidays of these service hours no mail arrives."),
    )
    urgent_passes = forms.BooleanField(
        label=_("Priority 1 and passed deadlines may reach me in quiet hours too"), required=False
    )
    batch_minutes = forms.TypedChoiceField(
        label=_("Collect for"),
        coerce=int,
        choices=[(minutes, _("%(count)s minutes") % {"count": minutes}) for minutes in MINUTES],
    )
    digest_at = forms.TimeField(label=_("Daily mail at"))

    def __init__(self, data: Any = None, *, viewer: Viewer, rhythm: Rhythm | None, **matrix: Any) -> None:
        super().__init__(data, **matrix)
        row = rhythm or Rhythm()
        calendars = self.fields["calendar"]
        assert isinstance(calendars, forms.ModelChoiceField)
        calendars.queryset = visible_calendars(viewer)
        quiet = row.quiet_begin != row.quiet_end
        self.initial = {
            "quiet_begin": _clock(row.quiet_begin) if quiet else None,
            "quiet_end": _clock(row.quiet_end) if quiet else None,
            "quiet_days": row.quiet_days,
            "calendar": row.calendar_id,
            "urgent_passes": row.urgent_passes,
            "batch_minutes": row.batch_minutes,
            "digest_at": _clock(row.digest_at),
        }
        for name in ("quiet_begin", "quiet_end", "digest_at"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        """One end of the quiet hours asks for the other."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, other in (("quiet_begin", "quiet_end"), ("quiet_end", "quiet_begin")):
            if cleaned.get(other) is not None and cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Please enter both times, or none."))
        return cleaned

    def to_input(self) -> MyChoices:
        """What the person wants, for the action."""
        cleaned = self.cleaned_data
        calendar = cleaned["calendar"]
        return MyChoices(
            choices=self.to_choices(),
            quiet_begin=_minutes(cleaned["quiet_begin"]),
            quiet_end=_minutes(cleaned["quiet_end"]),
            quiet_days=tuple(cleaned["quiet_days"]),
            calendar_id=calendar.pk if calendar else None,
            urgent_passes=cleaned["urgent_passes"],
            batch_minutes=cleaned["batch_minutes"],
            digest_at=_minutes(cleaned["digest_at"]),
        )


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _minutes(value: time | None) -> int:
    return value.hour * 60 + value.minute if value else 0
