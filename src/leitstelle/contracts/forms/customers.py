"""Forms of customers' contracts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.catalog.models import Category
from leitstelle.catalog.queries import flat_categories
from leitstelle.contracts.actions import CustomerContractInput
from leitstelle.contracts.models import CustomerContract, CustomerContractVersion
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import DayInput

_INDENT = "\N{NO-BREAK SPACE}" * 3


class CustomerContractForm(forms.Form):
    """What a customer bought, under which number, and when. `seen` is the version that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(label=_("Contract number"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=120)
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput)
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=DayInput,
        help_text=_("The last day. Empty: until further notice."),
    )
    categories = forms.TypedMultipleChoiceField(
        label=_("Covered services"),
        required=False,
        coerce=int,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("With everything below them. None chosen: all services."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        contract: CustomerContract | None = None,
        version: CustomerContractVersion | None = None,
    ) -> None:
        super().__init__(data, initial=self._initial(contract, version))
        nodes = [(str(one.id), f"{_INDENT * one.depth}{one.name}") for one in flat_categories()]
        self.fields["categories"].choices = nodes  # type: ignore[attr-defined]

    @staticmethod
    def _initial(
        contract: CustomerContract | None, version: CustomerContractVersion | None
    ) -> dict[str, Any]:
        if contract is None or version is None:
            return {}
        return {
            "seen": version.number,
            "number": contract.number,
            "name": contract.name,
            "valid_from": version.valid_from,
            "valid_until": version.valid_until,
            "categories": [one.pk for one in version.categories.all()],
        }

    def to_input(self) -> CustomerContractInput:
        """The input of the action; of a valid form only."""
        values = {name: self.cleaned_data[name] for name in ("number", "name", "valid_from", "valid_until")}
        rows = Category.objects.filter(pk__in=self.cleaned_data["categories"])
        return CustomerContractInput(**values, categories=tuple(rows.order_by("pk")))


class NewCustomerContractForm(CustomerContractForm):
    """A contract of a customer yet to be chosen."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Customer"), empty_label=None)
    field_order = ("organisation",)

    def __init__(self, data: Any = None, *, viewer: Viewer, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.initial.update(initial or {})
        self.fields["organisation"].queryset = visible_organisations(viewer).filter(  # type: ignore[attr-defined]
            is_active=True
        )


class EndForm(forms.Form):
    """The last day of a contract."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    valid_until = forms.DateField(label=_("Last day"), widget=DayInput)
