"""Django application of `leitstelle.accounts`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "leitstelle.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("events", "subscribers", "panels", "searchdocs"):
            if find_spec(f"leitstelle.accounts.{module}") is not None:
                import_module(f"leitstelle.accounts.{module}")
