"""Forms of categories, services, the priority matrix and what raises priorities."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_organisations
from leitstelle.catalog import queries, rules
from leitstelle.catalog.actions import CategoryInput, ModifierInput, ServiceInput
from leitstelle.catalog.choices import HIGHEST_RANK
from leitstelle.catalog.labels import CONTRADICTION, name_of
from leitstelle.catalog.models import Category, Impact, Priority, PriorityModifier, Service, Urgency
from leitstelle.kernel.viewer import Viewer

if TYPE_CHECKING:
    ModelChoices = forms.ModelMultipleChoiceField[Any]
else:
    ModelChoices = forms.ModelMultipleChoiceField


class CategoryForm(forms.Form):
    """A category in both languages and the one above it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_de = forms.CharField(label=_("Name in German"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    parent = forms.TypedChoiceField(label=_("Below"), required=False, coerce=int, empty_value=None)

    def __init__(
        self,
        data: Any = None,
        *,
        category: Category | None = None,
        parent_id: int | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(category, parent_id))
        own = queries.category_with_descendants(category.pk) if category else set()
        nodes = [node for node in queries.flat_categories(inactive=True) if node.id not in own]
        choices = [("", _("none: a main category")), *((node.id, node.path) for node in nodes)]
        self.fields["parent"].choices = choices  # type: ignore[attr-defined]

    def to_input(self) -> CategoryInput:
        """The input of the action."""
        values = self.cleaned_data
        parent = Category.objects.get(pk=values["parent"]) if values["parent"] else None
        return CategoryInput(name_de=values["name_de"], name_en=values["name_en"], parent=parent)


def _initial(category: Category | None, parent_id: int | None) -> dict[str, Any]:
    if category is None:
        return {"parent": parent_id}
    names = ("version", "name_de", "name_en")
    return {name: getattr(category, name) for name in names} | {"parent": category.parent_id}


class MatrixForm(forms.Form):
    """One choice per cell of impact × urgency; `seen` is the version that was edited."""

    seen = forms.CharField(widget=forms.HiddenInput)
    valid_from = forms.DateTimeField(
        label=_("Counts from"),
        required=False,
        help_text=_("Left empty: from now on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    confirmed = forms.BooleanField(label=_("Save it all the same"), required=False)

    def __init__(self, data: Any = None, *, cells: dict[tuple[str, str], int], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.now = cells
        self.impacts = [(row.key, name_of(row)) for row in Impact.objects.all()]
        self.urgencies = [(row.key, name_of(row)) for row in Urgency.objects.order_by("-order")]
        self.ranks = {row.rank: f"P{row.rank} {name_of(row)}" for row in Priority.objects.all()}
        for urgency, urgency_name in self.urgencies:
            for impact, impact_name in self.impacts:
                self.fields[cell_name(impact, urgency)] = forms.TypedChoiceField(
                    label=f"{urgency_name}, {impact_name}",
                    choices=list(self.ranks.items()),
                    coerce=int,
                    initial=cells.get((impact, urgency)),
                )

    def clean(self) -> dict[str, Any]:
        """A matrix in which worse cases come later is refused until that is confirmed.

        Where somebody else changed it meanwhile, that is said first.
        """
        values = super().clean() or {}
        is_present = values.get("seen") == rules.matrix_version(self.now)
        if is_present and self.is_whole() and not values.get("confirmed"):
            for text in self.contradictions():
                self.add_error("confirmed", text)
        return values

    def cells(self) -> dict[tuple[str, str], int]:
        """The matrix as it was chosen; cells that make no sense are left out."""
        return {
            (impact, urgency): self.cleaned_data[cell_name(impact, urgency)]
            for impact, _impact in self.impacts
            for urgency, _urgency in self.urgencies
            if cell_name(impact, urgency) in self.cleaned_data
        }

    def is_whole(self) -> bool:
        """Whether every cell has a priority."""
        return len(self.cells()) == len(self.impacts) * len(self.urgencies)

    def contradictions(self) -> list[str]:
        """Return a sentence for each pair of neighbours of which the worse gets the lower priority."""
        cells = self.cells() if self.is_bound else self.now
        impacts = [key for key, _name in self.impacts]
        urgencies = [key for key, _name in reversed(self.urgencies)]
        return [
            str(CONTRADICTION)
            % {
                "worse": self._named(one.worse),
                "worse_priority": self.ranks[cells[one.worse]],
                "milder": self._named(one.milder),
                "milder_priority": self.ranks[cells[one.milder]],
            }
            for one in rules.contradictions(cells, impacts, urgencies)
        ]

    def changes(self) -> list[tuple[str, int | None, int]]:
        """Return the cells that differ from what counts now: name, rank now, rank then."""
        cells = self.cells() if self.is_bound else {}
        return [
            (self._named(cell), self.now.get(cell), rank)
            for cell, rank in cells.items()
            if self.now.get(cell) != rank
        ]

    def _named(self, cell: tuple[str, str]) -> str:
        return f"“{dict(self.impacts)[cell[0]]}” × “{dict(self.urgencies)[cell[1]]}”"


def cell_name(impact: str, urgency: str) -> str:
    """The name of a cell's field."""
    return f"{impact}-{urgency}"


class _Named(ModelChoices):
    """Several rows with a name in both languages, to be ticked."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)


class ModifierForm(forms.Form):
    """When a priority is raised beyond the matrix, and how far."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_de = forms.CharField(label=_("Name in German"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    for_vip = forms.BooleanField(label=_("The person is a VIP"), required=False)
    impacts = _Named(Impact.objects.all(), label=_("Impact"), required=False)
    urgencies = _Named(Urgency.objects.order_by("-order"), label=_("Urgency"), required=False)
    categories = forms.TypedMultipleChoiceField(
        label=_("Categories"),
        required=False,
        coerce=int,
        help_text=_("What hangs below a chosen category counts too."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Customer"), required=False, empty_label=_("all customers")
    )
    steps = forms.TypedChoiceField(label=_("Raise by"), coerce=int, required=False, empty_value=None)
    floor = forms.TypedChoiceField(label=_("Or at least"), coerce=int, required=False, empty_value=None)
    cap = forms.TypedChoiceField(label=_("At most to"), coerce=int)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, modifier: PriorityModifier | None = None, viewer: Viewer) -> None:
        super().__init__(data, initial=_modifier_initial(modifier))
        ranks = [(row.rank, f"P{row.rank} {name_of(row)}") for row in Priority.objects.all()]
        steps = [
            (count, ngettext("one step", "%(count)s steps", count) % {"count": count})
            for count in range(1, len(ranks))
        ]
        nodes = [(node.id, node.path) for node in queries.flat_categories(inactive=True)]
        choices = {
            "steps": [("", _("no steps")), *steps],
            "floor": [("", _("no lowest priority")), *ranks],
            "cap": ranks,
            "categories": nodes,
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]
        known = visible_organisations(viewer).filter(is_active=True)
        self.fields["organisation"].queryset = known  # type: ignore[attr-defined]

    def to_input(self) -> ModifierInput:
        """The input of the action."""
        values = self.cleaned_data
        return ModifierInput(
            name_de=values["name_de"],
            name_en=values["name_en"],
            for_vip=values["for_vip"],
            organisation=values["organisation"],
            impacts=tuple(values["impacts"]),
            urgencies=tuple(values["urgencies"]),
            categories=tuple(Category.objects.filter(pk__in=values["categories"])),
            steps=values["steps"] or 0,
            floor=values["floor"],
            cap=values["cap"],
            is_active=values["is_active"],
        )


def _modifier_initial(row: PriorityModifier | None) -> dict[str, Any]:
    if row is None:
        return {"is_active": True, "cap": HIGHEST_RANK}
    names = ("version", "name_de", "name_en", "for_vip", "steps", "is_active")
    lists = ("impacts", "urgencies", "categories")
    return {
        **{name: getattr(row, name) for name in names},
        **{name: list(getattr(row, name).values_list("pk", flat=True)) for name in lists},
        "steps": row.steps or "",
        "organisation": row.organisation_id,
        "floor": row.floor_id,
        "cap": row.cap_id,
    }


class ServiceForm(forms.Form):
    """A service in both languages, whom it is for and which categories are about it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_de = forms.CharField(label=_("Name in German"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    categories = forms.TypedMultipleChoiceField(
        label=_("Categories"),
        required=False,
        coerce=int,
        help_text=_(
            "Tickets of these categories and of what hangs below are about this service, "
            "unless somebody says otherwise."
        ),
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Customers"),
        required=False,
        help_text=_("Nobody chosen: the service is there for everybody."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, service: Service | None = None, viewer: Viewer) -> None:
        super().__init__(data, initial=_service_initial(service))
        nodes = [(node.id, node.path) for node in queries.flat_categories(inactive=True)]
        self.fields["categories"].choices = nodes  # type: ignore[attr-defined]
        known = visible_organisations(viewer).filter(is_active=True)
        self.fields["organisations"].queryset = known  # type: ignore[attr-defined]

    def to_input(self) -> ServiceInput:
        """The input of the action."""
        values = self.cleaned_data
        return ServiceInput(
            name_de=values["name_de"],
            name_en=values["name_en"],
            organisations=tuple(values["organisations"]),
            categories=tuple(Category.objects.filter(pk__in=values["categories"])),
            is_active=values["is_active"],
        )


def _service_initial(row: Service | None) -> dict[str, Any]:
    if row is None:
        return {"is_active": True}
    names = ("version", "name_de", "name_en", "is_active")
    lists = ("organisations", "categories")
    return {
        **{name: getattr(row, name) for name in names},
        **{name: list(getattr(row, name).values_list("pk", flat=True)) for name in lists},
    }
