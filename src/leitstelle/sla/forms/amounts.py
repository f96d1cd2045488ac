"""Amounts of service time as people write them, and the matrix they stand in."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.formats import hours_minutes
from leitstelle.sla.rules.amounts import HOUR, MINUTE, Amount, AmountProblem, parse


class AmountField(forms.CharField):
    """An amount of service time as people write it; empty is no target."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.TextInput(attrs={"autocomplete": "off", "size": 8})
        super().__init__(required=False, max_length=30, widget=box, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return parse(super().clean(value))
        except AmountProblem as problem:
            text = _("Please write for example “30 min”, “4 h” or “3 days”.")
            raise forms.ValidationError(text) from problem

    def prepare_value(self, value: Any) -> Any:
        return spoken(value) if isinstance(value, Amount) else value


def spoken(amount: Amount) -> str:
    """An amount the way the form reads it back: "3 d", "4 h", "13:30 h", "90 min"."""
    if amount.days is not None:
        return f"{amount.days} {_('d')}"
    if amount.seconds % HOUR == 0:
        return f"{amount.seconds // HOUR} h"
    if amount.seconds < 2 * HOUR or amount.seconds % MINUTE:
        return f"{amount.seconds // MINUTE} min"
    return f"{hours_minutes(amount.seconds)} h"


@dataclass(frozen=True)
class Cell:
    """One target in the matrix: its amount and its own service hours."""

    amount: BoundField
    hours: BoundField


@dataclass(frozen=True)
class MatrixRow:
    """One priority with its targets, by metric or by support level."""

    rank: int
    name: str
    cells: list[Cell]
