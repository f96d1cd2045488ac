"""The forms of a telephone system and of one of its lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.accounts.policies import agents
from leitstelle.intake.errors import NobodysLine
from leitstelle.intake.labels import TELEPHONY_KIND
from leitstelle.kernel.web.forms import Switch


class TelephonySourceForm(forms.Form):
    """What a telephone system is called, how it reports, and whose its calls are."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(TELEPHONY_KIND.items()))
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        required=False,
        empty_label=_("default team"),
        help_text=_("Whose calls these are where no line says otherwise."),
    )
    missed_tickets = forms.BooleanField(
        label=_("Missed calls become call-back tickets"), required=False, initial=True, widget=Switch
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)


class LineForm(forms.Form):
    """Whose telephone an extension, user id or own number is."""

    key = forms.CharField(
        label=_("Extension, user id or number"),
        max_length=80,
        help_text=_("As the telephone system names it: 21, w0, 7777abc@fpbx.de or +49 30 1234567"),
    )
    person = forms.ModelChoiceField(
        agents().order_by("sort_name"), label=_("Person"), required=False, empty_label=_("nobody alone")
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False, empty_label=_("none")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data.get("person") is None and data.get("team") is None:
            self.add_error("person", NobodysLine.default_message)
        return data
