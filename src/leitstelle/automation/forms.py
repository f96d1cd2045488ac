"""The form of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Team
from leitstelle.accounts.policies import visible_organisations
from leitstelle.automation.labels import TOLD
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.queries import categories_in_use, impacts, urgencies
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.forms import Switch

_PLAIN = {"spellcheck": "false", "class": "mono"}


def _line() -> forms.TextInput:
    return forms.TextInput(attrs=_PLAIN)


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **_PLAIN})


def _categories() -> list[tuple[str, str]]:
    rows = categories_in_use()
    named = [(str(row.pk), branch_name(row)) for row in rows]
    return [("", str(_("not classified"))), *named]


class HookForm(forms.Form):
    """What a webhook is called, whose its tickets are, and how a report becomes one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=2000,
        widget=_line(),
        help_text=_("Text with paths into the JSON in braces: {alert.labels.host|alert.name} is down"),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        required=False,
        widget=_lines(4),
        help_text=_("Left empty, the whole report stands in the ticket."),
    )
    matter = forms.CharField(
        label=_("What it is about"),
        max_length=2000,
        required=False,
        widget=_line(),
        help_text=_(
            "Reports about the same share a ticket while it is open, such as {alert.fingerprint}. "
            "Left empty, each report opens a ticket."
        ),
    )
    only_when = forms.CharField(
        label=_("Only when"),
        max_length=2000,
        required=False,
        widget=_lines(2),
        help_text=_("One comparison a line, such as severity != info. All must hold."),
    )
    over_when = forms.CharField(
        label=_("It is over when"),
        max_length=2000,
        required=False,
        widget=_lines(2),
        help_text=_("Such as status = resolved. Is noted on the open ticket and opens none."),
    )
    resolves = forms.BooleanField(
        label=_("What is over resolves tickets that nobody has begun with"), required=False, widget=Switch
    )
    requester = forms.CharField(
        label=_("Mail address of the requester"),
        max_length=2000,
        required=False,
        widget=_line(),
        help_text=_("A path such as {user.email}. Counts where the address is known."),
    )
    device = forms.CharField(label=_("Device"), max_length=2000, required=False, widget=_line())
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Customer"),
        required=False,
        empty_label=_("that of the requester"),
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False, empty_label=_("default team")
    )
    category = forms.TypedChoiceField(label=_("Category"), required=False, coerce=int, empty_value=None)
    impact = forms.ChoiceField(label=_("Impact"))
    urgency = forms.ChoiceField(label=_("Urgency"))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only administrators come here, who see every customer.
        self._field("organisation").queryset = visible_organisations(Viewer.system()).order_by("name")
        self._field("category").choices = _categories()
        self._field("impact").choices = [(row.pk, name_of(row)) for row in impacts()]
        self._field("urgency").choices = [(row.pk, name_of(row)) for row in urgencies()]

    def _field(self, name: str) -> Any:
        return self.fields[name]


class TrialForm(forms.Form):
    """A report to try the mapping with."""

    report = forms.CharField(
        label=_("A report as JSON"),
        max_length=50_000,
        widget=_lines(6),
    )


class WishForm(forms.Form):
    """What an endpoint is told."""

    codes = forms.MultipleChoiceField(
        label=_("Tell when"), required=False, choices=list(TOLD.items()), widget=forms.CheckboxSelectMultiple
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Only tickets of"),
        required=False,
        empty_label=_("all teams"),
    )
