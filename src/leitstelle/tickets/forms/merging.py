"""What merging tickets asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_see
from leitstelle.tickets.queries import by_number


class MergeForm(forms.Form):
    """Who reads what afterwards, and why; with the versions of the statuses that were looked at."""

    source_version = forms.IntegerField(widget=forms.HiddenInput)
    target_version = forms.IntegerField(widget=forms.HiddenInput)
    readers = forms.ChoiceField(
        label=_("Who reads what afterwards"),
        choices=[
            ("together", _("Both requesters read the whole conversation")),
            ("apart", _("Each of them reads their own words only")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For the desk only."),
    )

    def __init__(self, *args: Any, needs_choice: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_choice:
            del self.fields["readers"]

    @property
    def apart(self) -> bool | None:
        """What was chosen; `None` where there was nothing to choose. Of a valid form."""
        chosen = self.cleaned_data.get("readers")
        return None if chosen is None else chosen == "apart"


class MergeIntoForm(forms.Form):
    """Into which ticket those of a selection go."""

    target = forms.RegexField(
        r"^\s*#?\d{1,18}\s*$",
        label=_("Into the ticket with the number"),
        error_messages={"invalid": _("No ticket with this number was found.")},
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
    viewer = Viewer.guest()

    def clean_target(self) -> Ticket:
        """The ticket that lives on under this number; whether it may be merged into is asked for each of the others."""
        found = by_number(int(self.cleaned_data["target"].strip().lstrip("#")))
        if found is None or not can_see(self.viewer, found):
            raise forms.ValidationError(_("No ticket with this number was found."))
        return found
