"""The form of a sign-in by tokens: a mailbox's, or that of the house's account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.intake.actions.oauth import OAuthInput
from leitstelle.intake.labels import OAUTH_GRANT, OAUTH_PROVIDER
from leitstelle.intake.models import MailOAuth


class OAuthForm(forms.Form):
    """Provider, application and how it gets tokens; the secret is never shown, an empty one stays as it is."""

    provider = forms.ChoiceField(label=_("Provider"), choices=list(OAUTH_PROVIDER.items()))
    grant = forms.ChoiceField(label=_("How the desk gets tokens"), choices=list(OAUTH_GRANT.items()))
    tenant = forms.CharField(
        label=_("Directory (tenant) of Microsoft 365"),
        max_length=120,
        required=False,
        help_text=_("Its name or id. Empty: that of whoever allows access."),
    )
    client_id = forms.CharField(label=_("Application (client) id"), max_length=200)
    client_secret = forms.CharField(
        label=_("Secret of the application"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )
    authorize_url = forms.CharField(
        label=_("Address for consent"),
        max_length=500,
        required=False,
        help_text=_("Only of another provider."),
    )
    token_url = forms.CharField(
        label=_("Address for tokens"),
        max_length=500,
        required=False,
        help_text=_("Only of another provider."),
    )
    scope = forms.CharField(
        label=_("Permissions (scope)"),
        max_length=1000,
        required=False,
        help_text=_("Empty: those that Microsoft and Google document for mail."),
    )

    def __init__(self, data: Any, row: MailOAuth | None) -> None:
        names = [name for name in self.base_fields if name != "client_secret"]
        super().__init__(data, initial={name: getattr(row, name) for name in names} if row else {})

    def to_input(self) -> OAuthInput:
        """The input of the action."""
        return OAuthInput(**self.cleaned_data)
