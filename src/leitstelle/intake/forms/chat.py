"""The forms of chat: who a visitor says they are, where people chat, to whom a chat is passed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.accounts.rules import clean_name, normalise_email
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.intake.actions.chat_passing import Passing
from leitstelle.intake.forms.portal import NOT_IN_NAMES
from leitstelle.intake.queries.chat import Receiver
from leitstelle.intake.rules.chat import MAX_LINE
from leitstelle.kernel.web.forms import ManyFiles, Switch
from leitstelle.knowledge.queries import guides_in_force, titled


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


class GuideKeys(forms.MultipleChoiceField):
    """Guides by key, kept as one text."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value))


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
    offers_guides = forms.BooleanField(
        label=_("Offer guides before a person"), required=False, initial=True, widget=Switch
    )
    guides = GuideKeys(
        label=_("Guides offered first"),
        required=False,
        help_text=_("None chosen: those of the category. Once somebody types, their words choose."),
    )
    asks_who = forms.BooleanField(
        label=_("Ask for name and mail address"), required=False, initial=True, widget=Switch
    )
    in_portal = forms.BooleanField(label=_("Offer it in the portal"), required=False, widget=Switch)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "de")[:2]
        self.fields["guides"].choices = [  # type: ignore[attr-defined]
            (one.guide.key, one.guide.title.of(language)) for one in titled(guides_in_force(), language)
        ]


class SayForm(forms.Form):
    """What an agent says."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(max_length=MAX_LINE, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    uploads = forms.FileField(required=False, label=_("Photo or file"), widget=ManyFiles)


class PassForm(forms.Form):
    """Who takes a chat over, and why; `receivers` are the agents who are there for chats."""

    to = forms.ChoiceField(label=_("Pass on to"))
    reason = forms.CharField(label=_("Why it is handed over"), max_length=500)
    tried = forms.CharField(
        label=_("What was tried"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    over_limit = forms.BooleanField(
        label=_("Even if they have enough chats"), required=False, widget=forms.CheckboxInput
    )

    def __init__(
        self,
        *args: Any,
        teams: Sequence[Team],
        receivers: Sequence[Receiver],
        may_exceed: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._teams = {f"team:{team.pk}": team for team in teams}
        self._receivers = {f"person:{one.person.pk}": one for one in receivers}
        people = [
            (key, _("%(name)s (%(count)s of %(most)s chats)") % {
                "name": one.person.display_name, "count": one.count, "most": one.most,
            })
            for key, one in self._receivers.items()
        ]  # fmt: skip
        groups = [
            (_("Teams"), [(key, team.name) for key, team in self._teams.items()]),
            (_("Agents who are there"), people),
        ]
        choices = [("", _("Please choose")), *[group for group in groups if group[1]]]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if not may_exceed:
            del self.fields["over_limit"]

    def passing(self) -> Passing:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        receiver = self._receivers.get(data["to"])
        return Passing(
            team=receiver.team if receiver else self._teams[data["to"]],
            person=receiver.person if receiver else None,
            reason=data["reason"],
            tried=data["tried"],
            over_limit=data.get("over_limit", False),
        )
