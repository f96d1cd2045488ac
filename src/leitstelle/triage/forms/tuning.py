"""What the house allows the statistics for one field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.forms import Switch
from leitstelle.triage.choices import PRECISIONS
from leitstelle.triage.rules.deciding import Rein


class ReinForm(forms.Form):
    """Switch, right to decide, and how sure it must be."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_on = forms.BooleanField(label=_("Propose"), required=False, widget=Switch)
    decides = forms.BooleanField(
        label=_("Decide without asking where it is sure enough"), required=False, widget=Switch
    )
    precision = forms.TypedChoiceField(
        label=_("So many decisions are to be right"),
        choices=[(percent, f"{percent} %") for percent in PRECISIONS],
        coerce=int,
        help_text=_("The surer it has to be, the fewer tickets it decides."),
    )
    suggest_from = forms.IntegerField(
        label=_("Suggest from this probability on, in per cent"), min_value=1, max_value=95
    )

    def to_rein(self) -> Rein:
        """Return what was entered."""
        data = self.cleaned_data
        return Rein(data["is_on"], data["decides"], data["precision"], data["suggest_from"])
