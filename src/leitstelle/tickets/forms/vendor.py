"""A vendor case and its pack."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.forms import ManyFiles

if TYPE_CHECKING:
    from leitstelle.contracts.models import UnderpinningContract, Vendor
    from leitstelle.tickets.queries.vendor import Pack

    Targets = list[tuple[Vendor, list[UnderpinningContract]]]


PACK_PARTS = (
    ("words", _("What the requester wrote")),
    ("facts", _("Kind, impact and urgency")),
    ("devices", _("Devices with serial number and warranty")),
    ("tried", _("What was tried and found")),
)


class VendorCaseForm(forms.Form):
    """Whom to ask, and what of the ticket goes into the pack."""

    target = forms.ChoiceField(label=_("Vendor and contract"))
    subject = forms.CharField(label=_("Subject"), max_length=300)
    parts = forms.MultipleChoiceField(
        label=_("The pack says"), choices=PACK_PARTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.MultipleChoiceField(
        label=_("Internal notes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    attached = forms.MultipleChoiceField(
        label=_("Files of the ticket"), required=False, widget=forms.CheckboxSelectMultiple
    )
    uploads = forms.FileField(label=_("Further files"), required=False, widget=ManyFiles)
    text = forms.CharField(
        label=_("Pack"), strip=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 18})
    )
    external_number = forms.CharField(
        label=_("Their number"),
        max_length=60,
        required=False,
        help_text=_("Where the case was opened in their portal or by telephone already."),
    )

    def __init__(self, data: Any = None, *, pack: "Pack", targets: "Targets", building: bool = False) -> None:
        super().__init__(
            data, initial={"subject": pack.ticket.subject, "parts": [key for key, _name in PACK_PARTS]}
        )
        self.pack = pack
        self._targets: dict[str, tuple[Vendor, UnderpinningContract | None]] = {}
        choices = []
        for vendor, contracts in targets:
            for contract in (*contracts, None):
                key = f"{vendor.pk}:{contract.pk if contract else ''}"
                self._targets[key] = (vendor, contract)
                named = str(contract) if contract else _("without contract")
                choices.append((key, f"{vendor.name} · {named}"))
        self._offer("target", choices)
        self._offer("notes", [(str(one.pk), f"{one.from_name}: {one.preview}") for one in pack.notes])
        self._offer("attached", [(str(one.pk), one.filename) for one in pack.files])
        if choices:
            self.initial["target"] = choices[0][0]
        if building:  # the text was written anew, nothing has been sent that could be wrong
            self._errors = ErrorDict()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        elif name != "target":
            del self.fields[name]

    def _values(self, name: str) -> list[str]:
        if name not in self.fields:
            return []
        if self.is_bound:
            return cast(QueryDict, self.data).getlist(name)
        return list(self.initial.get(name, []))

    def chosen(self) -> dict[str, Any]:
        """What is ticked at the moment, valid or not: vendor, parts, notes and files."""
        targets = self._values("target") if self.is_bound else [self.initial.get("target", "")]
        notes, files = set(self._values("notes")), set(self._values("attached"))
        return {
            "vendor": self._targets.get(targets[0] if targets else "", (None, None))[0],
            "parts": set(self._values("parts")),
            "notes": [one for one in self.pack.notes if str(one.pk) in notes],
            "files": [one for one in self.pack.files if str(one.pk) in files],
        }

    def asked(self) -> "tuple[Vendor, UnderpinningContract | None]":
        """The vendor and the contract that were chosen; of a valid form."""
        return self._targets[self.cleaned_data["target"]]

    def rebuilt(self, text: str) -> QueryDict:
        """What was sent, with another text."""
        values = cast(QueryDict, self.data).copy()
        values["text"] = text
        return values
