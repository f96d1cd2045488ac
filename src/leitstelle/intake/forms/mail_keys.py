"""The form of a certificate or key for mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leitstelle.intake.models import Mailbox


class MailKeyForm(forms.Form):
    """A file, whose mailbox it opens mail for, and the password of the file; neither is shown again."""

    file = forms.FileField(
        label=_("Certificate or key"),
        help_text=_(
            "S/MIME: PEM or DER of an authority or a sender; PKCS #12 (.p12, .pfx) with the key of a mailbox. "
            "OpenPGP: the public key of a sender or the secret key of a mailbox, in ASCII armour (.asc)."
        ),
    )
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.without_secrets().filter(is_active=True),
        label=_("Opens mail to"),
        required=False,
        empty_label=_("none: it only vouches for senders"),
    )
    password = forms.CharField(
        label=_("Password of the file"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
