"""Shapes of what people enter in the portal."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.accounts.rules import clean_name, normalise_email, normalise_phone
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Impact, Urgency
from leitstelle.intake.rules.carried import MAX_CARRIED
from leitstelle.kernel.web.forms import ManyFiles

MAX_TEXT = 20_000
# Names go into a mail to an address that may be somebody else's: nothing that works as a link.
NOT_IN_NAMES = ("/", "@", "www.", "\\")
# Everyday words for the shipped scale; entries a house added speak for themselves.
URGENCY: dict[str, str | Promise] = {
    "stopped": _("I cannot go on working"),
    "hindered": _("I get on with difficulty only"),
    "can_wait": _("It can wait"),
}
IMPACT: dict[str, str | Promise] = {
    "person": pgettext_lazy("who is affected", "Only me"),
    "group": pgettext_lazy("who is affected", "Several people or my team"),
    "business": pgettext_lazy("who is affected", "The whole site or company"),
}


class ReportForm(forms.Form):
    """A report: what it is about, what happens, how bad it is, where. Files are handled beside it."""

    area = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    category = forms.CharField(required=False, max_length=120, label=_("What exactly is it about?"))
    body = forms.CharField(
        label=_("What happens? Please describe it in your own words."),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Helpful: Since when? What does the screen say? What have you tried already?"),
        error_messages={"required": _("Please describe what happens.")},
    )
    urgency = forms.ChoiceField(label=_("How much does it disturb your work?"))
    impact = forms.ChoiceField(label=_("Who is affected?"))
    device = forms.CharField(
        required=False,
        max_length=80,
        label=_("Which device?"),
        help_text=_("The number is on the sticker of the device."),
    )
    place = forms.CharField(
        required=False, max_length=120, label=_("Where?"), help_text=_("Building, room or desk")
    )
    uploads = forms.FileField(required=False, label=_("Photo or file"), widget=ManyFiles)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    guide = forms.CharField(required=False, max_length=MAX_CARRIED, widget=forms.HiddenInput)
    once = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = {"urgency": scale(Urgency, URGENCY), "impact": scale(Impact, IMPACT)}
        for name, entries in self.scales.items():
            self.choices_of(name).choices = entries

    def tiles(self, name: str) -> list[tuple[str, str | Promise, str]]:
        """Return a scale as the tiles of the portal want it: value, label, no icon."""
        return [(key, label, "") for key, label in self.scales[name]]

    def choices_of(self, name: str) -> forms.ChoiceField:
        """Return a field of choices with its type."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field


class GuestReportForm(ReportForm):
    """A report of somebody who has not signed in."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send you a link to confirm your report."),
    )
    phone = forms.CharField(
        required=False,
        max_length=40,
        label=_("Phone for questions"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    field_order = ("name", "email", "phone")

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name or any(mark in name.lower() for mark in NOT_IN_NAMES):
            raise forms.ValidationError(_("Please give your name only."))
        return name

    def clean_email(self) -> str:
        try:
            return normalise_email(self.cleaned_data["email"])
        except ValueError:
            raise forms.ValidationError(_("Please check the mail address.")) from None

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if not phone:
            return ""
        try:
            return normalise_phone(phone)
        except ValueError:
            raise forms.ValidationError(_("Please check the phone number.")) from None


class AnswerForm(forms.Form):
    """What somebody adds to a report."""

    body = forms.CharField(
        label=_("Your answer"), max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    uploads = forms.FileField(required=False, label=_("Photo or file"), widget=ManyFiles)


def scale(
    model: type[Impact] | type[Urgency], words: Mapping[str, str | Promise]
) -> list[tuple[str, str | Promise]]:
    """Return the entries of a scale in everyday words."""
    found = [(row.key, words.get(row.key, name_of(row))) for row in model.objects.all()]
    known = list(words)
    return sorted(found, key=lambda one: known.index(one[0]) if one[0] in known else len(known))
