"""The form of a mailbox."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Team
from leitstelle.catalog.labels import branch_name
from leitstelle.catalog.models import Category
from leitstelle.intake.choices import FETCHED, SignIn
from leitstelle.intake.labels import FETCH, SIGN_IN, TLS
from leitstelle.kernel.web.forms import Switch


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Categories with their branch, in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return branch_name(obj)


class MailboxForm(forms.Form):
    """All settings of a mailbox; passwords are never shown, an empty one stays as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
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
    sign_mail = forms.BooleanField(
        label=_("Sign what leaves (S/MIME)"),
        required=False,
        widget=Switch,
        help_text=_(
            "With the key of this mailbox under Signed and encrypted mail. While none fits, mail leaves unsigned and "
            "administrators are told."
        ),
    )
    mail_server = forms.CharField(
        label=_("Name of your mail server in Authentication-Results"),
        max_length=253,
        required=False,
        help_text=_("Senders it does not vouch for are marked. Empty: senders are not checked."),
    )
    sort_spam = forms.BooleanField(
        label=_("Keep apart what the mail server calls spam"),
        required=False,
        initial=True,
        widget=Switch,
        help_text=_(
            "By X-Spam-Flag, X-Spam-Status, X-Spamd-Result and the like. It stands under Quarantine, Spam."
        ),
    )
    fetch = forms.ChoiceField(label=_("How mail arrives"), choices=list(FETCH.items()))
    imap_host = forms.CharField(label=_("Server mail is fetched from"), max_length=253, required=False)
    imap_port = forms.IntegerField(
        label=_("Port for fetching"),
        min_value=1,
        max_value=65535,
        initial=993,
        help_text=_("Usual are 993 for IMAP and 995 for POP3, both with TLS."),
    )
    imap_tls = forms.ChoiceField(label=_("Encryption of fetching"), choices=list(TLS.items()), initial="tls")
    imap_verify = forms.BooleanField(
        label=_("Check the certificate of this server"), required=False, initial=True, widget=Switch
    )
    imap_auth = forms.ChoiceField(
        label=_("Sign-in for fetching"),
        choices=list(SIGN_IN.items()),
        initial="password",
        required=False,
        help_text=_("OAuth2 is set up on a page of its own once the mailbox is saved."),
    )
    imap_user = forms.CharField(label=_("User for fetching"), max_length=254, required=False)
    imap_password = forms.CharField(
        label=_("Password for fetching"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: stays as it is."),
    )
    imap_folder = forms.CharField(label=_("Folder"), max_length=120, initial="INBOX")
    imap_done_folder = forms.CharField(
        label=_("Move fetched mail to"),
        max_length=120,
        required=False,
        help_text=_("Empty: it stays and is marked as seen. IMAP only."),
    )
    pop_delete = forms.BooleanField(
        label=_("Delete fetched mail from the server"),
        required=False,
        widget=Switch,
        help_text=_("POP3 only. Off: it stays there and is not fetched again."),
    )
    smtp_host = forms.CharField(
        label=_("SMTP server"), max_length=253, required=False, help_text=_("Empty: the server of the house.")
    )
    smtp_port = forms.IntegerField(label=_("SMTP port"), min_value=1, max_value=65535, initial=587)
    smtp_tls = forms.ChoiceField(label=_("SMTP encryption"), choices=list(TLS.items()), initial="starttls")
    smtp_verify = forms.BooleanField(
        label=_("Check the certificate of the SMTP server"), required=False, initial=True, widget=Switch
    )
    smtp_auth = forms.ChoiceField(
        label=_("Sign-in for sending"), choices=list(SIGN_IN.items()), initial="password", required=False
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
        for name in ("imap_auth", "smtp_auth"):
            cleaned[name] = cleaned.get(name) or SignIn.PASSWORD
        if cleaned.get("fetch") in FETCHED and not cleaned.get("imap_host"):
            self.add_error("imap_host", _("Fetching needs a server."))
        return cleaned
