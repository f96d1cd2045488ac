"""`leitstelle manage rotate_secrets`: encrypt all stored secrets anew under the first key."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from leitstelle.kernel.secrets.fields import EncryptedField
from leitstelle.kernel.secrets.sealing import Unreadable


class Command(BaseCommand):
    """After a new key was put first in LEITSTELLE_ENCRYPTION_KEYS; the old one may go afterwards."""

    help = "Encrypt all stored secrets anew under the first encryption key"

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedField):
                    count += rotate(model, field.attname)
        self.stdout.write(f"{count} secrets encrypted anew")


@transaction.atomic
def rotate(model: type[models.Model], name: str) -> int:
    """Encrypt one field of all rows anew; returns how many. Raises `CommandError` where no key opens it."""
    rows = model._default_manager.exclude(**{f"{name}__isnull": True}).select_for_update()
    count = 0
    try:
        for pk, value in rows.values_list("pk", name):
            # Reading opened it under any key, writing closes it under the first.
            count += model._default_manager.filter(pk=pk).update(**{name: value}) if value else 0
    except Unreadable as error:
        raise CommandError(f"{model._meta.label}.{name}: {error}") from error
    return count
