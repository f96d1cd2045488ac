"""Forms of organisations, sites, teams and levels."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import labels, policies
from leitstelle.accounts.actions import LevelInput, OrganisationInput, SchemeInput, SiteInput, TeamInput
from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.models import Level, LevelScheme, Organisation, Person, Site, Team

STATES = (
    ("", ""),
    ("BW", "Baden-Württemberg"),
    ("BY", "Bayern"),
    ("BE", "Berlin"),
    ("BB", "Brandenburg"),
    ("HB", "Bremen"),
    ("HH", "Hamburg"),
    ("HE", "Hessen"),
    ("MV", "Mecklenburg-Vorpommern"),
    ("NI", "Niedersachsen"),
    ("NW", "Nordrhein-Westfalen"),
    ("RP", "Rheinland-Pfalz"),
    ("SL", "Saarland"),
    ("SN", "Sachsen"),
    ("ST", "Sachsen-Anhalt"),
    ("SH", "Schleswig-Holstein"),
    ("TH", "Thüringen"),
)
COUNTRIES = (("DE", _("Germany")), ("AT", _("Austria")), ("CH", _("Switzerland")))


class OrganisationForm(forms.Form):
    """A customer or department with its mail domains."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(labels.ORGANISATION_KINDS.items()))
    parent = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Belongs to"), required=False, empty_label=_("none")
    )
    domains = forms.CharField(
        label=_("Mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line. Unknown senders of these domains become people of this customer."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    level_scheme = forms.ModelChoiceField(
        LevelScheme.objects.all(), label=_("Levels"), required=False, empty_label=_("as the house")
    )
    portal_name = forms.CharField(
        label=_("Name of the portal"),
        max_length=80,
        required=False,
        help_text=_("What the portal and its mails call themselves for these people. Empty: as the house."),
    )
    note = forms.CharField(
        label=_("Note for agents"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, organisation: Organisation | None = None) -> None:
        super().__init__(data, initial=self._initial(organisation))
        others = Organisation.objects.filter(is_active=True)
        self.fields["parent"].queryset = others.exclude(pk=organisation.pk if organisation else 0)  # type: ignore[attr-defined]
        self.fields["level_scheme"].label_from_instance = scheme_name  # type: ignore[attr-defined]

    @staticmethod
    def _initial(organisation: Organisation | None) -> dict[str, Any]:
        if organisation is None:
            return {"kind": OrganisationKind.CUSTOMER, "language": settings.LANGUAGE_CODE}
        known = {
            name: getattr(organisation, name)
            for name in ("version", "name", "kind", "language", "portal_name", "note")
        }
        domains = "\n".join(row.domain for row in organisation.domains.all())
        references = {"parent": organisation.parent_id, "level_scheme": organisation.level_scheme_id}
        return known | references | {"domains": domains}

    def to_input(self) -> OrganisationInput:
        """The input of the action."""
        values = {
            name: self.cleaned_data[name]
            for name in ("name", "parent", "language", "level_scheme", "portal_name", "note")
        }
        domains = [line for line in self.cleaned_data["domains"].replace(",", "\n").split() if line]
        return OrganisationInput(**values, kind=OrganisationKind(self.cleaned_data["kind"]), domains=domains)


def scheme_name(scheme: LevelScheme) -> str:
    """The name of a scheme in the reader's language."""
    return labels.named(scheme.name_de, scheme.name_en)


class SiteForm(forms.Form):
    """A place of an organisation; its state decides the holidays."""

    name = forms.CharField(label=_("Name"), max_length=120)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    city = forms.CharField(label=_("Town"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("Federal state"), choices=STATES, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)

    def __init__(self, data: Any = None, *, site: Site | None = None) -> None:
        known = {name: getattr(site, name) for name in self.base_fields} if site else {"country": "DE"}
        super().__init__(data, initial=known)
        # A state or country kept from elsewhere stays choosable.
        for name in ("state", "country"):
            field = self.fields[name]
            kept = known.get(name)
            if kept and kept not in dict(field.choices):  # type: ignore[attr-defined]
                field.choices = [*field.choices, (kept, kept)]  # type: ignore[attr-defined]

    def to_input(self) -> SiteInput:
        """The input of the action."""
        return SiteInput(**self.cleaned_data)


class TeamForm(forms.Form):
    """A team with its members and leads."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    level = forms.ModelChoiceField(Level.objects.select_related("scheme"), label=_("Level"), empty_label=None)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )
    leads = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Leads"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_default = forms.BooleanField(label=_("New tickets arrive here"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False)

    def __init__(self, data: Any = None, *, team: Team | None = None) -> None:
        super().__init__(data, initial=self._initial(team))
        people = policies.agents() | (
            Person.objects.filter(memberships__team=team) if team else Person.objects.none()
        )
        for name in ("members", "leads"):
            self.fields[name].queryset = people.distinct()  # type: ignore[attr-defined]
        self.fields["level"].label_from_instance = level_name  # type: ignore[attr-defined]

    @staticmethod
    def _initial(team: Team | None) -> dict[str, Any]:
        if team is None:
            return {"is_active": True}
        members = dict(team.memberships.values_list("person_id", "is_lead"))
        return {
            "version": team.version,
            "name": team.name,
            "level": team.level_id,
            "description": team.description,
            "members": list(members),
            "leads": [pk for pk, is_lead in members.items() if is_lead],
            "is_default": team.is_default,
            "is_active": team.is_active,
        }

    def to_input(self) -> TeamInput:
        """The input of the action, without the people."""
        names = ("name", "level", "description", "is_default", "is_active")
        return TeamInput(**{name: self.cleaned_data[name] for name in names})


def level_name(level: Level) -> str:
    """The name of a level with its scheme, in the reader's language."""
    return f"{labels.named(level.name_de, level.name_en)} ({scheme_name(level.scheme)})"


class SchemeForm(forms.Form):
    """The names of a scheme; its levels are rows of `LevelForms`."""

    name_de = forms.CharField(label=_("Name in German"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)


class LevelForm(forms.Form):
    """One level; `key` is empty for new ones."""

    key = forms.SlugField(required=False, widget=forms.HiddenInput)
    name_de = forms.CharField(label=_("Name in German"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    short = forms.CharField(label=_("Short form"), max_length=4, required=False)


class _LevelForms(forms.BaseFormSet[LevelForm]):
    def inputs(self) -> list[LevelInput]:
        """The levels in the order of the numbers typed, without empty and removed rows."""
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        named = [row for row in rows if row["name_de"].strip() or row["name_en"].strip()]
        ordered = sorted(named, key=lambda row: row.get("ORDER") or 1000)
        return [
            LevelInput(**{name: row[name] for name in ("key", "name_de", "name_en", "short")})
            for row in ordered
        ]


class LevelForms(_LevelForms):
    """The levels of a scheme; the last row is empty."""

    form = LevelForm
    extra, min_num, max_num, absolute_max = 1, 0, 12, 20
    can_delete = can_order = can_delete_extra = True
    validate_min = validate_max = False
    renderer = get_default_renderer()


def scheme_input(form: SchemeForm, levels: list[LevelInput]) -> SchemeInput:
    """The input of the action."""
    return SchemeInput(**form.cleaned_data, levels=levels)
