"""Form of API tokens."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import labels


class TokenForm(forms.Form):
    """What a token is for, what it may, how long."""

    name = forms.CharField(label=_("What for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("May"), choices=list(labels.TOKEN_SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.ChoiceField(
        label=_("Valid for"),
        choices=[("90", _("90 days")), ("365", _("one year")), ("", _("without end"))],
        required=False,
    )
