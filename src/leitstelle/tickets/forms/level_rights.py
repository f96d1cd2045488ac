"""What a level sees, may do and solves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.choices import LevelRight, LevelSight
from leitstelle.accounts.labels import LEVEL_RIGHT, LEVEL_SIGHT
from leitstelle.accounts.models import Level
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category
from leitstelle.tickets.actions.level_rights import LevelRightsInput


class LevelRightsForm(forms.Form):
    """What a level sees, may do and solves."""

    sees = forms.ChoiceField(label=_("Agents of this level see"), choices=list(LEVEL_SIGHT.items()))
    may = forms.MultipleChoiceField(
        label=_("They may"),
        choices=list(LEVEL_RIGHT.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    solves = forms.ModelMultipleChoiceField(
        Category.objects.filter(parent__isnull=True, is_active=True),
        label=_("They solve tickets of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: every category."),
    )

    def __init__(self, data: Any = None, *, level: Level) -> None:
        initial = {
            "sees": level.sees,
            "may": [right for right in LevelRight.values if right not in level.withheld],
            "solves": list(level.solves.values_list("category_id", flat=True)),
        }
        super().__init__(data, initial=initial)
        self.fields["solves"].label_from_instance = name_of  # type: ignore[attr-defined]

    def to_input(self) -> LevelRightsInput:
        """The input of the action."""
        may = self.cleaned_data["may"]
        return LevelRightsInput(
            sees=LevelSight(self.cleaned_data["sees"]),
            withheld=tuple(right for right in LevelRight if right not in may),
            solves=tuple(self.cleaned_data["solves"]),
        )
