"""The form of the house's account for outgoing mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.intake.choices import SignIn
from leitstelle.intake.labels import SIGN_IN, TLS
from leitstelle.kernel.mail.accounts import AccountInput
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.web.forms import Switch


class OutgoingForm(forms.Form):
    """Server, account and sender; the password is never shown, an empty one stays as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    host = forms.CharField(
        label=_("SMTP server"),
        max_length=253,
        widget=forms.TextInput(attrs={"placeholder": "smtp.example.org"}),
    )
    port = forms.IntegerField(label=_("SMTP port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=_("SMTP encryption"), choices=list(TLS.items()), initial="starttls")
    verify_certificate = forms.BooleanField(
        label=_("Check the certificate of the SMTP server"), required=False, initial=True, widget=Switch
    )
    auth = forms.ChoiceField(
        label=_("Sign-in for sending"),
        choices=list(SIGN_IN.items()),
        initial=SignIn.PASSWORD,
        required=False,
        help_text=_("OAuth2 is set up on a page of its own once the account is saved."),
    )
    username = forms.CharField(
        label=_("SMTP user"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("SMTP password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )
    address = forms.EmailField(
        label=_("Sender address"),
        max_length=254,
        required=False,
        help_text=_("For mail that belongs to no mailbox: invitations, passwords."),
    )

    def __init__(self, data: Any = None) -> None:
        row = OutgoingAccount.objects.defer("password").first()
        names = [name for name in self.base_fields if name != "password"]
        super().__init__(
            data, initial={name: getattr(row, name) for name in names} if row else {"version": 0}
        )

        self.by_token = row is not None and row.auth == SignIn.OAUTH2

    def to_input(self) -> AccountInput:
        """The input of the action."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return AccountInput(**values | {"auth": values["auth"] or SignIn.PASSWORD})


class TestMailForm(forms.Form):
    """To whom the test mail goes."""

    __test__ = False  # the name is no test of pytest

    recipient = forms.EmailField(label=_("Send the test mail to"), max_length=254)
