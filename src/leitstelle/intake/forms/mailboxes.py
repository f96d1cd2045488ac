"""The form of a mailbox."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Team
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category
from leitstelle.intake.labels import FETCH, TLS
from leitstelle.kernel.web.forms import Switch


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Categories with their branch, in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{name_of(obj.parent)} › {name_of(obj)}" if obj.parent else name_of(obj)


class MailboxForm(forms.Form):
    """All settings of a mailbox; passwords are never shown, an empty one stays as it is."""

    address = forms.EmailField(label=_("Mail address"), max_length=254)
    sender_name = forms.CharField(label=_("Name of the sender"), max_length=120, required=False)
    is_default = forms.BooleanField(
        label=_("Takes mail that is addressed to no mailbox"), required=False, widget=Switch
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True, widget=Switch)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False, empty_label=_("default team")
    )
    category = CategoryChoice(
        Category.objects.filter(is_active=True).select_related("parent").order_by("order", "pk"),
        label=_("Category"),
        required=False,
        empty_label=_("none"),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True),
        label=_("Customer"),
        required=False,
        empty_label=_("that of the sender"),
        help_text=_("For senders whose customer is not known."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    acknowledge = forms.BooleanField(
        label=_("Acknowledge receipt of new tickets"), required=False, initial=True, widget=Switch
    )
    signature = forms.CharField(
        label=_("Signature"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    fetch = forms.ChoiceField(label=_("How mail arrives"), choices=list(FETCH.items()))
    imap_host = forms.CharField(label=_("IMAP server"), max_length=253, required=False)
    imap_port = forms.IntegerField(label=_("IMAP port"), min_value=1, max_value=65535, initial=993)
    imap_tls = forms.ChoiceField(label=_("IMAP encryption"), choices=list(TLS.items()), initial="tls")
    imap_verify = forms.BooleanField(
        label=_("Check the certificate of the IMAP server"), required=False, initial=True, widget=Switch
    )
    imap_user = forms.CharField(label=_("IMAP user"), max_length=254, required=False)
    imap_password = forms.CharField(
        label=_("IMAP password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )
    imap_folder = forms.CharField(label=_("Folder"), max_length=120, initial="INBOX")
    imap_done_folder = forms.CharField(
        label=_("Move fetched mail to"),
        max_length=120,
        required=False,
        help_text=_("Empty: it stays and is marked as seen."),
    )
    smtp_host = forms.CharField(
        label=_("SMTP server"), max_length=253, required=False, help_text=_("Empty: the server of the house.")
    )
    smtp_port = forms.IntegerField(label=_("SMTP port"), min_value=1, max_value=65535, initial=587)
    smtp_tls = forms.ChoiceField(label=_("SMTP encryption"), choices=list(TLS.items()), initial="starttls")
    smtp_verify = forms.BooleanField(
        label=_("Check the certificate of the SMTP server"), required=False, initial=True, widget=Switch
    )
    smtp_user = forms.CharField(label=_("SMTP user"), max_length=254, required=False)
    smtp_password = forms.CharField(
        label=_("SMTP password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("fetch") == "imap" and not cleaned.get("imap_host"):
            self.add_error("imap_host", _("Fetching needs a server."))
        return cleaned
