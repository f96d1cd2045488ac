"""What people write: answers, notes, calls, planned answers, words to a vendor."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.web.forms import ManyFiles
from leitstelle.tickets.choices import DraftMode
from leitstelle.tickets.labels import TALK

COMPOSER_MODES = (DraftMode.REPLY, DraftMode.NOTE, DraftMode.CALL, DraftMode.FORWARD)
NOTED_WITHIN = timedelta(days=90)


class ComposerForm(forms.Form):
    """The composer: a reply, a message passed on, an internal note or a call; files; what happens afterwards."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in COMPOSER_MODES])
    body = forms.CharField(required=False, widget=forms.Textarea, strip=False)
    to = forms.CharField(label=_("To"), required=False, max_length=4000)
    cc = forms.CharField(label=_("Copy"), required=False, max_length=4000)
    bcc = forms.CharField(label=_("Blind copy"), required=False, max_length=4000)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=300)
    send_at = forms.DateTimeField(label=_("Send at"), required=False)
    forward = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    again = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    after = forms.CharField(required=False, max_length=40)
    talk = forms.ChoiceField(required=False, choices=list(TALK.items()))
    began = forms.DateTimeField(label=_("Began"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=480)

    def clean(self) -> dict[str, Any]:
        """A call took place before now, within the last months."""
        super().clean()
        began, now = self.cleaned_data.get("began"), timezone.now()
        if began is not None and not now - NOTED_WITHIN <= began <= now:
            self.add_error("began", _("A call can be entered up to 90 days later, not ahead of time."))
        return self.cleaned_data

    def talk_span(self, now: datetime) -> tuple[datetime, int | None]:
        """Return when the call began (aware) and how many seconds it took; without a time it ends now."""
        began, minutes = self.cleaned_data["began"], self.cleaned_data["minutes"]
        seconds = minutes * 60 if minutes is not None else None
        return began or now - timedelta(seconds=seconds or 0), seconds


class PlannedForm(forms.Form):
    """When a planned answer is sent; empty: now."""

    send_at = forms.DateTimeField(label=_("Send at"), required=False)


class VendorMessageForm(forms.Form):
    """What is written to a vendor, or noted of what was said."""

    text = forms.CharField(
        label=_("Message"),
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    uploads = forms.FileField(label=_("Files"), required=False, widget=ManyFiles)
