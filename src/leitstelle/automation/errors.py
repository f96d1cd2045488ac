"""Errors of automation with their sentences."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import InvalidInput


class HookNameTaken(InvalidInput):
    default_message = _("Another webhook has this name.")


class MappingNotUsable(InvalidInput):
    default_message = _("The mapping cannot be used.")
