"""Forms of categories and of the priority matrix."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.catalog import queries
from leitstelle.catalog.actions import CategoryInput
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Impact, Priority, Urgency


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

    def __init__(self, data: Any = None, *, cells: dict[tuple[str, str], int], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.impacts = [(row.key, name_of(row)) for row in Impact.objects.all()]
        self.urgencies = [(row.key, name_of(row)) for row in Urgency.objects.order_by("-order")]
        ranks = [(row.rank, f"P{row.rank} {name_of(row)}") for row in Priority.objects.all()]
        for urgency, urgency_name in self.urgencies:
            for impact, impact_name in self.impacts:
                self.fields[cell_name(impact, urgency)] = forms.TypedChoiceField(
                    label=f"{urgency_name}, {impact_name}",
                    choices=ranks,
                    coerce=int,
                    initial=cells.get((impact, urgency)),
                )

    def cells(self) -> dict[tuple[str, str], int]:
        """The matrix as it was chosen."""
        return {
            (impact, urgency): self.cleaned_data[cell_name(impact, urgency)]
            for impact, _impact in self.impacts
            for urgency, _urgency in self.urgencies
        }


def cell_name(impact: str, urgency: str) -> str:
    """The name of a cell's field."""
    return f"{impact}-{urgency}"
