"""What the steps of a ticket ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Person
from leitstelle.catalog.models import ResolutionCode
from leitstelle.kernel.web.forms import ManyFiles
from leitstelle.tickets.choices import Verb
from leitstelle.tickets.forms.choices import AgentChoice, NamedChoice, TeamChoice, VersionedForm
from leitstelle.tickets.labels import TRIED_STEP
from leitstelle.tickets.models import Status
from leitstelle.tickets.queries.people import all_members


class HandoverForm(VersionedForm):
    team = TeamChoice(label=_("To team"))
    person = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("To person"), empty_label=_("Anybody in the team")
    )
    reason = forms.CharField(label=_("Why it is handed over"), widget=forms.Textarea(attrs={"rows": 2}))
    steps = forms.MultipleChoiceField(
        label=_("Done already"),
        choices=list(TRIED_STEP.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tried = forms.CharField(
        label=_("What was tried"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Steps and their results, so that nobody has to start again."),
    )
    findings = forms.CharField(
        label=_("What was found"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    uploads = forms.FileField(label=_("Files"), required=False, widget=ManyFiles)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = all_members()  # type: ignore[attr-defined]


class NextLevelForm(HandoverForm):
    """A handover whose team is chosen already; `why` says which and what speaks for it."""

    why = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("team", "person", "findings"):
            del self.fields[name]


class AssignForm(VersionedForm):
    team = TeamChoice(label=_("Team"))
    assignee = AgentChoice(
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


# Which form a step of the life cycle asks for; steps without one act at once.
STEP_FORMS: dict[Verb, type[VersionedForm]] = {
    Verb.WAIT: WaitForm,
    Verb.SCHEDULE: ScheduleForm,
    Verb.RESOLVE: ResolveForm,
    Verb.REJECT: ReasonForm,
    Verb.REOPEN: ReasonForm,
}
