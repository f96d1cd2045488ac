"""Shapes of what people enter on ticket pages."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Person
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Priority, ResolutionCode
from leitstelle.catalog.queries import categories_in_use, priorities
from leitstelle.kernel.web.forms import ManyFiles
from leitstelle.tickets.choices import Channel, DraftMode, Kind, LinkKind, ParticipantRole, Verb
from leitstelle.tickets.labels import CHANNEL, KIND, LINK_KIND, PARTICIPANT_ROLE
from leitstelle.tickets.models import Status
from leitstelle.tickets.queries.people import all_members, teams

INTAKE_CHANNELS = (Channel.PHONE, Channel.WALK_IN, Channel.MAIL, Channel.WORKSPACE)


if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
    ChoiceIterator = ModelChoiceIterator[Any]
else:
    ModelChoice = forms.ModelChoiceField
    ChoiceIterator = ModelChoiceIterator


class KeptChoices(ChoiceIterator):
    """Options from rows kept per process; what was chosen is still looked up in the database."""

    def __iter__(self) -> Iterator[Any]:
        field = cast("KeptChoice", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        for row in field.rows():
            yield self.choice(row)


class KeptChoice(ModelChoice):
    """A choice among rows that `rows` returns in the order of the list."""

    iterator = KeptChoices
    rows: Callable[[], list[Any]]


class NamedChoice(ModelChoice):
    """A choice among rows that are named in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("please choose"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)


class CategoryChoice(KeptChoice):
    """A choice among categories, shown with their branch."""

    rows = staticmethod(categories_in_use)

    def __init__(self, **kwargs: Any) -> None:
        rows = Category.objects.filter(is_active=True).select_related("parent").order_by("order", "pk")
        super().__init__(rows, required=False, empty_label=_("not classified"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj.parent)} › {name_of(obj)}" if obj.parent else name_of(obj)


class PriorityChoice(NamedChoice, KeptChoice):
    """A choice among the priorities."""

    rows = staticmethod(priorities)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Priority.objects.all(), **kwargs)


class TeamChoice(ModelChoice):
    """A choice among teams, shown with their level."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(teams(), **{"empty_label": _("please choose"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj.level)} · {obj.name}"


class VersionedForm(forms.Form):
    """Carries the version the person saw, so that a change made meanwhile is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ComposerForm(forms.Form):
    """The composer: a reply or an internal note, with files and what happens to the ticket afterwards."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in (DraftMode.REPLY, DraftMode.NOTE)])
    body = forms.CharField(required=False, widget=forms.Textarea, strip=False)
    cc = forms.CharField(label=_("Copy"), required=False, max_length=1000)
    after = forms.CharField(required=False, max_length=40)


class HandoverForm(VersionedForm):
    team = TeamChoice(label=_("To team"))
    person = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("To person"), empty_label=_("Anybody in the team")
    )
    reason = forms.CharField(label=_("Why it is handed over"), widget=forms.Textarea(attrs={"rows": 2}))
    tried = forms.CharField(
        label=_("What was tried"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Steps and their results, so that nobody has to start again."),
    )
    findings = forms.CharField(
        label=_("What was found"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = all_members()  # type: ignore[attr-defined]


class AssignForm(VersionedForm):
    team = TeamChoice(label=_("Team"))
    assignee = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("Person"), empty_label=_("Nobody yet")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = all_members()  # type: ignore[attr-defined]


class WaitForm(VersionedForm):
    status = NamedChoice(Status.objects.none(), label=_("Waiting for"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    until = forms.DateTimeField(
        label=_("Remind on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Status.objects.filter(type="waiting", is_active=True)
        self.fields["status"].queryset = waiting  # type: ignore[attr-defined]


class ScheduleForm(VersionedForm):
    until = forms.DateTimeField(
        label=_("Work on it on"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ResolveForm(VersionedForm):
    code = NamedChoice(ResolutionCode.objects.filter(is_active=True), label=_("Resolution code"))
    text = forms.CharField(
        label=_("Solution for the requester"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Is sent to the requester. Leave it empty if they know already."),
    )


class ReasonForm(VersionedForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class ClassifyForm(VersionedForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, KIND[kind]) for kind in Kind])
    category = CategoryChoice(label=_("Category"))
    matrix = forms.RegexField(r"^[a-z_]+:[a-z_]+$", label=_("Impact and urgency"))
    priority = PriorityChoice(
        required=False,
        label=_("Priority by hand"),
        empty_label=_("from impact and urgency"),
    )
    device_label = forms.CharField(label=_("Device"), required=False, max_length=80)

    def urgency_and_impact(self) -> tuple[str, str]:
        urgency, impact = str(self.cleaned_data["matrix"]).split(":")
        return urgency, impact


class SubjectForm(VersionedForm):
    subject = forms.CharField(label=_("Subject"), max_length=300)


class LinkForm(forms.Form):
    number = forms.RegexField(r"^\s*#?\d{1,18}\s*$", label=_("Ticket number"))
    kind = forms.ChoiceField(
        label=_("Relation"), choices=[(kind.value, LINK_KIND[kind]) for kind in LinkKind]
    )


class ParticipantForm(forms.Form):
    person = forms.CharField(label=_("Name or address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (role.value, PARTICIPANT_ROLE[role])
            for role in (ParticipantRole.AFFECTED, ParticipantRole.WATCHER)
        ],
    )


class NewTicketForm(forms.Form):
    """A ticket that an agent enters for somebody."""

    channel = forms.ChoiceField(
        label=_("How it was reported"),
        choices=[(channel.value, CHANNEL[channel]) for channel in INTAKE_CHANNELS],
    )
    requester = forms.CharField(
        label=_("Requester"), max_length=254, help_text=_("Name, mail address or telephone number")
    )
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 7}))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, KIND[kind]) for kind in Kind])
    category = CategoryChoice(label=_("Category"))
    matrix = forms.RegexField(r"^[a-z_]+:[a-z_]+$", label=_("Impact and urgency"), initial="hindered:person")
    device_label = forms.CharField(label=_("Device"), required=False, max_length=80)
    team = TeamChoice(label=_("Team"), required=False, empty_label=_("where new tickets arrive"))
    take = forms.BooleanField(label=_("I work on it myself"), required=False)
    uploads = forms.FileField(label=_("Files"), required=False, widget=ManyFiles)

    def urgency_and_impact(self) -> tuple[str, str]:
        urgency, impact = str(self.cleaned_data["matrix"]).split(":")
        return urgency, impact


# Which form a step of the life cycle asks for; steps without one act at once.
STEP_FORMS: dict[Verb, type[VersionedForm]] = {
    Verb.WAIT: WaitForm,
    Verb.SCHEDULE: ScheduleForm,
    Verb.RESOLVE: ResolveForm,
    Verb.REJECT: ReasonForm,
    Verb.REOPEN: ReasonForm,
}
