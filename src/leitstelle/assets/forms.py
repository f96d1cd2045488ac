"""Forms of devices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Site
from leitstelle.accounts.policies import visible_organisations, visible_sites
from leitstelle.assets import labels, queries
from leitstelle.assets.actions import AssetInput
from leitstelle.assets.choices import AssetStatus
from leitstelle.assets.models import Asset
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import DayInput


class AssetForm(forms.Form):
    """What is known of a device; who uses it is said on its page."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name or host name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"))
    status = forms.ChoiceField(label=_("State"), choices=list(labels.STATUS.items()))
    inventory_number = forms.CharField(label=_("Inventory number"), max_length=60, required=False)
    serial_number = forms.CharField(label=_("Serial number"), max_length=80, required=False)
    manufacturer = forms.CharField(label=_("Manufacturer"), max_length=80, required=False)
    model = forms.CharField(label=_("Model"), max_length=120, required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Customer or department"), required=False, empty_label=_("none")
    )
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), required=False, empty_label=_("none"))
    location = forms.CharField(label=_("Place"), max_length=120, required=False)
    bought_on = forms.DateField(label=_("Bought on"), required=False, widget=DayInput)
    warranty_until = forms.DateField(label=_("Warranty until"), required=False, widget=DayInput)
    note = forms.CharField(
        label=_("Note for agents"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, viewer: Viewer, asset: Asset | None = None, **given: Any) -> None:
        super().__init__(data, initial={**_initial(asset), **given})
        offered = [(kind.key, labels.name_of(kind)) for kind in queries.kinds()]
        if asset and asset.kind_id not in dict(offered):
            offered.append((asset.kind_id, labels.name_of(asset.kind)))
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]
        organisations, sites = self.fields["organisation"], self.fields["site"]
        own = (asset.organisation_id if asset else None) or 0
        organisations.queryset = visible_organisations(viewer).filter(is_active=True) | (  # type: ignore[attr-defined]
            visible_organisations(viewer).filter(pk=own)
        )
        sites.queryset = visible_sites(viewer).filter(is_active=True).select_related("organisation")  # type: ignore[attr-defined]
        sites.label_from_instance = lambda site: f"{site.organisation.name}, {site.name}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A site belongs to the organisation that was chosen."""
        values = super().clean() or {}
        site = values.get("site")
        if site is not None and site.organisation != values.get("organisation"):
            self.add_error("site", _("This site belongs to another customer."))
        return values

    def to_input(self) -> AssetInput:
        """The input of the action."""
        values = {name: self.cleaned_data[name] for name in self.fields if name not in {"version", "status"}}
        return AssetInput(**values, status=AssetStatus(self.cleaned_data["status"]))


def _initial(asset: Asset | None) -> dict[str, Any]:
    if asset is None:
        return {"status": AssetStatus.IN_STOCK}
    plain = [name for name in AssetForm.base_fields if name not in {"organisation", "site", "kind"}]
    known = {name: getattr(asset, name) for name in plain}
    return known | {
        "organisation": asset.organisation_id,
        "site": asset.site_id,
        "kind": asset.kind_id,
    }


class FilterForm(forms.Form):
    """What the list of devices is narrowed to."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("not retired")), *labels.STATUS.items(), ("all", _("all"))],
    )
    organisation = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offered = [(kind.key, labels.name_of(kind)) for kind in queries.kinds()]
        self.fields["kind"].choices = [("", _("all")), *offered]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Who gets the device: words that fit one person, or one chosen among several."""

    person = forms.CharField(
        label=_("Person"),
        max_length=254,
        help_text=_("Name, mail address or telephone number"),
    )
    chosen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=_("Uses it"),
        choices=[("main", _("as main user")), ("beside", _("beside others"))],
        initial="main",
    )
