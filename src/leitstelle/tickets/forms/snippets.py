"""The form of a text template."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Team
from leitstelle.kernel.web.forms import Switch
from leitstelle.tickets.labels import SNIPPET_USE


class SnippetForm(forms.Form):
    """All of a text template."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=8000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Fields: ticket.number, ticket.subject, requester.name, requester.first_name, requester.last_name, "
            "customer.name, customer.site, agent.name, agent.team, desk.name, desk.portal, today. "
            "Each in double braces."
        ),
    )
    use = forms.ChoiceField(label=_("Used"), choices=list(SNIPPET_USE.items()))
    shortcut = forms.RegexField(
        r"^[\w-]*$",
        label=_("Shortcut"),
        max_length=30,
        required=False,
        help_text=_("Typed after “::” in the composer."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True), label=_("Customer"), required=False, empty_label=_("all")
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False, empty_label=_("all")
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)
