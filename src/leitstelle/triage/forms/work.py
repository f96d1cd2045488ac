"""Forms for skills, what people can do, how teams give out tickets, and absences."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Site
from leitstelle.accounts.policies import agents
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.queries import categories_in_use
from leitstelle.kernel.web.forms import Switch
from leitstelle.triage.choices import Away, Mode
from leitstelle.triage.labels import AWAY, MODE, SKILL_LEVEL
from leitstelle.triage.models import Skill


class SkillForm(forms.Form):
    """A skill in both languages, and the categories that need it."""

    name_de = forms.CharField(label=_("Name (German)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)
    categories = forms.TypedMultipleChoiceField(
        label=_("Needed for tickets of"),
        required=False,
        coerce=int,
        widget=forms.SelectMultiple({"size": 10}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["categories"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(one.pk, branch_name(one)) for one in categories_in_use()]


class ModeForm(forms.Form):
    """How a team's tickets find a person."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    mode = forms.ChoiceField(label=_("New tickets of the team"), choices=[(key, MODE[key]) for key in Mode])
    limit = forms.IntegerField(
        label=_("Open tickets per person at most"),
        min_value=0,
        max_value=999,
        help_text=_("0: no limit. Waiting tickets do not count; people may have a limit of their own."),
    )
    away = forms.ChoiceField(
        label=_("When the requester writes on a ticket of somebody who is away"),
        choices=[(key, AWAY[key]) for key in Away],
    )
    watch_minutes = forms.IntegerField(
        label=_("Tell the leads of tickets without a person after so many minutes of service time"),
        min_value=0,
        max_value=100_000,
        help_text=_("0: nobody is told."),
    )


class OwnWorkForm(forms.Form):
    """What people say of themselves."""

    takes = forms.BooleanField(
        label=_("Takes new tickets"),
        required=False,
        widget=Switch,
        help_text=_("Switched off, nothing is given out to the person; what they have stays."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: language does not decide."),
    )
    sites = forms.TypedMultipleChoiceField(
        label=_("Is at these sites"), required=False, coerce=int, widget=forms.SelectMultiple({"size": 6})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Site.objects.filter(is_active=True, organisation__is_active=True).select_related(
            "organisation"
        )
        field = self.fields["sites"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (one.pk, f"{one.organisation.name} · {one.name}") for one in rows.order_by("organisation", "name")
        ]


class AgentForm(OwnWorkForm):
    """What leads say of people: limit, working hours and skills as well."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    limit = forms.IntegerField(
        label=_("Open tickets at most"),
        min_value=0,
        max_value=999,
        required=False,
        help_text=_("Empty: as the team says. 0: no limit."),
    )
    calendar = forms.TypedChoiceField(label=_("Working hours"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ServiceCalendar.objects.filter(is_active=True, organisation=None).order_by("name")
        calendar = self.fields["calendar"]
        assert isinstance(calendar, forms.TypedChoiceField)
        calendar.choices = [("", _("any time")), *((one.pk, one.name) for one in rows)]
        for skill in Skill.objects.all():
            self.fields[f"skill-{skill.pk}"] = forms.TypedChoiceField(
                label=name_of(skill),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", "–"), *SKILL_LEVEL.items()],
            )


class AbsenceForm(forms.Form):
    """Days away and who stands in; `person` for leads only."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    deputy = forms.TypedChoiceField(label=_("Deputy"), required=False, coerce=int, empty_value=None)
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Colleagues read it. No reasons needed.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(one.pk, one.display_name) for one in agents().order_by("sort_name", "pk")]
        person, deputy = self.fields["person"], self.fields["deputy"]
        assert isinstance(person, forms.TypedChoiceField)
        assert isinstance(deputy, forms.TypedChoiceField)
        person.choices, deputy.choices = people, [("", "–"), *people]


class OwnAbsenceForm(AbsenceForm):
    """The same for oneself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["person"]
