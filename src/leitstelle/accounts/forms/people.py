"""Forms of people: who they are, how to reach them, what they may."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import labels, policies
from leitstelle.accounts.actions import ContactInput, NotesInput, PersonInput, ProfileInput, Scope
from leitstelle.accounts.choices import ContactKind, Density, PersonKind, PreferredChannel, Role, Theme
from leitstelle.accounts.models import Level, Organisation, Person, Site, Team
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import Switch

ZONES = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]


class PersonForm(forms.Form):
    """What is known of a person; addresses and numbers are rows of `ContactForms`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    given_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    display_name = forms.CharField(
        label=_("Shown as"),
        max_length=200,
        required=False,
        help_text=_("Empty: first and last name"),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=list(labels.PERSON_KINDS.items()))
    job_title = forms.CharField(label=_("Position"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Customer or department"), required=False, empty_label=_("none")
    )
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), required=False, empty_label=_("none"))
    room = forms.CharField(label=_("Room"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES)
    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"), required=False, choices=list(labels.PREFERRED_CHANNELS.items())
    )
    is_vip = forms.BooleanField(label=_("Important person: shown on tickets"), required=False)
    note = forms.CharField(
        label=_("Note for agents"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, viewer: Viewer, person: Person | None = None) -> None:
        super().__init__(data, initial=_initial(person))
        organisations, sites = self.fields["organisation"], self.fields["site"]
        own = (person.organisation_id if person else None) or 0
        organisations.queryset = policies.visible_organisations(viewer).filter(is_active=True) | (  # type: ignore[attr-defined]
            policies.visible_organisations(viewer).filter(pk=own)
        )
        sites.queryset = policies.visible_sites(viewer).filter(is_active=True).select_related("organisation")  # type: ignore[attr-defined]
        sites.label_from_instance = lambda site: f"{site.organisation.name}, {site.name}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A name of some sort, and a site of the same organisation."""
        values = super().clean() or {}
        if not any(values.get(name, "").strip() for name in ("given_name", "family_name", "display_name")):
            self.add_error("family_name", labels.MISSING_NAME)
        site = values.get("site")
        if site is not None and site.organisation != values.get("organisation"):
            self.add_error("site", _("This site belongs to another customer."))
        return values

    def to_input(self, contacts: list[ContactInput]) -> PersonInput:
        """The input of the action."""
        values = {name: self.cleaned_data[name] for name in self.fields if name not in {"version", "kind"}}
        return PersonInput(**values, kind=PersonKind(self.cleaned_data["kind"]), contacts=contacts)


def _initial(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {
            "language": settings.LANGUAGE_CODE,
            "time_zone": settings.DEFAULT_PERSON_TIME_ZONE,
            "kind": PersonKind.HUMAN,
        }
    names = [name for name in PersonForm.base_fields if name not in {"organisation", "site"}]
    known = {name: getattr(person, name) for name in names}
    # A name made of the two others follows them when they change.
    if person.display_name == f"{person.given_name} {person.family_name}".strip():
        known["display_name"] = ""
    return known | {"organisation": person.organisation_id, "site": person.site_id}


class NotesForm(forms.Form):
    """What agents should know of a person at a glance; never shown outside of the workspace."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("Note for agents"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"), required=False, choices=list(labels.PREFERRED_CHANNELS.items())
    )
    is_vip = forms.BooleanField(label=_("Important person: shown on tickets"), required=False)
    # The note that is stored, where it changed while somebody wrote another one.
    stored_note = ""

    @staticmethod
    def of(person: Person) -> dict[str, Any]:
        """The initial values of a person's form."""
        return {name: getattr(person, name) for name in NotesForm.base_fields}

    def to_input(self) -> NotesInput:
        """The input of the action."""
        values = self.cleaned_data
        chosen = values["preferred_channel"]
        return NotesInput(
            note=values["note"],
            is_vip=values["is_vip"],
            preferred_channel=PreferredChannel(chosen) if chosen else "",
        )


class ContactForm(forms.Form):
    """One address or number."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(labels.CONTACT_KINDS.items()))
    value = forms.CharField(label=_("Address or number"), max_length=254, required=False)
    label = forms.CharField(label=_("Remark"), max_length=60, required=False)
    is_primary = forms.BooleanField(label=_("Preferred"), required=False)

    def clean(self) -> dict[str, Any]:
        """What it says must be an address or a number."""
        values = super().clean() or {}
        if values.get("value", "").strip() and "kind" in values:
            contact = self.to_input()
            try:
                contact.normalised()
            except InvalidInput as error:
                self.add_error("value", error.fields["value"])
        return values

    def to_input(self) -> ContactInput:
        """The input of the action."""
        values = self.cleaned_data
        return ContactInput(
            kind=ContactKind(values["kind"]),
            value=values["value"],
            label=values.get("label", ""),
            is_primary=values.get("is_primary", False),
        )


class _ContactForms(forms.BaseFormSet[ContactForm]):
    def inputs(self) -> list[ContactInput]:
        """All rows that are neither empty nor marked for removal."""
        rows = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [form.to_input() for form in rows if form.cleaned_data["value"].strip()]


class ContactForms(_ContactForms):
    """The addresses and numbers of a person; the last row is empty."""

    form = ContactForm
    extra, min_num, max_num, absolute_max = 1, 0, 30, 40
    can_order = False
    can_delete = can_delete_extra = True
    validate_min = validate_max = False
    renderer = get_default_renderer()


class RoleForm(forms.Form):
    """A role and how far it reaches."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(key, label) for key, label in labels.ROLES.items() if key != Role.REQUESTER],
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True),
        label=_("Only for customer"),
        required=False,
        empty_label=_("all"),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Only for team"), required=False, empty_label=_("all")
    )
    level = forms.ModelChoiceField(
        Level.objects.select_related("scheme"),
        label=_("Only for level"),
        required=False,
        empty_label=_("all"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].label_from_instance = lambda level: labels.named(level.name_de, level.name_en)  # type: ignore[attr-defined]

    def scope(self) -> Scope:
        """How far it reaches."""
        return Scope(**{name: self.cleaned_data[name] for name in ("organisation", "team", "level")})


class FilterForm(forms.Form):
    """What the list of people is narrowed to."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *labels.ROLES.items()])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("active")), ("inactive", _("deactivated")), ("all", _("all"))],
    )
    organisation = forms.UUIDField(required=False, widget=forms.HiddenInput)


class NameForm(forms.Form):
    """How people are called, by themselves."""

    given_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    display_name = forms.CharField(
        label=_("Shown as"), max_length=200, required=False, help_text=_("Empty: first and last name")
    )

    @staticmethod
    def of(person: Person) -> dict[str, str]:
        """The initial values; a name made of the two others follows them when they change."""
        made = f"{person.given_name} {person.family_name}".strip()
        shown = "" if person.display_name == made else person.display_name
        return {"given_name": person.given_name, "family_name": person.family_name, "display_name": shown}


class ProfileForm(forms.Form):
    """What people choose for themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES)
    theme = forms.ChoiceField(label=_("Colours"), choices=list(labels.THEMES.items()))
    density = forms.ChoiceField(label=_("Row height"), choices=list(labels.DENSITIES.items()))
    single_keys = forms.BooleanField(
        label=_("Single keys are shortcuts"),
        required=False,
        widget=Switch,
        help_text=_("For example j and k in lists. Never while you type."),
    )

    def to_input(self) -> ProfileInput:
        """The input of the action."""
        values = self.cleaned_data
        return ProfileInput(
            language=values["language"],
            time_zone=values["time_zone"],
            theme=Theme(values["theme"]),
            density=Density(values["density"]),
            single_keys=values["single_keys"],
        )


class SignatureForm(forms.Form):
    """What stands below a person's own mails."""

    signature = forms.CharField(
        label=_("Your mail signature"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Added when a mail is sent, above the signature of the mailbox. It stands in no stored text."
        ),
    )
