"""Forms of sign-in: allauth's own, with our words and our form of addresses."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChange
from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.rules import clean_name, normalise_email


def _ascii_address(typed: str) -> str:
    """The compared form; what is no address stays as typed and simply is nobody's."""
    try:
        return normalise_email(typed)
    except ValueError:
        return typed.strip()


def _dress(field: forms.Field, label: Any, autocomplete: str) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth brings no types
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["login"], _("E-mail address"), "username")
        _dress(self.fields["password"], _("Password"), "current-password")
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        """The address in the form in which it was verified."""
        return _ascii_address(self.cleaned_data["login"])


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """The address to send a link to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["email"], _("E-mail address"), "username")

    def clean_email(self) -> str:
        """The address in the form in which it was verified; sets `users`."""
        self.cleaned_data["email"] = _ascii_address(self.cleaned_data["email"])
        address: str = super().clean_email()
        return address


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password1"], _("New password"), "new-password")
        _dress(self.fields["password2"], _("New password, once more"), "new-password")
        self.fields["password1"].help_text = password_hint()


class ChangePasswordForm(AllauthChange):  # type: ignore[misc]
    """The present password and a new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["oldpassword"], _("Present password"), "current-password")
        _dress(self.fields["password1"], _("New password"), "new-password")
        _dress(self.fields["password2"], _("New password, once more"), "new-password")
        self.fields["password1"].help_text = password_hint()


def password_hint() -> str:
    """What a password must be, in one line."""
    return " ".join(str(text) for text in password_validators_help_texts())


class SignUpForm(forms.Form):
    """The address somebody wants to sign in with."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )

    def clean_email(self) -> str:
        """The compared form of the address."""
        try:
            return normalise_email(self.cleaned_data["email"])
        except ValueError as error:
            raise forms.ValidationError(_("This is not an e-mail address.")) from error


class ClaimForm(forms.Form):
    """Name and password of somebody who proved an address."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, known_name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_hint()
        if known_name:
            del self.fields["name"]

    def clean_name(self) -> str:
        """The name on one line."""
        return clean_name(self.cleaned_data["name"])

    def clean_password1(self) -> str:
        """A password that passes the validators of the settings."""
        password: str = self.cleaned_data["password1"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        values = super().clean() or {}
        first, second = values.get("password1"), values.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        return values
