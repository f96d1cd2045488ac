"""Forms of vendors and contracts."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.assets.labels import name_of
from leitstelle.assets.models import AssetKind
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.contracts import labels
from leitstelle.contracts.actions import ContractInput, VendorInput
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import DayInput

HOUR = 3600


def _lines(**more: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3, **more})


class VendorForm(forms.Form):
    """What is known of a vendor."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    support_mail = forms.CharField(label=_("Mail address of their support"), max_length=254, required=False)
    mail_domains = forms.CharField(
        label=_("Mail domains"),
        required=False,
        widget=_lines(),
        help_text=_("One per line. Whoever writes from there about a vendor case writes for the vendor."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    portal_url = forms.URLField(
        label=_("Their portal"), max_length=300, required=False, assume_scheme="https"
    )
    customer_number = forms.CharField(label=_("Our customer number there"), max_length=60, required=False)
    number_patterns = forms.CharField(
        label=_("How their ticket numbers look"),
        required=False,
        widget=_lines(spellcheck="false"),
        help_text=_(
            "Regular expressions, one per line, such as SR[0-9]{6,10}. Their number is read from their answers."
        ),
    )
    note = forms.CharField(label=_("Note for agents"), required=False, widget=_lines())
    is_active = forms.BooleanField(label=_("Active"), required=False)

    def __init__(self, data: Any = None, *, vendor: Vendor | None = None) -> None:
        super().__init__(data, initial=self._initial(vendor))

    @staticmethod
    def _initial(vendor: Vendor | None) -> dict[str, Any]:
        if vendor is None:
            return {"is_active": True, "language": settings.LANGUAGE_CODE}
        known = {name: getattr(vendor, name) for name in VendorForm.base_fields}
        lists = {name: "\n".join(known[name]) for name in ("mail_domains", "number_patterns")}
        return known | lists

    def to_input(self) -> VendorInput:
        """The input of the action."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != "version"}
        values["mail_domains"] = values["mail_domains"].replace(",", "\n").split()
        values["number_patterns"] = values["number_patterns"].splitlines()
        return VendorInput(**values)


def _hours(label: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        min_value=0.1,
        max_value=9999,
        error_messages={"min_value": labels.NOT_A_TIME, "max_value": labels.NOT_A_TIME},
        localize=True,
    )


class ContractForm(forms.Form):
    """What a vendor promised. Hours are hours of service."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    number = forms.CharField(label=_("Contract number"), max_length=60, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Covers the customer"), required=False, empty_label=_("all")
    )
    device_kind = forms.ModelChoiceField(
        AssetKind.objects.all(), label=_("Covers devices of the kind"), required=False, empty_label=_("all")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DayInput)
    calendar = forms.ModelChoiceField(
        ServiceCalendar.objects.none(), label=_("Service hours"), empty_label=None
    )
    response_hours = _hours(_("First answer within (service hours)"))
    resolution_hours = _hours(_("Solution within (service hours)"))

    def __init__(
        self, data: Any = None, *, viewer: Viewer, contract: UnderpinningContract | None = None
    ) -> None:
        super().__init__(data, initial=self._initial(contract))
        organisations = visible_organisations(viewer).filter(is_active=True)
        if contract is not None and contract.organisation_id is not None:
            organisations |= visible_organisations(viewer).filter(pk=contract.organisation_id)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["calendar"].queryset = visible_calendars(viewer)  # type: ignore[attr-defined]
        self.fields["device_kind"].label_from_instance = name_of  # type: ignore[attr-defined]

    @staticmethod
    def _initial(contract: UnderpinningContract | None) -> dict[str, Any]:
        if contract is None:
            return {}
        plain = ("version", "name", "number", "valid_from", "valid_until")
        return {name: getattr(contract, name) for name in plain} | {
            "organisation": contract.organisation_id,
            "device_kind": contract.device_kind_id,
            "calendar": contract.calendar_id,
            "response_hours": _as_hours(contract.response_seconds),
            "resolution_hours": _as_hours(contract.resolution_seconds),
        }

    def to_input(self) -> ContractInput:
        """The input of the action."""
        names = ("name", "number", "organisation", "device_kind", "valid_from", "valid_until", "calendar")
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in names}
        for name in ("response", "resolution"):
            hours = self.cleaned_data[f"{name}_hours"]
            values[f"{name}_seconds"] = round(hours * HOUR) if hours else None
        return ContractInput(**values)


def _as_hours(seconds: int | None) -> float | None:
    return round(seconds / HOUR, 2) if seconds else None
