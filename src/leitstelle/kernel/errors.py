"""Errors of the domain: refused intents, each with a stable code and a translated sentence.

Doors turn them into answers (`kernel.web`, `kernel.api`); actions and policies raise them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """An intent that cannot be carried out.

    `code` is stable (API, tests), `message` a lazily translated sentence with `%(name)s`
    placeholders filled from `params`, `status` the HTTP status a door answers with, `fields`
    maps form field names to their own sentence.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 409
    default_message: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(
        self,
        *,
        message: str | Promise | None = None,
        fields: Mapping[str, str | Promise] | None = None,
        **params: Any,
    ) -> None:
        self._template = self.default_message if message is None else message
        self._fields = dict(fields or {})
        self.params = params
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The sentence in the language active now."""
        return _filled(self._template, self.params)

    @property
    def fields(self) -> dict[str, str]:
        """Sentence per form field, in the language active now."""
        return {name: _filled(text, self.params) for name, text in self._fields.items()}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def _filled(template: str | Promise, params: Mapping[str, Any]) -> str:
    text = str(template)
    return text % params if params and "%(" in text else text


class NotAllowed(DomainError):
    """Seen, but this viewer may not do it."""

    code = "not_allowed"
    status = 403
    default_message = _("Your rights do not cover this page or step. Ask your administration if you need it.")


class NotFound(DomainError):
    """Does not exist, or this viewer may not know that it does."""

    code = "not_found"
    status = 404
    default_message = _("The address is wrong, the entry was removed, or you may not see it.")


class InvalidInput(DomainError):
    """The input does not make sense; `fields` says where."""

    code = "invalid_input"
    status = 422
    default_message = _("Please check your input.")


class Conflict(DomainError):
    """Somebody else changed it meanwhile; `params` hold `theirs` and `ours`."""

    code = "conflict"
    status = 409
    default_message = _("Somebody else changed this in the meantime.")
