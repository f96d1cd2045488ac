"""The model field for passwords, tokens and private keys of other systems."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from leitstelle.kernel.secrets.sealing import seal, unseal


class Secret(str):
    """A text that does not show itself in `repr`, and so not in most logs and tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('')" if not self else "Secret('***')"


class EncryptedField(models.TextField[str | Secret, Secret]):
    """A text encrypted in the database. It cannot be searched: only `isnull` is a lookup."""

    def get_prep_value(self, value: Any) -> Any:
        # An empty text stays empty, so that "nothing set" is no work for the keys.
        return value if value is None or value == "" else seal(str(value))

    def from_db_value(
        self, value: str | None, expression: object, connection: BaseDatabaseWrapper
    ) -> Secret | None:
        if value is None:
            return None
        return Secret(unseal(value)) if value else Secret("")

    def to_python(self, value: Any) -> Any:
        return value if value is None else Secret(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"an encrypted field has no lookup {lookup_name!r}")
        return super().get_lookup(lookup_name)
