"""Refused intents of knowledge."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import DomainError


class GuideNotReadable(DomainError):
    """The text of a guide has problems; `problems` lists them."""

    code = "knowledge.guide_not_readable"
    status = 422
    default_message = _("This guide cannot be used yet.")


class GuideKeyTaken(DomainError):
    """Another guide has this key, or the key of a known guide was changed."""

    code = "knowledge.guide_key"
    status = 409
    default_message = _("The key of a guide is its own and stays: “%(key)s” cannot be used here.")
