"""The forms of chat: who a visitor says they are, where people chat, to whom a chat is passed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.accounts.rules import clean_name, normalise_email
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.intake.forms.portal import NOT_IN_NAMES
from leitstelle.intake.rules.chat import MAX_LINE
from leitstelle.kernel.web.forms import ManyFiles, Switch


class WhoForm(forms.Form):
    """Name and address of a visitor; `needed`: both must be given."""

    name = forms.CharField(max_length=80, required=False)
    email = forms.EmailField(max_length=254, required=False)

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = self.fields["email"].required = needed

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if any(mark in name.lower() for mark in NOT_IN_NAMES):
            raise forms.ValidationError(_("Please give your name only."))
        return name

    def clean_email(self) -> str:
        value: str = self.cleaned_data["email"]
        try:
            return normalise_email(value) if value else ""
        except ValueError:
            raise forms.ValidationError(_("Please check the mail address.")) from None


class ChatDoorForm(forms.Form):
    """What a chat is called, who answers when, and which sites show it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        required=False,
        empty_label=_("default team"),
        help_text=_("Its members answer, and its tickets they become."),
    )
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("Category"), required=False, empty_label=_("none")
    )
    calendar = forms.ModelChoiceField(
        ServiceCalendar.objects.filter(is_active=True),
        label=_("Service hours"),
        required=False,
        empty_label=_("at any time"),
        help_text=_("Outside of them visitors leave a message."),
    )
    per_agent = forms.IntegerField(label=_("Chats per agent at once"), min_value=1, max_value=20, initial=3)
    origins = forms.CharField(
        label=_("Sites that may show it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One a line, as in https://www.example.org. The portal needs no entry."),
    )
    greeting_de = forms.CharField(label=_("Greeting in German"), max_length=300, required=False)
    greeting_en = forms.CharField(label=_("Greeting in English"), max_length=300, required=False)
    asks_who = forms.BooleanField(
        label=_("Ask for name and mail address"), required=False, initial=True, widget=Switch
    )
    in_portal = forms.BooleanField(label=_("Offer it in the portal"), required=False, widget=Switch)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)


class SayForm(forms.Form):
    """What an agent says."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(max_length=MAX_LINE, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    uploads = forms.FileField(required=False, label=_("Photo or file"), widget=ManyFiles)


class PassForm(forms.Form):
    """The team that takes a chat over."""

    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), empty_label=_("Please choose")
    )
