"""What a ticket is about, who belongs to it, and a ticket that an agent enters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.forms import ManyFiles
from leitstelle.tickets.choices import Channel, Kind, LinkKind, ParticipantRole
from leitstelle.tickets.forms.choices import (
    CategoryChoice,
    PriorityChoice,
    ServiceChoice,
    TeamChoice,
    VersionedForm,
)
from leitstelle.tickets.labels import CHANNEL, KIND, LINK_KIND, PARTICIPANT_ROLE

INTAKE_CHANNELS = (Channel.PHONE, Channel.WALK_IN, Channel.MAIL, Channel.WORKSPACE)


class MatrixForm(forms.Form):
    """Impact and urgency, chosen in one place."""

    def urgency_and_impact(self) -> tuple[str, str]:
        """The two codes that were chosen; of a valid form."""
        urgency, impact = str(self.cleaned_data["matrix"]).split(":")
        return urgency, impact


class ClassifyForm(MatrixForm, VersionedForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, KIND[kind]) for kind in Kind])
    category = CategoryChoice(label=_("Category"))
    service = ServiceChoice(label=_("Service"))
    matrix = forms.RegexField(r"^[a-z_]+:[a-z_]+$", label=_("Impact and urgency"))
    priority = PriorityChoice(
        required=False,
        label=_("Priority by hand"),
        empty_label=_("from impact and urgency"),
    )
    reason = forms.CharField(label=_("Why by hand"), required=False, max_length=300)
    device_label = forms.CharField(label=_("Device"), required=False, max_length=80)


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


class NewTicketForm(MatrixForm):
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
    service = ServiceChoice(label=_("Service"), empty_label=_("from the category"))
    matrix = forms.RegexField(r"^[a-z_]+:[a-z_]+$", label=_("Impact and urgency"), initial="hindered:person")
    device_label = forms.CharField(label=_("Device"), required=False, max_length=80)
    team = TeamChoice(label=_("Team"), required=False, empty_label=_("where new tickets arrive"))
    take = forms.BooleanField(label=_("I work on it myself"), required=False)
    uploads = forms.FileField(label=_("Files"), required=False, widget=ManyFiles)
