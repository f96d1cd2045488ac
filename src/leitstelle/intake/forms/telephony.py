"""The forms of a telephone system and of one of its lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.accounts.policies import agents
from leitstelle.intake.choices import DialKind
from leitstelle.intake.errors import NobodysLine
from leitstelle.intake.labels import DIAL_KIND, TELEPHONY_KIND
from leitstelle.intake.rules.telephony.dialing import SIPGATE_ADDRESS
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
    public_key = forms.CharField(
        label=_("Public key of sipgate"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono", "spellcheck": "false"}),
        help_text=_(
            "For sipgate.io only. With it, nothing is accepted that sipgate did not sign (X-Sipgate-Signature)."
        ),
    )
    dial_kind = forms.ChoiceField(
        label=_("Calls by a click"),
        required=False,
        choices=list(DIAL_KIND.items()),
        help_text=_("The agent's own telephone rings first, then the number is called."),
    )
    dial_address = forms.CharField(
        label=_("Address that makes the calls"),
        required=False,
        max_length=500,
        help_text=_("Left empty for sipgate: its own interface. Else it gets “caller” and “callee” as JSON."),
    )
    dial_user = forms.CharField(
        label=_("User of the interface"),
        required=False,
        max_length=120,
        help_text=_("At sipgate the token ID"),
    )
    dial_secret = forms.CharField(
        label=_("Secret of the interface"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At sipgate the token. Left empty, the stored one stays."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("dial_kind") == DialKind.SIPGATE and not data.get("dial_address"):
            data["dial_address"] = SIPGATE_ADDRESS
        return data


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
