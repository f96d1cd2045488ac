"""Sample values for the component gallery: every component in every state."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import ManyFiles, Switch

MOMENT = datetime(2026, 3, 17, 13, 5, tzinfo=UTC)
SWATCHES = (
    *("canvas", "surface", "raised", "sunken", "hover", "selected", "rail-bg", "line", "edge"),
    *("text", "text-2", "text-3", "accent-fill", "accent-tint"),
    *("crit", "high", "warn", "ok", "plan", "note"),
)
LEVELS = ("person", "group", "business")
MATRIX = {
    ("stopped", "person"): "P2",
    ("stopped", "group"): "P1",
    ("stopped", "business"): "P1",
    ("hindered", "person"): "P3",
    ("hindered", "group"): "P2",
    ("hindered", "business"): "P1",
    ("can_wait", "person"): "P4",
    ("can_wait", "group"): "P3",
    ("can_wait", "business"): "P2",
}


class SampleForm(forms.Form):
    """One field per kind of widget."""

    subject = forms.CharField(label=_("Subject"), max_length=80)
    restored = forms.DateField(label=_("Recovery point"), widget=forms.DateInput(attrs={"type": "date"}))
    notify = forms.ChoiceField(
        label=_("Notification"),
        required=False,
        choices=[("sec", _("Security officers and data protection coordination")), ("", _("Nobody"))],
        help_text=_("Goes to everybody in the group."),
    )
    description = forms.CharField(label=_("What happens?"), widget=forms.Textarea(attrs={"rows": 3}))
    inform = forms.BooleanField(label=_("Inform the requester about the solution"), required=False)
    running = forms.BooleanField(label=_("Deadline runs"), required=False, widget=Switch)
    visit = forms.ChoiceField(
        label=_("Kind of help"),
        widget=forms.RadioSelect,
        choices=[("remote", _("Remote session")), ("site", _("On-site visit"))],
    )
    skills = forms.MultipleChoiceField(
        label=_("Skills"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("net", _("Network")), ("print", _("Printing"))],
    )
    photos = forms.FileField(label=_("Photo or file"), required=False, widget=ManyFiles)


def _form() -> SampleForm:
    form = SampleForm(
        {
            "subject": "Verlängerung Servicevertrag Stadtwerke",
            "restored": "",
            "notify": "sec",
            "description": "Seit heute früh bleibt jeder Auftrag in der Warteschlange.",
            "inform": "on",
            "running": "on",
            "visit": "remote",
            "skills": ["net"],
        }
    )
    form.is_valid()
    return form


def context() -> dict[str, Any]:
    """Values for every component in every state."""
    names = {"P1": _("Critical"), "P2": _("High"), "P3": _("Medium"), "P4": _("Low")}
    return {
        "moment": MOMENT,
        "day": date(2026, 3, 17),
        "swatches": SWATCHES,
        "prios": list(names.items()),
        "form": _form(),
        "urgencies": [
            ("stopped", _("at a standstill")),
            ("hindered", _("hindered")),
            ("can_wait", _("can wait")),
        ],
        "impacts": [("person", _("Person")), ("group", _("Team")), ("business", _("Company"))],
        "cells": {key: (code, names[code]) for key, code in MATRIX.items()},
        "modes": [
            ("reply", _("Reply"), "arrow-back-up", ""),
            ("note", _("Internal note"), "lock", ""),
            ("call", _("Phone call"), "phone", ""),
        ],
    }
