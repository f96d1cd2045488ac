"""Forms of agreements: what they are for, their first version, another name."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Priority, Service
from leitstelle.catalog.queries import flat_categories
from leitstelle.contracts.models import CustomerContract
from leitstelle.contracts.policies import visible_customer_contracts
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions import NewAgreement
from leitstelle.sla.forms.versions import VersionForm
from leitstelle.sla.models import Agreement
from leitstelle.tickets.labels import KIND

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField

_INDENT = "\N{NO-BREAK SPACE}" * 3


class CategoryChoice(forms.TypedChoiceField):
    """A branch of the category tree, in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)

    def fill(self) -> None:
        nodes = [(str(one.id), f"{_INDENT * one.depth}{one.name}") for one in flat_categories()]
        self.choices = [("", _("all categories")), *nodes]


class _ServiceChoice(ModelChoice):
    """A service in use, in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)


class _ScopeFields(forms.Form):
    """What a ticket is, or what an agreement is for; empty fits everything."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Customer"), required=False, empty_label=_("all customers")
    )
    category = CategoryChoice(label=_("Category"))
    service = _ServiceChoice(
        Service.objects.filter(is_active=True),
        label=_("Service"),
        required=False,
        empty_label=_("all services"),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all kinds")), *KIND.items()])
    priority = forms.TypedChoiceField(label=_("Priority"), required=False, coerce=int, empty_value=None)

    def _offer_choices(self, viewer: Viewer) -> None:
        organisation, category = self.fields["organisation"], self.fields["category"]
        priority = self.fields["priority"]
        if isinstance(organisation, forms.ModelChoiceField):
            organisation.queryset = visible_organisations(viewer)
        if isinstance(category, CategoryChoice):
            category.fill()
        if isinstance(priority, forms.TypedChoiceField):
            ranks = [(str(one.pk), f"P{one.pk} {name_of(one)}") for one in Priority.objects.all()]
            priority.choices = [("", _("all priorities")), *ranks]


class ScopeForm(_ScopeFields):
    """What a ticket is."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_choices(viewer)


class NewAgreementForm(VersionForm, _ScopeFields):
    """An agreement with its first version."""

    name = forms.CharField(label=_("Name"), max_length=120)
    contract = forms.ModelChoiceField(
        CustomerContract.objects.none(),
        label=_("Contract"),
        required=False,
        empty_label=_("with or without a contract"),
        help_text=_(
            "Applies to what the contract covers, while it is valid, and goes before the customer’s others."
        ),
    )
    field_order = ("name", "organisation", "contract", "service", "category", "kind", "priority")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self._offer_choices(viewer)
        contracts = visible_customer_contracts(viewer).select_related("organisation")
        field = self.fields["contract"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = contracts.order_by("organisation__name", "number")
            field.label_from_instance = _with_customer  # type: ignore[assignment]

    @staticmethod
    def for_contract(viewer: Viewer, contract: str) -> dict[str, Any]:
        """What the form begins with on the way from a contract's page (its public id): the contract and its customer.

        Nothing for a contract that the viewer does not see, or for what is no id.
        """
        try:
            public_id = UUID(contract)
        except ValueError:
            return {}
        row = visible_customer_contracts(viewer).filter(public_id=public_id).first()
        return {"contract": row.pk, "organisation": row.organisation_id} if row is not None else {}

    def new(self) -> NewAgreement:
        """The value; of a valid form only."""
        cleaned = self.cleaned_data
        category, rank = cleaned["category"], cleaned["priority"]
        return NewAgreement(
            name=cleaned["name"],
            version=self.version(),
            organisation=cleaned["organisation"],
            contract=cleaned["contract"],
            service=cleaned["service"],
            category=Category.objects.filter(pk=category).first() if category else None,
            kind=cleaned["kind"],
            priority=next((one for one in self.priorities if one.pk == rank), None),
        )


def _with_customer(contract: Any) -> str:
    return f"{contract.organisation.name}: {contract}"


class RenameForm(forms.Form):
    """Another name for an agreement."""

    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        super().__init__(data, initial={"name": agreement.name})
