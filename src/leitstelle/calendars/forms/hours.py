"""Service hours as a form: one text line per weekday, a place for the holidays, days that differ as lines."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.calendars import labels
from leitstelle.calendars.forms.days import format_days, parse_days
from leitstelle.calendars.forms.places import place_choices, place_key, place_of
from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.rules import (
    WEEKDAYS,
    Calendar,
    CalendarProblem,
    HolidaySet,
    format_frames,
    parse_frames,
)
from leitstelle.calendars.rules.zones import zone
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import DayInput, zone_choices

EXAMPLE = "08:00–12:00, 13:00–17:00"


class HoursForm(forms.Form):
    """A version of service hours; `hours()` is the value of the rules. Typed text stays as it was typed."""

    tz = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, initial="Europe/Berlin")
    place = forms.ChoiceField(
        label=_("Holidays"),
        choices=place_choices,
        required=False,
        help_text=_("Public holidays of this place, computed without a connection."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Further holidays"),
        choices=list(labels.CATEGORIES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    half_day = forms.CharField(
        label=_("Hours on half days"),
        required=False,
        max_length=200,
        help_text=_("For half days of the chosen place. Leave empty if they are closed."),
    )
    days = forms.CharField(
        label=_("Days that differ"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "One day per line: date, hours if open, name. For example “24.12. 08:00–12:00 Christmas Eve” "
            "for every year, or “15.05.2026 Company outing” for a closed day."
        ),
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        required=False,
        widget=DayInput,
        help_text=_("Beginning of that day. Leave empty for now."),
    )

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for name in WEEKDAYS:
            self.fields[name] = forms.CharField(
                label=labels.WEEKDAYS[name],
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"placeholder": _("closed"), "autocomplete": "off"}),
            )

    @staticmethod
    def initial_of(calendar: Calendar) -> dict[str, Any]:
        """What the form shows for existing hours."""
        place = calendar.holidays if isinstance(calendar.holidays, HolidaySet) else None
        week = zip(WEEKDAYS, calendar.week, strict=True)
        return {
            **{name: format_frames(frames) for name, frames in week},
            "tz": calendar.tz,
            "place": place_key(place),
            "categories": [name for name in place.categories if name != "catholic"] if place else [],
            "half_day": format_frames(place.half_day_frames) if place else "",
            "days": format_days(calendar.special),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parsers: dict[str, Any] = dict.fromkeys((*WEEKDAYS, "half_day"), parse_frames) | {"days": parse_days}
        for name, parse in parsers.items():
            self._parse(name, parse)
        self._parse("place", self._holiday_set)
        if cleaned.get("valid_from") and "tz" in cleaned:
            self._check_valid_from()
        return cleaned

    def hours(self) -> Calendar:
        """The value; of a valid form only."""
        cleaned = self.cleaned_data
        return Calendar(
            tz=cleaned["tz"],
            week=tuple(cleaned[name] for name in WEEKDAYS),
            special=cleaned["days"],
            holidays=cleaned["place"],
        )

    def readable_hours(self) -> Calendar | None:
        """The value as far as the rest of a form that was sent is still wrong; `None` while hours cannot be read."""
        needed = {*WEEKDAYS, "tz", "place", "half_day", "days"}
        return self.hours() if self.is_bound and not needed & set(self.errors) else None

    def begins(self) -> datetime:
        """From when on in UTC: midnight in the zone of the hours, or now for today and where nothing is given."""
        day = self.cleaned_data.get("valid_from")
        if day is None:
            return self.now
        midnight = datetime.combine(day, time(), tzinfo=zone(self.cleaned_data["tz"])).astimezone(UTC)
        today = self.now.astimezone(zone(self.cleaned_data["tz"])).date()
        return self.now if day == today else midnight

    def _check_valid_from(self) -> None:
        if self.begins() < self.now:
            self.add_error("valid_from", _("Please choose today or a later day."))

    def _parse(self, name: str, parse: Any) -> None:
        if name not in self.cleaned_data:
            return
        try:
            self.cleaned_data[name] = parse(self.cleaned_data[name])
        except CalendarProblem as problem:
            self.add_error(name, problem_text(problem))

    def _holiday_set(self, key: str) -> HolidaySet | None:
        place = place_of(key)
        if place is None:
            return None
        country, subdivision, municipality, categories = place
        further = (*categories, *self.cleaned_data.get("categories", ()))
        half_day = self.cleaned_data.get("half_day", ())
        return HolidaySet(country, subdivision, municipality, further, half_day)


class NameForm(forms.Form):
    """Another name for service hours."""

    name = forms.CharField(label=_("Name"), max_length=120)


class NewCalendarForm(HoursForm):
    """New service hours: name and owner besides."""

    name = forms.CharField(label=_("Name"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Customer"),
        required=False,
        empty_label=_("House (for all customers)"),
    )
    field_order = ("name", "organisation")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = self.fields["organisation"]
        if isinstance(organisations, forms.ModelChoiceField):
            organisations.queryset = visible_organisations(viewer)
        del self.fields["valid_from"], self.fields["seen"]
        for name in WEEKDAYS[:5]:
            self.fields[name].initial = EXAMPLE

    @staticmethod
    def example() -> Calendar:
        """The hours that the empty form proposes."""
        frames = parse_frames(EXAMPLE)
        return Calendar("Europe/Berlin", (*[frames] * 5, (), ()))

    def key(self) -> str:
        """A stable key from the name."""
        name = self.cleaned_data["name"].lower()
        for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
            name = name.replace(letter, plain)
        return slugify(name)[:60] or "hours"
