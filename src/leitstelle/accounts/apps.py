"""Django application of `leitstelle.accounts`."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.domain import DomainConfig


class AccountsConfig(DomainConfig):
    name = "leitstelle.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
