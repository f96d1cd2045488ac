"""Errors of intake, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, DomainError


class NotInQuarantine(Conflict):
    """Somebody else has decided about this mail meanwhile."""

    code = "not_in_quarantine"
    default_message = _("This mail is no longer in quarantine.")


class NoMailbox(DomainError):
    """No mailbox is set up for any recipient of a mail."""

    code = "no_mailbox"
    status = 422
    default_message = _("No mailbox is set up for this recipient.")
