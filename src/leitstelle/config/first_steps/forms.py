"""Short forms of the first steps; what is not asked here keeps its default and is found in the administration."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.actions import TeamInput
from leitstelle.accounts.forms.structure import level_name
from leitstelle.accounts.labels import named
from leitstelle.accounts.models import Level, LevelScheme, Team
from leitstelle.accounts.queries import brand_for, house_facts
from leitstelle.calendars.forms.places import place_choices, place_key, place_of
from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.rules import Calendar, CalendarProblem, HolidaySet, format_frames, parse_frames
from leitstelle.catalog.models import Priority
from leitstelle.intake.actions import MailboxInput
from leitstelle.intake.choices import MailboxFetch
from leitstelle.intake.labels import TLS
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.web.forms import Switch
from leitstelle.sla.choices import Metric
from leitstelle.sla.labels import METRIC

WORKDAYS = 5
TEAM_ROWS = 4
HOUR = 3600


class HoursForm(forms.Form):
    """Where the desk works and when: one line for the week, one for Saturday."""

    place = forms.ChoiceField(
        label=_("Holidays of"),
        choices=place_choices,
        required=False,
        help_text=_(
            "Country and state; where a town or a confession has holidays of its own, choose that line."
        ),
    )
    weekdays = forms.CharField(
        label=_("Monday to Friday"),
        max_length=120,
        help_text=_("For example 08:00–17:00, or with a break 08:00–12:00, 13:00–17:00."),
    )
    saturday = forms.CharField(label=_("Saturday"), max_length=120, required=False)

    @staticmethod
    def initial_of(hours: Calendar) -> dict[str, Any]:
        """What the form shows for existing hours."""
        place = hours.holidays if isinstance(hours.holidays, HolidaySet) else None
        return {
            "place": place_key(place),
            "weekdays": format_frames(hours.week[0]),
            "saturday": format_frames(hours.week[WORKDAYS]),
        }

    def clean_weekdays(self) -> Any:
        """Time ranges of a day."""
        return self._frames("weekdays")

    def clean_saturday(self) -> Any:
        """Time ranges of a day, none for closed."""
        return self._frames("saturday")

    def _frames(self, name: str) -> Any:
        try:
            return parse_frames(self.cleaned_data[name])
        except CalendarProblem as problem:
            raise forms.ValidationError(problem_text(problem)) from problem

    def hours(self, before: Calendar) -> Calendar:
        """The new hours: Sunday, single days and further holidays stay as they were `before`."""
        values = self.cleaned_data
        week = (*[values["weekdays"]] * WORKDAYS, values["saturday"], before.week[WORKDAYS + 1])
        known = before.holidays if isinstance(before.holidays, HolidaySet) else None
        return Calendar(
            tz=house_facts().time_zone, week=week, special=before.special, holidays=self._holidays(known)
        )

    def _holidays(self, known: HolidaySet | None) -> HolidaySet | None:
        place = place_of(self.cleaned_data["place"])
        if place is None:
            return None
        if known is not None and place_key(known) == self.cleaned_data["place"]:
            return known
        country, subdivision, municipality, categories = place
        return HolidaySet(country, subdivision, municipality, categories)


class LevelsForm(forms.Form):
    """Which scheme of levels the house works by."""

    scheme = forms.ChoiceField(label=_("Scheme"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None) -> None:
        schemes = list(LevelScheme.objects.prefetch_related("levels").order_by("pk"))
        chosen = next((row.key for row in schemes if row.is_default), "")
        super().__init__(data, initial={"scheme": chosen})
        self.fields["scheme"].choices = [(row.key, _scheme_text(row)) for row in schemes]  # type: ignore[attr-defined]


def _scheme_text(scheme: LevelScheme) -> str:
    levels = ", ".join(named(level.name_de, level.name_en) for level in scheme.levels.all())
    return f"{named(scheme.name_de, scheme.name_en)}: {levels}"


class TeamForm(forms.Form):
    """One team; rows without a name are left out."""

    name = forms.CharField(label=_("Name of the team"), max_length=120, required=False)
    level = forms.ModelChoiceField(Level.objects.none(), label=_("Level"), empty_label=None)

    def __init__(self, *args: Any, levels: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels  # type: ignore[attr-defined]
        self.fields["level"].label_from_instance = lambda level: named(level.name_de, level.name_en)  # type: ignore[attr-defined]


def team_forms(data: Any = None) -> list[TeamForm]:
    """Empty rows for teams on the levels of the house's scheme; a new desk gets a proposal per level."""
    levels = Level.objects.filter(scheme__is_default=True).order_by("order")
    known = list(levels)
    propose = not Team.objects.exists()
    rows = []
    for place in range(TEAM_ROWS):
        level = known[min(place, len(known) - 1)] if known else None
        name = named(level.name_de, level.name_en) if propose and level and place < min(2, len(known)) else ""
        initial = {"name": name, "level": level.pk if level else None}
        rows.append(TeamForm(data, prefix=f"team-{place}", initial=initial, levels=levels))
    return rows


def team_inputs(rows: Iterable[TeamForm]) -> list[TeamInput]:
    """Inputs of the named rows; the first team of a desk is where new tickets arrive."""
    named_rows = [row.cleaned_data for row in rows if row.cleaned_data["name"].strip()]
    first = not Team.objects.filter(is_default=True).exists()
    return [
        TeamInput(name=row["name"], level=row["level"], is_default=first and place == 0)
        for place, row in enumerate(named_rows)
    ]


def existing_teams() -> list[tuple[Team, str]]:
    """Teams there are, with their levels."""
    rows = Team.objects.filter(is_active=True).select_related("level__scheme")
    return [(row, level_name(row.level)) for row in rows]


class MailboxForm(forms.Form):
    """The support address and the server its mail is fetched from."""

    address = forms.EmailField(
        label=_("Support address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"placeholder": "support@example.org"}),
    )
    imap_host = forms.CharField(
        label=_("IMAP server"),
        max_length=253,
        widget=forms.TextInput(attrs={"placeholder": "imap.example.org"}),
    )
    imap_port = forms.IntegerField(label=_("IMAP port"), min_value=1, max_value=65535, initial=993)
    imap_tls = forms.ChoiceField(label=_("IMAP encryption"), choices=list(TLS.items()), initial="tls")
    imap_verify = forms.BooleanField(
        label=_("Check the certificate of the IMAP server"), required=False, initial=True, widget=Switch
    )
    imap_user = forms.CharField(
        label=_("IMAP user"),
        max_length=254,
        required=False,
        help_text=_("Empty: the address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    imap_password = forms.CharField(
        label=_("IMAP password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )
    imap_folder = forms.CharField(label=_("Folder"), max_length=120, initial="INBOX")

    def __init__(self, data: Any = None, *, box: Mailbox | None = None) -> None:
        names = [name for name in self.base_fields if name != "imap_password"]
        super().__init__(data, initial={name: getattr(box, name) for name in names} if box else {})

    def to_input(self, box: Mailbox | None) -> MailboxInput:
        """The input of the action; what is not asked stays as it is in `box`."""
        kept: dict[str, Any] = {"sender_name": brand_for(None)[:120], "language": house_facts().language}
        if box is not None:
            names = set(MailboxInput.__dataclass_fields__) - {"imap_password", "smtp_password"}
            kept = {name: getattr(box, name) for name in names}
        return MailboxInput(**{**kept, **self.cleaned_data, "fetch": MailboxFetch.IMAP.value})


# The other targets are asked for in the administration.
_ASKED = (Metric.RESPONSE, Metric.RESOLUTION)


class TargetsForm(forms.Form):
    """Response and resolution per priority, in hours of service time."""

    def __init__(self, data: Any = None, *, seconds: dict[tuple[str, int], int]) -> None:
        initial = {field_of(metric, rank): Decimal(value) / HOUR for (metric, rank), value in seconds.items()}
        super().__init__(data, initial=initial)
        for rank, priority in enumerate_priorities():
            for metric in _ASKED:
                self.fields[field_of(metric, rank)] = forms.DecimalField(
                    label=f"{METRIC[metric]}: {priority}",
                    min_value=Decimal("0.25"),
                    max_value=Decimal(2000),
                    decimal_places=2,
                    localize=True,
                )

    def rows(self) -> list[tuple[int, str, list[forms.BoundField]]]:
        """Rank, name and both fields of each priority."""
        return [
            (rank, name, [self[field_of(metric, rank)] for metric in _ASKED])
            for rank, name in enumerate_priorities()
        ]

    def seconds(self) -> dict[tuple[Metric, int], int]:
        """The targets in seconds."""
        return {
            (metric, rank): int(self.cleaned_data[field_of(metric, rank)] * HOUR)
            for rank, _name in enumerate_priorities()
            for metric in _ASKED
        }


def enumerate_priorities() -> list[tuple[int, str]]:
    """Rank and name of each priority, the most urgent first."""
    rows = Priority.objects.order_by("pk")
    return [(row.pk, named(row.name_de, row.name_en)) for row in rows]


def field_of(metric: str, rank: int) -> str:
    """The name of a target's field."""
    return f"{metric}-{rank}"
