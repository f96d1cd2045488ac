"""The form of a call or a visit, and the form that says later who an unknown caller was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Person, Team
from leitstelle.accounts.rules import normalise_email
from leitstelle.assets.models import Asset
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.models import ResolutionCode
from leitstelle.catalog.queries import categories_in_use
from leitstelle.intake.actions.calls import Ending, Matter, NewCall
from leitstelle.intake.choices import Outcome
from leitstelle.intake.labels import OUTCOME
from leitstelle.intake.queries.availability import reached_in_teams
from leitstelle.intake.rules.calls import Span, Stranger, noted, span_of
from leitstelle.tickets.actions import HandoverOffer
from leitstelle.tickets.choices import Channel, Kind
from leitstelle.tickets.errors import ReasonMissing, TriedMissing
from leitstelle.tickets.labels import KIND
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.people import teams_in_use

UNKNOWN = "unknown"
MAX_TEXT = 50_000
# What a form begins with: urgency and impact. Names of the answers to a guide begin so.
MATRIX = "hindered:person"
GUIDE_ANSWER = "g."
MOST_ANSWERS = 60
LOCAL_MINUTE = "%Y-%m-%dT%H:%M"


def _categories() -> list[tuple[str, str]]:
    rows = [(str(row.pk), branch_name(row)) for row in categories_in_use()]
    return [("", str(_("not classified"))), *rows]


def _team_words(team: Team, reached: int, members: int) -> str:
    """A team with its level, and how many of it can be reached now."""
    named = f"{name_of(team.level)} · {team.name}"
    if not members:
        return named
    count = str(_("%(reached)s of %(members)s can be reached")) % {"reached": reached, "members": members}
    return f"{named} – {count}"


def _teams() -> list[tuple[str, str]]:
    reached = reached_in_teams(timezone.now())
    rows = [(str(team.pk), _team_words(team, *reached.get(team.pk, (0, 0)))) for team in teams_in_use()]
    return [("", str(_("please choose"))), *rows]


def _codes() -> list[tuple[str, str]]:
    return [(code.pk, name_of(code)) for code in ResolutionCode.objects.filter(is_active=True)]


class CallerForm(forms.Form):
    """Who it is: a person found, or what was said of one nobody knows."""

    who = forms.CharField(
        label=_("Who is calling?"),
        required=False,
        max_length=254,
        help_text=_("Name, customer, mail address or telephone number"),
    )
    person = forms.RegexField(rf"^(\d{{1,18}}|{UNKNOWN})$", required=False, widget=forms.HiddenInput)
    caller_name = forms.CharField(label=_("Name"), required=False, max_length=200)
    caller_number = forms.CharField(label=_("Telephone number"), required=False, max_length=60)
    caller_email = forms.CharField(label=_("Mail address"), required=False, max_length=254)
    caller_organisation = forms.CharField(label=_("Customer"), required=False, max_length=200)

    def clean_caller_email(self) -> str:
        typed: str = self.cleaned_data["caller_email"].strip()
        if typed:
            try:
                normalise_email(typed)
            except ValueError:
                raise forms.ValidationError(_("Please check the mail address.")) from None
        return typed

    @property
    def stranger(self) -> Stranger:
        """What was typed about a caller nobody knows, the search among it."""
        data = self.cleaned_data
        typed = Stranger(
            data["caller_name"],
            data["caller_number"],
            data.get("caller_email", ""),
            data["caller_organisation"],
        )
        return noted(data["who"], typed)


class CallForm(CallerForm):
    """A call: who, what, how bad, and what became of it."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    opened = forms.DateTimeField(widget=forms.HiddenInput)
    phone_call = forms.UUIDField(required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(choices=[(one, one) for one in (Channel.PHONE, Channel.WALK_IN)])
    create_person = forms.BooleanField(
        label=_("Keep as a new person"),
        required=False,
        help_text=_("Without a name the call stays with an unknown caller, who can be named later."),
    )
    ticket = forms.UUIDField(required=False)
    device = forms.IntegerField(required=False)
    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=300,
        help_text=_("Left empty, the first line below is the subject."),
    )
    body = forms.CharField(
        label=_("What was said"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
    category = forms.TypedChoiceField(
        label=_("Category"), required=False, choices=_categories, coerce=int, empty_value=None
    )
    matrix = forms.RegexField(r"^[a-z_]+:[a-z_]+$", label=_("Impact and urgency"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, KIND[kind]) for kind in Kind])
    device_label = forms.CharField(label=_("Device"), required=False, max_length=80)
    started = forms.DateTimeField(
        label=_("Began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_MINUTE)
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=0,
        max_value=480,
        help_text=_("Left empty: until you save."),
    )
    callback = forms.BooleanField(label=_("Wishes to be called back"), required=False)
    callback_number = forms.CharField(label=_("Call back at"), required=False, max_length=60)
    outcome = forms.ChoiceField(label=_("What becomes of it"), choices=list(OUTCOME.items()))
    code = forms.ChoiceField(label=_("Resolution code"), required=False, choices=_codes)
    answer = forms.CharField(
        label=_("What was answered"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    by_mail = forms.BooleanField(label=_("Send the answer by mail too"), required=False)
    team = forms.TypedChoiceField(
        label=_("To team"), required=False, choices=_teams, coerce=int, empty_value=None
    )
    tried = forms.CharField(
        label=_("What was tried"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Steps and their results, so that nobody has to start again."),
    )
    reason = forms.CharField(label=_("Why it is handed over"), required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        """Ask for what the outcome needs, and for a time at which the call can have been."""
        super().clean()
        data = self.cleaned_data
        outcome = data.get("outcome")
        if outcome == Outcome.SOLVE:
            self._need("answer", _("Please write what was answered."))
            self._need("code", _("Please choose how it was solved."))
        elif outcome == Outcome.HAND_OVER:
            self._need("team", _("Please choose a team."))
            self._need("tried", TriedMissing.default_message)
            self._need("reason", ReasonMissing.default_message)
        if data.get("callback"):
            self._need("callback_number", _("Please note the number."))
        if "started" in data and "opened" in data:
            self._read_span(timezone.now())
        return data

    def _need(self, name: str, text: Any) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, text)

    def _read_span(self, now: datetime) -> None:
        data = self.cleaned_data
        live = data["started"] == data["opened"].replace(second=0, microsecond=0)
        try:
            begin = data["opened"] if live else data["started"]
            data["span"] = span_of(begin, data.get("minutes"), live=live, now=now)
        except ValueError:
            self.add_error("started", _("A call can be entered up to 90 days later, not ahead of time."))

    def call(self, caller: Person | None, ticket: Ticket | None, device: Asset | None) -> NewCall:
        """Return what a valid form says, with the rows that the door has looked up."""
        data = self.cleaned_data
        urgency, _sep, impact = str(data["matrix"]).partition(":")
        once: UUID = data["once"]
        span: Span = data["span"]
        return NewCall(
            once=once,
            span=span,
            text=data["body"],
            channel=Channel(data["channel"]),
            caller=caller,
            stranger=Stranger() if caller else self.stranger,
            create_person=data["create_person"],
            ticket=ticket,
            matter=Matter(
                subject=data["subject"],
                kind=Kind(data["kind"]),
                category_id=data["category"],
                impact=impact,
                urgency=urgency,
                device=device,
                device_label=data["device_label"],
            ),
            callback_number=data["callback_number"] if data["callback"] else "",
            ending=self._ending(),
        )

    def _ending(self) -> Ending:
        data = self.cleaned_data
        handover = None
        if data["outcome"] == Outcome.HAND_OVER:
            team = next(team for team in teams_in_use() if team.pk == data["team"])
            handover = HandoverOffer(to_team=team, reason=data["reason"], tried=data["tried"])
        return Ending(
            outcome=Outcome(data["outcome"]),
            code=data["code"],
            answer=data["answer"],
            by_mail=data["by_mail"],
            handover=handover,
        )


def typed(data: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the form's fields and its guide, cut to what they may hold, for a draft."""
    answers = [name for name in data if name.startswith(GUIDE_ANSWER) and len(name) < 50][:MOST_ANSWERS]
    names = [*CallForm.base_fields, "guide", *answers]
    return {name: data[name][:MAX_TEXT].replace("\x00", "") for name in names if data.get(name)}
