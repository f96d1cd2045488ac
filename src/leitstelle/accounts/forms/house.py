"""Forms of the house and of inviting people to its desk."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import labels
from leitstelle.accounts.actions import HouseInput, InviteInput
from leitstelle.accounts.actions.invitations import INVITED_ROLES
from leitstelle.accounts.choices import OrganisationKind, Role
from leitstelle.accounts.models import House, Organisation, Team
from leitstelle.kernel.web.forms import zone_choices

_TOLD = ("tells_handover", "handover_text_de", "handover_text_en")


class HouseForm(forms.Form):
    """What the company and its portal are called, and what new people start with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    company = forms.CharField(label=_("Name of the company or IT department"), max_length=200)
    portal_name = forms.CharField(
        label=_("Name of the portal"),
        max_length=80,
        required=False,
        help_text=_("Stands above the portal and in mails. Empty: the name of the company."),
    )
    domains = forms.CharField(
        label=_("Mail domains of your own house"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "example.org"}),
        help_text=_("One per line. Senders of these domains are recognised as your own people."),
    )
    language = forms.ChoiceField(label=_("Language of new people"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial=self._initial())

    @staticmethod
    def _initial() -> dict[str, Any]:
        house = House.objects.select_related("company").first() or House(version=0)
        company = house.company
        if company is None:
            company = Organisation.objects.filter(
                kind=OrganisationKind.INTERNAL, is_active=True, parent=None
            ).first()
        return {
            "version": house.version,
            "company": company.name if company else "",
            "portal_name": house.portal_name,
            "domains": "\n".join(row.domain for row in company.domains.all()) if company else "",
            "language": house.language,
            "time_zone": house.time_zone,
        }

    def to_input(self) -> HouseInput:
        """The input of the action."""
        values = {
            name: self.cleaned_data[name] for name in ("company", "portal_name", "language", "time_zone")
        }
        domains = [word for word in self.cleaned_data["domains"].replace(",", "\n").split() if word]
        return HouseInput(**values, domains=domains)


class HousePageForm(HouseForm):
    """The house with what requesters are told when another team gets their matter."""

    tells_handover = forms.BooleanField(
        label=_("Tell requesters when another team takes over their matter"),
        required=False,
        help_text=_("Once for each team, in plain words, by mail and in the portal."),
    )
    handover_text_de = forms.CharField(
        label=_("What they are told, in German"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Empty: our words. {number} and {team} stand for the number and the team."),
    )
    handover_text_en = forms.CharField(
        label=_("What they are told, in English"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @staticmethod
    def _initial() -> dict[str, Any]:
        house = House.objects.first() or House()
        told = {name: getattr(house, name) for name in _TOLD}
        return HouseForm._initial() | told

    def to_input(self) -> HouseInput:
        """The input of the action."""
        return replace(super().to_input(), **{name: self.cleaned_data[name] for name in _TOLD})


class InviteForm(forms.Form):
    """Somebody who is to work at the desk."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=[(role, labels.ROLES[role]) for role in INVITED_ROLES])
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False, empty_label=_("none yet")
    )

    def to_input(self) -> InviteInput:
        """The input of the action."""
        values = self.cleaned_data
        return InviteInput(
            name=values["name"], email=values["email"], role=Role(values["role"]), team=values["team"]
        )
