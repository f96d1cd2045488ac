"""Refused intents of endpoints."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import InvalidInput


class EndpointNameTaken(InvalidInput):
    default_message = _("There is a webhook of this name already.")


class AddressNotCallable(InvalidInput):
    default_message = _(
        "Please give an http or https address without user name, such as https://chat.example.org/hook."
    )


class AddressIsPrivate(InvalidInput):
    default_message = _(
        "Addresses of the own network are not called. Whoever runs this desk can allow one by "
        "LEITSTELLE_WEBHOOK_NETWORKS."
    )


class KeyTooShort(InvalidInput):
    default_message = _("A key needs 16 characters at least.")
