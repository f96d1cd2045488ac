"""The form of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.outbound.rules import LONGEST_ADDRESS
from leitstelle.kernel.web.forms import Switch


class WebhookForm(forms.Form):
    """What it is called, where it is, and the key that both sides know."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Public addresses; redirects are not followed."),
    )
    key = forms.CharField(
        label=_("Key"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "16 characters at least; every call is signed with it. Empty: the stored one stays. Another address "
            "needs it given again."
        ),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("version"):
            self.fields["key"].required = True
